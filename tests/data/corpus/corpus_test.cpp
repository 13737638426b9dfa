#include "tests/data/corpus/corpus_test.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/error.h"
#include "core/io/file.h"
#include "core/io/hash.h"
#include "data/corpus/open_corpus.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(Corpus, EncodesAFile) {
  const TempFolder folder;
  const auto path = folder.write("a.txt", "the Cat sat\n\nthe cat\n");
  const auto corpus = open_corpus(options_of(path));
  EXPECT_THAT(corpus.vocabulary().words(), ElementsAre("cat", "the", "sat", "<unk>"));
  EXPECT_THAT(words_of(corpus), ElementsAre("the", "cat", "sat", "the", "cat"));
  EXPECT_THAT(corpus.train_counts(), ElementsAre(2, 2, 1, 0));
  EXPECT_THAT(corpus.documents(), ElementsAre(0));
  EXPECT_EQ(corpus.start_id(), 3);
  const auto& facts = corpus.facts();
  EXPECT_EQ(facts["stream_sha256"], sha256("the\ncat\nsat\nthe\ncat\n"));
  EXPECT_EQ(facts["tokens"], 5);
  EXPECT_EQ(facts["types"], 3);
  EXPECT_EQ(facts["documents"], 1);
  EXPECT_EQ(facts["unknown_share"], 0.0);
  EXPECT_EQ(facts["splits"]["train"]["tokens"], 5);
  EXPECT_TRUE(facts["splits"]["test"]["unknown_share"].is_null());
  EXPECT_EQ(facts["vocabulary"]["sha256"], corpus.vocabulary().sha256());
  EXPECT_EQ(facts["source"]["files"][0]["name"], "a.txt");
  EXPECT_EQ(facts["options"]["tokenizer"]["type"], "whitespace");
  EXPECT_FALSE(facts["options"].contains("path"));
}

TEST(Corpus, PutsMarkersAtTheEndsOfThings) {
  const TempFolder folder;
  folder.write("t/1", "\n\na b\nc\n \t\n\nd\n");
  folder.write("t/2", "\n \n");  // no tokens: no document
  folder.write("t/3",
               "\xef\xbb\xbf"
               "e\r\n\r\nf");
  auto options = options_of((folder / "t").string());
  options.boundaries = {"</s>", "<p>", "<text>"};
  const auto corpus = open_corpus(options);
  EXPECT_THAT(words_of(corpus),
              ElementsAre("a", "b", "</s>", "c", "</s>", "<p>", "d", "</s>", "<p>", "<text>",  //
                          "e", "</s>", "<p>", "f", "</s>", "<p>", "<text>"));
  EXPECT_THAT(corpus.documents(), ElementsAre(0, 10));
  EXPECT_EQ(corpus.vocabulary().word(corpus.start_id()), "<text>");
}

TEST(Corpus, KeepsMarkersWhateverTheirCount) {
  const TempFolder folder;
  auto options = options_of(folder.write("a", "a a a b b b c"));
  options.boundaries.document = "<end>";
  options.vocabulary.min_count = 3;
  const auto corpus = open_corpus(options);
  EXPECT_THAT(corpus.vocabulary().words(), ElementsAre("a", "b", "<end>", "<unk>"));
  EXPECT_EQ(corpus.vocabulary().word(corpus.start_id()), "<end>");
}

TEST(Corpus, CutsBrownsParagraphs) {
  const TempFolder folder;
  folder.write("b/ca02", "\n\n\tThird/at ./.\n");
  folder.write("b/ca01", "\n\n\tThe/at 1/2/cd\nnext/ap\n\n\n\tAnother/dt\n\n\n");
  DataOptions options = options_of((folder / "b").string());
  options.source.reader = TextReader::brown;
  options.tokenizer = {TokenizerType::brown, false, false, false};
  options.boundaries = {"", "<p>", "<text>"};
  EXPECT_THAT(words_of(open_corpus(options)),
              ElementsAre("The", "1/2", "next", "<p>", "Another", "<p>", "<text>", "Third", ".",
                          "<p>", "<text>"));
}

