#include "data/text/vocabulary.h"

#include <gmock/gmock.h>

#include <map>

#include "core/error.h"
#include "core/io/hash.h"
#include "core/rng.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

VocabularyOptions at_least_count(std::int64_t min_count) {
  VocabularyOptions options;
  options.min_count = min_count;
  return options;
}

TEST(Vocabulary, OrdersByCountThenBytes) {
  const auto vocabulary = Vocabulary::build(
      {{"b", 3}, {"a", 3}, {"B", 3}, {"\u00e9", 3}, {"the", 9}, {"rare", 1}, {"seldom", 1}},
      at_least_count(2));
  EXPECT_THAT(vocabulary.words(), ElementsAre("the", "B", "a", "b", "\u00e9", "<unk>"));
  EXPECT_THAT(vocabulary.counts(), ElementsAre(9, 3, 3, 3, 3, 2));
  EXPECT_EQ(vocabulary.unknown_id(), 5);
  EXPECT_EQ(vocabulary.unknown(), "<unk>");
  EXPECT_EQ(vocabulary.find("a"), 2);
  EXPECT_EQ(vocabulary.find("rare"), -1);
}

TEST(Vocabulary, UnknownIsSortedInLikeAWord) {
  const auto vocabulary =
      Vocabulary::build({{"a", 9}, {"b", 4}, {"x", 2}, {"y", 2}, {"<unk>", 1}}, at_least_count(4));
  EXPECT_THAT(vocabulary.words(), ElementsAre("a", "<unk>", "b"));
  EXPECT_THAT(vocabulary.counts(), ElementsAre(9, 5, 4));
}

TEST(Vocabulary, UnknownOfTheTextIsNeverAWordBesides) {
  const auto vocabulary = Vocabulary::build({{"a", 9}, {"<unk>", 7}}, at_least_count(1));
  EXPECT_THAT(vocabulary.words(), ElementsAre("a", "<unk>"));
  EXPECT_THAT(vocabulary.counts(), ElementsAre(9, 7));
}

TEST(Vocabulary, WithoutUnknownRareWordsAreLeftOut) {
  auto options = at_least_count(2);
  options.unknown = "";
  const auto vocabulary = Vocabulary::build({{"a", 3}, {"b", 2}, {"c", 1}}, options);
  EXPECT_THAT(vocabulary.words(), ElementsAre("a", "b"));
  EXPECT_EQ(vocabulary.unknown_id(), -1);
  EXPECT_EQ(vocabulary.find(""), -1);
}

TEST(Vocabulary, MaxSizeCountsEverySymbol) {
  auto options = at_least_count(1);
  options.max_size = 4;
  options.specials = {"<s>", "d"};
  const auto vocabulary = Vocabulary::build({{"a", 9}, {"b", 8}, {"c", 7}, {"d", 1}}, options);
  // <unk>, <s> and d are always included; one place remains.
  EXPECT_THAT(vocabulary.words(), ElementsAre("<unk>", "a", "d", "<s>"));
  EXPECT_THAT(vocabulary.counts(), ElementsAre(15, 9, 1, 0));
  options.max_size = 2;
  const auto message = message_of<Error>([&] { Vocabulary::build({{"a", 9}}, options); });
  EXPECT_THAT(message, HasSubstr("at least 3"));
  EXPECT_THAT(message, HasSubstr("got:      2"));
}

TEST(Vocabulary, EqualsANaiveReferenceOnRandomCounts) {
  Rng rng(3, "vocabulary test");
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> names;
    std::vector<CountedWord> counts;
    names.reserve(30);                                           // keeps views of them valid
    std::map<std::pair<std::int64_t, std::string>, int> sorted;  // by (-count, word)
    for (std::uint64_t i = 0, n = 1 + rng.below(30); i < n; ++i) {
      const auto count = static_cast<std::int64_t>(1 + rng.below(6));
      names.push_back("w" + std::to_string(i));
      counts.push_back({names.back(), count});
      sorted[{-count, names.back()}] = 0;
    }
    auto options = at_least_count(static_cast<std::int64_t>(1 + rng.below(4)));
    options.max_size = static_cast<std::int64_t>(1 + rng.below(20));
    const auto vocabulary = Vocabulary::build(counts, options);
    std::vector<std::string> expected;
    std::int64_t unknown = 0;
    for (const auto& [key, ignored] : sorted) {
      if (-key.first >= options.min_count &&
          static_cast<std::int64_t>(expected.size()) < options.max_size - 1) {
        expected.push_back(key.second);
      } else {
        unknown -= key.first;
      }
    }
    auto words = vocabulary.words();
    EXPECT_EQ(vocabulary.count(vocabulary.unknown_id()), unknown);
    words.erase(words.begin() + vocabulary.unknown_id());
    EXPECT_EQ(words, expected);
    EXPECT_TRUE(std::is_sorted(vocabulary.counts().rbegin(), vocabulary.counts().rend()));
  }
}