TEST(Corpus, FindsTheStartWord) {
  const TempFolder folder;
  auto options = options_of(folder.write("a", "b b a"));
  EXPECT_EQ(open_corpus(options).vocabulary().word(open_corpus(options).start_id()), "<unk>");
  options.vocabulary.unknown = "";
  EXPECT_EQ(open_corpus(options).start_id(), 0);
  options.start = "a";
  EXPECT_EQ(open_corpus(options).start_id(), 1);
  options.start = "<s>";
  EXPECT_THAT(message_of<Error>([&] { open_corpus(options); }),
              AllOf(HasSubstr("data.start"), HasSubstr("<s>"), HasSubstr("specials")));
  options.vocabulary.specials = {"<s>"};
  EXPECT_EQ(open_corpus(options).start_id(), 2);
}

TEST(Corpus, CountsOverTheTrainingSplitOrAll) {
  const TempFolder folder;
  auto options = options_of(folder.write("a", "a a b x x y"));
  options.split = {SplitBy::tokens, 3, 3, 0};
  options.vocabulary.min_count = 2;
  auto corpus = open_corpus(options);
  EXPECT_THAT(corpus.vocabulary().words(), ElementsAre("a", "<unk>"));
  EXPECT_THAT(corpus.vocabulary().counts(), ElementsAre(2, 1));
  EXPECT_EQ(corpus.facts()["splits"]["valid"]["unknown_share"], 1.0);
  options.vocabulary.count_over = CountOver::all;
  corpus = open_corpus(options);
  EXPECT_THAT(corpus.vocabulary().words(), ElementsAre("<unk>", "a", "x"));
  EXPECT_THAT(corpus.train_counts(), ElementsAre(1, 2, 0));
  EXPECT_NEAR(corpus.facts()["unknown_share"].get<double>(), 2.0 / 6, 1e-12);
}

TEST(Corpus, DropsRareWordsWithoutAnUnknownSymbol) {
  const TempFolder folder;
  folder.write("t/1", "r1 a b a r2 b");
  folder.write("t/2", "r3");
  folder.write("t/3", "a b r4");
  folder.write("t/4", "r5");
  auto options = options_of((folder / "t").string());
  options.vocabulary.min_count = 2;
  options.vocabulary.unknown = "";
  options.vocabulary.count_over = CountOver::all;
  // Sizes include the dropped words.
  options.split = {SplitBy::tokens, 5, 2, -1};
  const LogLines lines;
  const auto corpus = open_corpus(options);
  EXPECT_THAT(lines.text(),
              AllOf(HasSubstr("dropped 5 rare words (data.vocabulary.min_count: 2): 45.45 % of the "
                              "text's 11 tokens"),
                    HasSubstr("train 3 (dropped 40.00 %)"), Not(HasSubstr("unknown"))));
  EXPECT_THAT(words_of(corpus), ElementsAre("a", "b", "a", "b", "a", "b"));
  EXPECT_THAT(borders(corpus), ElementsAre(0, 3, 3, 4, 4, 6));
  EXPECT_THAT(corpus.documents(), ElementsAre(0, 4));
  EXPECT_EQ(corpus.facts()["stream_tokens"], 11);
  EXPECT_EQ(corpus.facts()["dropped_types"], 5);
  EXPECT_EQ(corpus.facts()["tokens"], 6);
  EXPECT_EQ(corpus.facts()["splits"]["train"]["tokens"], 3);
  EXPECT_EQ(corpus.facts()["splits"]["train"]["unknown_share"], 0.4);
}

TEST(Corpus, LogsWordsDroppedByTheSizeOfTheVocabularyOrByAFile) {
  const TempFolder folder;
  auto options = options_of(folder.write("a", "a a a b b c"));
  options.vocabulary.unknown = "";
  options.vocabulary.max_size = 2;
  const LogLines lines;
  open_corpus(options).vocabulary().save(folder / "vocab.tsv");
  EXPECT_THAT(lines.text(), HasSubstr("dropped 1 rare word (data.vocabulary.min_count: 1, "
                                      "max_size: 2): 16.67 % of the text's 6 tokens"));
  options.vocabulary.max_size = 0;
  options.vocabulary.file = (folder / "vocab.tsv").string();
  open_corpus(options);
  EXPECT_THAT(lines.text(), HasSubstr("dropped 1 rare word (data.vocabulary.file: " +
                                      options.vocabulary.file + "): 16.67 %"));
}

TEST(Corpus, DoesNotSayThatWordsAreDroppedIfNoneIs) {
  const TempFolder folder;
  auto options = options_of(folder.write("a", "a a b"));
  const LogLines lines;
  options.vocabulary.min_count = 2;  // b is unknown
  EXPECT_EQ(open_corpus(options).facts()["dropped_types"], 0);
  options.vocabulary.min_count = 1;
  options.vocabulary.unknown = "";
  EXPECT_EQ(open_corpus(options).facts()["dropped_types"], 0);
  EXPECT_THAT(lines.text(), AllOf(HasSubstr("unknown 33.33 %"), Not(HasSubstr("dropped 1"))));
}

TEST(Corpus, UsesASavedVocabulary) {
  const TempFolder folder;
  Vocabulary({"<unk>", "b", "zzz", "a"}, {1, 2, 3, 4}, "<unk>").save(folder / "vocab.tsv");
  auto options = options_of(folder.write("a", "a b c a"));
  options.vocabulary.file = (folder / "vocab.tsv").string();
  const auto corpus = open_corpus(options);
  EXPECT_THAT(std::vector<std::int32_t>(corpus.ids(), corpus.ids() + 4), ElementsAre(3, 1, 0, 3));
  EXPECT_THAT(corpus.train_counts(), ElementsAre(1, 1, 0, 2));
}

TEST(Splits, CutByTokensAndFractions) {
  const std::vector<std::string> tokens = {"a", "b", "a", "b", "a", "b", "a", "b", "a", "b"};
  VocabularyOptions vocabulary;
  vocabulary.min_count = 1;
  const auto cut = [&](const SplitOptions& split) {
    return borders(corpus_from_tokens(tokens, vocabulary, split));
  };
  EXPECT_THAT(cut({SplitBy::tokens, 5, 2, 3}), ElementsAre(0, 5, 5, 7, 7, 10));
  EXPECT_THAT(cut({SplitBy::tokens, 5, 2, 1}), ElementsAre(0, 5, 5, 7, 7, 8));
  EXPECT_THAT(cut({SplitBy::tokens, 5, -1, 1}), ElementsAre(0, 5, 5, 9, 9, 10));
  EXPECT_THAT(cut({SplitBy::tokens, -1, 2, 1}), ElementsAre(0, 7, 7, 9, 9, 10));
  EXPECT_THAT(cut({SplitBy::tokens, 5, 5, -1}), ElementsAre(0, 5, 5, 10, 10, 10));
  EXPECT_THAT(cut({SplitBy::fractions, 0.7, 0.2, 0.1}), ElementsAre(0, 7, 7, 9, 9, 10));
  EXPECT_THAT(cut({SplitBy::fractions, 0.5, 0.2, 0}), ElementsAre(0, 5, 5, 7, 7, 7));
  EXPECT_THAT(cut({SplitBy::fractions, 0.5, 0.2, -1}), ElementsAre(0, 5, 5, 7, 7, 10));
  EXPECT_THAT(cut({SplitBy::fractions, 1, 0, 0}), ElementsAre(0, 10, 10, 10, 10, 10));
}

TEST(Splits, RefuseMoreThanThereIsAndAnEmptyTrainingSplit) {
  const std::vector<std::string> tokens = {"a", "b", "a", "b"};
  VocabularyOptions vocabulary;
  vocabulary.min_count = 1;
  const auto message = [&](const SplitOptions& split) {
    return message_of<Error>([&] { corpus_from_tokens(tokens, vocabulary, split); });
  };
  EXPECT_THAT(message({SplitBy::tokens, 3, 1, 1}), AllOf(HasSubstr("at most 4"), HasSubstr("= 5")));
  EXPECT_THAT(message({SplitBy::tokens, 3, 2, -1}), HasSubstr("larger than the corpus"));
  EXPECT_THAT(message({SplitBy::tokens, 0, 2, 2}), HasSubstr("training split is empty"));
  EXPECT_THAT(message({SplitBy::files, 0, 0, 0}), HasSubstr("split.by: files"));
}