TEST(Vocabulary, SurvivesTheFile) {
  const TempFolder folder;
  const Vocabulary saved({"the", "<unk>", "caf\u00e9", "#"}, {9, 3, 2, 0}, "<unk>");
  saved.save(folder / "vocab.tsv");
  EXPECT_EQ(slurp(folder / "vocab.tsv"),
            "word\tcount\tunknown=<unk>\nthe\t9\n<unk>\t3\ncaf\u00e9\t2\n#\t0\n");
  EXPECT_EQ(saved.sha256(), sha256_of_file(folder / "vocab.tsv"));
  const auto loaded = Vocabulary::load(folder / "vocab.tsv");
  EXPECT_EQ(loaded.words(), saved.words());
  EXPECT_EQ(loaded.counts(), saved.counts());
  EXPECT_EQ(loaded.unknown_id(), 1);
  EXPECT_EQ(loaded.sha256(), saved.sha256());

  const Vocabulary plain({"a"}, {1}, "");
  plain.save(folder / "plain.tsv");
  EXPECT_EQ(slurp(folder / "plain.tsv"), "word\tcount\na\t1\n");
  EXPECT_EQ(Vocabulary::load(folder / "plain.tsv").unknown_id(), -1);
}

TEST(Vocabulary, ReadsFilesWithWindowsLineEnds) {
  const TempFolder folder;
  const auto path = folder.write("vocab.tsv", "word\tcount\tunknown=b\r\na\t2\r\nb\t1\r\n");
  const auto vocabulary = Vocabulary::load(path);
  EXPECT_THAT(vocabulary.words(), ElementsAre("a", "b"));
  EXPECT_EQ(vocabulary.unknown_id(), 1);
}

TEST(Vocabulary, FollowsTheRulesOfTextFiles) {
  const TempFolder folder;
  const auto path =
      folder.write("v.tsv", "\xef\xbb\xbfword\tcount\tunknown=<unk> \r\n<unk>\t3\r\nb\t2 \r\n\r\n");
  EXPECT_TRUE(Vocabulary::is_saved(path));
  const auto vocabulary = Vocabulary::load(path);
  EXPECT_EQ(vocabulary.unknown_id(), 0);
  EXPECT_EQ(vocabulary.find("b"), 1);
  EXPECT_EQ(vocabulary.size(), 2);
}

TEST(Vocabulary, NamesTheBadLineOfAFile) {
  const TempFolder folder;
  const auto message = [&](const std::string& content) {
    const auto path = folder.write("vocab.tsv", content);
    return message_of<Error>([&] { Vocabulary::load(path); });
  };
  const std::string head = "word\tcount\n";
  EXPECT_THAT(message("the 9\n"), HasSubstr("vocab.tsv:1"));
  EXPECT_THAT(message(""), HasSubstr("vocab.tsv:1"));
  EXPECT_THAT(message("word\tcounts\na\t1\n"), HasSubstr("vocab.tsv:1"));
  for (const char* line : {"a", "a\tx", "a\t-1", "\t3", "a\t1\t2", ""}) {
    EXPECT_THAT(message(head + "b\t2\n" + line + "\nc\t1\n"), HasSubstr("vocab.tsv:3")) << line;
  }
  EXPECT_THAT(message(head + "a\t1\nb\t1\na\t1\n"),
              testing::AllOf(HasSubstr("vocab.tsv:4"), HasSubstr("line 2"), HasSubstr("twice")));
  EXPECT_THAT(message(head), testing::AllOf(HasSubstr("vocab.tsv"), HasSubstr("no words")));
  EXPECT_THAT(message("word\tcount\tunknown=u\na\t1\n"),
              testing::AllOf(HasSubstr("vocab.tsv"), HasSubstr("u")));
  EXPECT_THROW(Vocabulary::load(folder / "missing.tsv"), Error);
}

TEST(Vocabulary, RefusesImpossibleWords) {
  EXPECT_THROW(Vocabulary({"a", "b", "a"}, {1, 1, 1}, ""), Error);
  EXPECT_THROW(Vocabulary({"a", ""}, {1, 1}, ""), Error);
  EXPECT_THROW(Vocabulary({"a\tb"}, {1}, ""), Error);
  EXPECT_THROW(Vocabulary(std::vector<std::string>{}, {}, ""), Error);
  EXPECT_THROW(Vocabulary({"a"}, {1}, "<unk>"), Error);
}

TEST(Vocabulary, CopiesOutliveTheOriginal) {
  Vocabulary copy;
  EXPECT_EQ(copy.size(), 0);
  EXPECT_EQ(copy.find("a"), -1);
  {
    const Vocabulary original({"alpha", "beta"}, {2, 1}, "");
    copy = original;
  }
  EXPECT_EQ(copy.find("beta"), 1);
  const Vocabulary moved = std::move(copy);
  EXPECT_EQ(moved.find("alpha"), 0);
}

TEST(VocabularyOptions, RefuseSymbolsWithWhiteSpace) {
  VocabularyOptions options;
  options.unknown = "<un k>";
  options.specials = {"ok", ""};
  Problems problems;
  options.validate(problems, "data.vocabulary");
  ASSERT_EQ(problems.found().size(), 2u);
  EXPECT_EQ(problems.found()[0].first, "data.vocabulary.unknown");
  EXPECT_EQ(problems.found()[1].first, "data.vocabulary.specials");
}

}  // namespace
}  // namespace wordbridge