TEST(Splits, FollowFiles) {
  const TempFolder folder;
  auto options = options_of(folder.write("train", "a b c"));
  options.source.test_paths = {folder.write("test", "b a")};
  options.split.by = SplitBy::files;
  auto corpus = open_corpus(options);
  EXPECT_THAT(borders(corpus), ElementsAre(0, 3, 3, 3, 3, 5));
  options.source.valid_paths = {folder.write("valid", "c")};
  corpus = open_corpus(options);
  EXPECT_THAT(borders(corpus), ElementsAre(0, 3, 3, 4, 4, 6));
  EXPECT_THAT(corpus.documents(), ElementsAre(0, 3, 4));
}

TEST(Corpus, RefusesTextThatTeachesNothing) {
  const TempFolder folder;
  EXPECT_THAT(message_of<Error>([&] { open_corpus(options_of(folder.write("a", " \n"))); }),
              HasSubstr("no tokens"));
  auto options = options_of(folder.write("b", "a a a a b c d"));
  options.vocabulary.min_count = 5;
  EXPECT_THAT(message_of<Error>([&] { open_corpus(options); }),
              AllOf(HasSubstr("fewer than two"), HasSubstr("min_count")));
}

TEST(Corpus, NamesLineAndByteOfBadText) {
  const TempFolder folder;
  const auto path = folder.write("a.txt", "fine\nfine\nbad \xff here\n\xfe\n");
  EXPECT_THAT(message_of<Error>([&] { open_corpus(options_of(path)); }),
              AllOf(HasSubstr(path + ":3"), HasSubstr("at byte offset 14"), HasSubstr("UTF-8")));
  auto options = options_of(folder.write("b.txt", "a/x\nword\n"));
  options.tokenizer.type = TokenizerType::brown;
  EXPECT_THAT(message_of<Error>([&] { open_corpus(options); }),
              AllOf(HasSubstr("b.txt:2"), HasSubstr("word/TAG"), HasSubstr("got:      word")));
}

/// Data of the local mirror.
class MirrorCorpus : public testing::Test {
 protected:
  void SetUp() override {
    const char* mirror = std::getenv("WORDBRIDGE_MIRROR");
    if (mirror == nullptr) GTEST_SKIP() << "no local data mirror (WORDBRIDGE_MIRROR)";
    mirror_ = mirror;
  }
  std::string mirror_;
};

TEST_F(MirrorCorpus, BrownIsTheStreamOfTheReference) {
  auto options = options_of(mirror_ + "/brown/brown.zip");
  options.source.reader = TextReader::brown;
  options.tokenizer = {TokenizerType::brown, false, false, false};
  options.boundaries = {"", "<p>", "<text>"};
  options.split = {SplitBy::tokens, 800000, 200000, -1};
  options.vocabulary.min_count = 4;
  options.vocabulary.count_over = CountOver::all;
  const auto corpus = open_corpus(options);
  EXPECT_EQ(corpus.facts()["stream_sha256"],
            "27083c8d9f65607affe5699f460ed55e1ba223e4b9dbe6fad720365628588954");
  EXPECT_EQ(corpus.tokens(), 1177359);
  EXPECT_EQ(corpus.facts()["types"], 56059);
  EXPECT_EQ(corpus.documents().size(), 500u);
  EXPECT_EQ(corpus.vocabulary().size(), 17907);
  EXPECT_THAT(borders(corpus), ElementsAre(0, 800000, 800000, 1000000, 1000000, 1177359));
}

TEST_F(MirrorCorpus, PtbHasThePublishedCounts) {
  auto options = options_of(mirror_ + "/ptb/ptb.zip");
  options.source.reader = TextReader::ptb;
  options.boundaries.line = "<eos>";
  options.split.by = SplitBy::files;
  const auto corpus = open_corpus(options);
  EXPECT_EQ(corpus.train().size(), 929589);
  EXPECT_EQ(corpus.valid().size(), 73760);
  EXPECT_EQ(corpus.test().size(), 82430);
  EXPECT_EQ(corpus.vocabulary().size(), 10000);
}

TEST_F(MirrorCorpus, WordnetHasTheCountedGlossTokens) {
  auto options = options_of(mirror_ + "/wordnet-3.0");
  options.source.reader = TextReader::wordnet;
  const auto corpus = open_corpus(options);
  EXPECT_EQ(corpus.tokens(), 1460922);
  EXPECT_EQ(corpus.documents().size(), 117659u);
}

}  // namespace
}  // namespace wordbridge
