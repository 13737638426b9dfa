#include "data/wordnet/wordnet.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "core/error.h"
#include "data/text/unicode.h"
#include "tests/data/wordnet/tiny_wordnet.h"

namespace wordbridge {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr const char* kInstalled = "/usr/share/wordnet";

std::int32_t only_sense(const WordNet& wordnet, const std::string& noun) {
  return wordnet.senses(noun, PartOfSpeech::noun).at(0).synset;
}

TEST(WordNet, ReadsSynsetsSensesAndCounts) {
  TinyTaxonomy tiny;
  tiny.add('a', 1, 0, {"aplenty(ip)", "galore(ip)"}, {"! 00000002 a 0201"});
  tiny.add('s', 2, 0, {"scarce"});
  tiny.count("bat%1:06:00:: 1 7");
  tiny.count("bat%1:05:00:: 2 3");
  tiny.count("galore%3:00:00:: 1 2");
  tiny.except("noun", "bats bat batt");
  const auto wordnet = tiny.load();

  ASSERT_EQ(wordnet.synsets().size(), 15U);
  const auto& dog = wordnet.synset(only_sense(wordnet, "dog"));
  EXPECT_EQ(dog.part, PartOfSpeech::noun);
  EXPECT_EQ(dog.topic, 5);
  EXPECT_THAT(dog.words, ElementsAre("dog", "Canis_familiaris"));
  ASSERT_EQ(dog.pointers.size(), 2U);
  EXPECT_EQ(dog.pointers[1].symbol, "@");
  EXPECT_THAT(wordnet.synset(dog.pointers[1].target).words, ElementsAre("pet"));
  EXPECT_EQ(only_sense(wordnet, "canis_familiaris"), only_sense(wordnet, "dog"));

  const auto& plenty = wordnet.synsets()[13];
  EXPECT_EQ(plenty.part, PartOfSpeech::adjective);
  EXPECT_THAT(plenty.words, ElementsAre("aplenty", "galore"));
  EXPECT_EQ(plenty.pointers.at(0).source_word, 2U);
  EXPECT_EQ(plenty.pointers.at(0).target_word, 1U);
  EXPECT_THAT(wordnet.synset(plenty.pointers.at(0).target).words, ElementsAre("scarce"));

  const auto& bat = wordnet.senses("bat", PartOfSpeech::noun);
  ASSERT_EQ(bat.size(), 2U);
  EXPECT_EQ(bat[0].tagged, 7);
  EXPECT_EQ(bat[1].tagged, 3);
  EXPECT_EQ(wordnet.tagged("bat", PartOfSpeech::noun), 10);
  EXPECT_EQ(wordnet.tagged("galore"), 2);
  EXPECT_EQ(wordnet.tagged("galore", PartOfSpeech::noun), 0);
  EXPECT_TRUE(wordnet.senses("rat", PartOfSpeech::noun).empty());
  ASSERT_EQ(wordnet.exceptions(PartOfSpeech::noun).size(), 1U);
  EXPECT_EQ(wordnet.exceptions(PartOfSpeech::noun)[0].form, "bats");
  EXPECT_THAT(wordnet.exceptions(PartOfSpeech::noun)[0].lemmas, ElementsAre("bat", "batt"));
  EXPECT_THAT(wordnet.frequent_words(), ElementsAre("bat", "bats", "galore"));
}

/// The counts of a word's senses.
std::vector<std::int64_t> counts(const WordNet& wordnet, const std::string& lemma,
                                 PartOfSpeech part = PartOfSpeech::noun) {
  std::vector<std::int64_t> counts;
  for (const auto& sense : wordnet.senses(lemma, part)) counts.push_back(sense.tagged);
  return counts;
}

TEST(WordNet, SenseKeysDecideAboutCounts) {
  TinyTaxonomy tiny;
  tiny.add('n', 20, 6, {"racket", "bat 1"});
  tiny.count("bat%1:05:00:: 1 3");    // the second sense, whatever the number
  tiny.count("bat%1:06:01:: 1 2");    // the third one: same file, other lexical id
  tiny.count("bat%1:06:00:: 3 7");    // the first one
  tiny.count("bat%1:06:02:: 1 100");  // a lexical id, ...
  tiny.count("bat%1:18:00:: 1 100");  // ... a lexicographer file, ...
  tiny.count("bat%2:05:00:: 1 100");  // ... a part of speech, ...
  tiny.count("rat%1:05:00:: 1 100");  // ... and a word of other releases
  tiny.count("canis_familiaris%1:05:00:: 9 4");
  const auto wordnet = tiny.load();
  EXPECT_THAT(counts(wordnet, "bat"), ElementsAre(7, 3, 2));
  EXPECT_EQ(wordnet.tagged("bat"), 12);
  EXPECT_THAT(counts(wordnet, "canis_familiaris"), ElementsAre(4));
  EXPECT_THAT(counts(wordnet, "dog"), ElementsAre(0));
}

TEST(WordNet, SenseKeysOfSatelliteAdjectivesNameTheirHead) {
  TinyWordNet files;
  files.add('a', 1, 0, {"Out(p) 1", "extinct"});
  files.add('s', 2, 0, {"away"}, {"& 00000001 a 0000"});
  files.add('a', 3, 0, {"absent"});
  files.add('s', 4, 0, {"away"}, {"^ 00000001 a 0000", "& 00000003 a 0000"});
  files.add('a', 5, 0, {"away"});
  files.count("away%5:00:00:absent:00 1 1");
  files.count("away%5:00:00:out(p):01 1 2");  // with the syntactic marker of the head
  files.count("away%5:00:00:out:01 1 4");
  files.count("away%3:00:00:: 1 8");             // not a satellite
  files.count("away%5:00:00:out:00 1 100");      // another head
  files.count("away%5:00:00:extinct:00 1 100");  // not the first word of the head's synset
  EXPECT_THAT(counts(files.load(), "away", PartOfSpeech::adjective), ElementsAre(6, 1, 8));
}

TEST(WordNet, FilesThatMayBeMissing) {
  TinyTaxonomy tiny;
  tiny.count("bat%1:05:00:: 1 3");
  tiny.except("noun", "mice mouse");
  const auto& folder = tiny.write();
  folder.write("index.sense", "bat%1:05:00:: 00000012 2 3\nbat%1:06:00:: 00000011 1 8\n");
  const auto warnings_of_load = [&](WordNet& wordnet) {
    testing::internal::CaptureStderr();
    wordnet = WordNet::load(folder.path());
    return testing::internal::GetCapturedStderr();
  };
  WordNet wordnet;
  EXPECT_EQ(warnings_of_load(wordnet), "");
  EXPECT_THAT(counts(wordnet, "bat"), ElementsAre(0, 3));

  std::filesystem::remove(folder / "cntlist.rev");
  std::filesystem::remove(folder / "noun.exc");
  std::filesystem::remove(folder / "adv.exc");
  EXPECT_THAT(warnings_of_load(wordnet),
              testing::AllOf(HasSubstr("no noun.exc, adv.exc: irregular forms"),
                             HasSubstr("no cntlist.rev: the counts of senses are taken from "
                                       "index.sense")));
  EXPECT_THAT(counts(wordnet, "bat"), ElementsAre(8, 3));
  EXPECT_TRUE(wordnet.exceptions(PartOfSpeech::noun).empty());

  std::filesystem::remove(folder / "index.sense");
  EXPECT_THAT(warnings_of_load(wordnet),
              HasSubstr("no cntlist.rev and no index.sense: all counts of senses are 0"));
  EXPECT_THAT(counts(wordnet, "bat"), ElementsAre(0, 0));
  EXPECT_DOUBLE_EQ(noun_similarity(wordnet, "dog", "cat", 1), 6.0 / 8);
}

TEST(WordNet, ByteOrderMarksLineEndsAndBlanks) {
  TinyTaxonomy tiny;
  tiny.count("bat%1:05:00:: 1 3");
  tiny.except("noun", "mice mouse");
  const auto& folder = tiny.write();
  for (const auto& name : {"data.noun", "index.noun", "noun.exc", "cntlist.rev", "data.verb"}) {
    std::string text = "\xef\xbb\xbf";
    for (const char c : slurp(folder / name)) text += c == '\n' ? "\t \r\n" : std::string(1, c);
    folder.write(name, text);
  }
  const auto wordnet = WordNet::load(folder.path());
  EXPECT_DOUBLE_EQ(noun_similarity(wordnet, "dog", "cat", 1), 6.0 / 8);
  EXPECT_THAT(counts(wordnet, "bat"), ElementsAre(0, 3));
  EXPECT_THAT(wordnet.exceptions(PartOfSpeech::noun).at(0).lemmas, ElementsAre("mouse"));
}

TEST(WordNet, WordsWithBlanks) {
  TinyTaxonomy tiny;
  tiny.add('n', 20, 15, {"New_York"}, {up(1)});
  tiny.count("new_york%1:15:00:: 1 3");
  const auto wordnet = tiny.load();
  EXPECT_EQ(wordnet.senses("new york", PartOfSpeech::noun).size(), 1U);
  EXPECT_EQ(wordnet.tagged("new york"), 3);
  EXPECT_EQ(wordnet.tagged("new_york"), 3);
  EXPECT_EQ(wordnet.tagged("new yorker"), 0);
}

TEST(WordNet, DepthsAndAncestors) {
  const auto wordnet = TinyTaxonomy().load();
  const auto depth = [&](const char* noun) { return wordnet.depth(only_sense(wordnet, noun)); };
  EXPECT_EQ(depth("entity"), 1);
  EXPECT_EQ(depth("animal"), 2);
  EXPECT_EQ(depth("dog"), 4);
  EXPECT_EQ(depth("rex"), 5);
  EXPECT_EQ(depth("pug"), 3);  // through artifact, not through dog
  // pug 12, dog 5, artifact 8: one step; canine 2, pet 4, entity 0: two; animal 1: three.
  EXPECT_THAT(wordnet.ancestors(only_sense(wordnet, "pug")),
              ElementsAre(Pair(0, 2), Pair(1, 3), Pair(2, 2), Pair(4, 2), Pair(5, 1), Pair(8, 1),
                          Pair(12, 0)));
}

TEST(WordNet, SimilarityByHand) {
  const auto wordnet = TinyTaxonomy().load();
  const auto similarity = [&](const char* a, const char* b, std::size_t senses = 1) {
    EXPECT_EQ(noun_similarity(wordnet, a, b, senses), noun_similarity(wordnet, b, a, senses));
    return noun_similarity(wordnet, a, b, senses);
  };
  EXPECT_DOUBLE_EQ(similarity("dog", "dog"), 1);
  EXPECT_DOUBLE_EQ(similarity("animal", "beast"), 1);
  EXPECT_DOUBLE_EQ(similarity("dog", "cat"), 6.0 / 8);     // through pet; through animal: 4 / 8
  EXPECT_DOUBLE_EQ(similarity("dog", "pet"), 6.0 / 7);     // pet is an ancestor of dog
  EXPECT_DOUBLE_EQ(similarity("dog", "car"), 2.0 / 7);     // through the root
  EXPECT_DOUBLE_EQ(similarity("rex", "cat"), 6.0 / 9);     // rex is an instance
  EXPECT_DOUBLE_EQ(similarity("pug", "car"), 4.0 / 6);     // through artifact
  EXPECT_DOUBLE_EQ(similarity("pug", "rex"), 8.0 / 10);    // through dog
  EXPECT_DOUBLE_EQ(similarity("bat", "dog"), 2.0 / 7);     // first sense: the club
  EXPECT_DOUBLE_EQ(similarity("bat", "dog", 2), 4.0 / 7);  // second sense: the animal
  EXPECT_EQ(similarity("dog", "unheard"), 0);
}

TEST(WordNet, CirclesAreHarmless) {
  TinyTaxonomy tiny;
  tiny.add('n', 20, 3, {"egg"}, {up(21)});
  tiny.add('n', 21, 3, {"hen"}, {up(20)});
  tiny.add('n', 22, 3, {"spin"}, {up(23)});
  tiny.add('n', 23, 3, {"whirl"}, {up(22), up(1)});
  const auto wordnet = tiny.load();
  EXPECT_EQ(wordnet.depth(only_sense(wordnet, "egg")), 0);
  EXPECT_EQ(wordnet.depth(only_sense(wordnet, "whirl")), 2);
  EXPECT_EQ(wordnet.depth(only_sense(wordnet, "spin")), 3);
  EXPECT_EQ(noun_similarity(wordnet, "egg", "hen", 1), 0);
  EXPECT_EQ(noun_similarity(wordnet, "egg", "dog", 1), 0);
  EXPECT_DOUBLE_EQ(noun_similarity(wordnet, "spin", "dog", 1), 2.0 / 7);
  EXPECT_DOUBLE_EQ(noun_similarity(wordnet, "spin", "whirl", 1), 6.0 / 7);
}

TEST(WordNet, ReadsCompressedFiles) {
  TinyTaxonomy tiny;
  const auto folder = tiny.write().path();
  ASSERT_EQ(std::system(("gzip " + (folder / "data.noun").string()).c_str()), 0);
  EXPECT_DOUBLE_EQ(noun_similarity(WordNet::load(folder), "dog", "cat", 1), 6.0 / 8);
}

TEST(WordNet, MissingFolderAndFile) {
  TinyTaxonomy tiny;
  const auto folder = tiny.write().path();
  EXPECT_THAT(message_of<Error>([&] { WordNet::load(folder / "nowhere"); }),
              testing::AllOf(HasSubstr("nowhere"), HasSubstr("apt install wordnet-base")));
  for (const auto* name : {"index.verb", "data.adj", "data.noun", "noun.exc"})
    std::filesystem::remove(folder / name);
  EXPECT_THAT(message_of<Error>([&] { WordNet::load(folder); }),
              testing::AllOf(HasSubstr("no data.noun, data.adj, index.verb\n"),
                             HasSubstr("apt install wordnet-base")));
}

struct Damage {
  const char *file, *from, *to, *line, *expected, *got;
};

void PrintTo(const Damage& damage, std::ostream* out) { *out << damage.file << ": " << damage.to; }

class DamagedWordNet : public testing::TestWithParam<Damage> {};

TEST_P(DamagedWordNet, NamesTheLine) {
  const auto& damage = GetParam();
  TinyTaxonomy tiny;
  tiny.count("bat%1:06:00:: 1 7");
  const auto& folder = tiny.write();
  auto content = slurp(folder / damage.file);
  const auto at = content.find(damage.from);
  ASSERT_NE(at, content.npos);
  folder.write(damage.file, content.replace(at, std::string(damage.from).size(), damage.to));
  EXPECT_THAT(message_of<Error>([&] { WordNet::load(folder.path()); }),
              testing::AllOf(HasSubstr(std::string(damage.file) + ":" + damage.line),
                             HasSubstr(damage.expected), HasSubstr(damage.got)));
}

INSTANTIATE_TEST_SUITE_P(
    Lines, DamagedWordNet,
    testing::Values(
        Damage{"data.noun", "00000003 05", "00000003 99", "4", "lexicographer file, at most 44",
               "99"},
        Damage{"data.noun", "00000003 05", "0000000x 05", "4", "an offset", "0000000x"},
        Damage{"data.noun", "00000003 05", "00000002 05", "4", "occurs once", "2"},
        Damage{"data.noun", "03 n 01 entity", "03 q 01 entity", "2", "part of speech", "q"},
        Damage{"data.noun", "03 n 01 entity", "03 v 01 entity", "2", "of the file", "v"},
        Damage{"data.noun", "@ 00000009 n", "@ 00000099 n", "11", "offset of a synset", "99"},
        Damage{"data.noun", "n 02 animal", "n zz animal", "3", "count of words", "zz"},
        Damage{"data.noun", "@ 00000001 n 0000", "@ 00000001 n 0105", "3", "words that exist",
               "@ 0105"},
        Damage{"data.noun", "@ 00000001 n 0000", "@ 00000001 n 000", "3", "pointer's words", "000"},
        Damage{"index.noun", "cat n 1 2 @ ~ 1 0 00000007", "cat n 1 2 @ ~ 1 0", "9",
               "offset of a synset", "end of the line"},
        Damage{"index.noun", "cat n 1 2 @ ~ 1 0 00000007", "cat n 1 2 @ ~ 1 0 00000077", "9",
               "offset of a synset", "77"},
        Damage{"cntlist.rev", "bat%1", "bat:1", "1", "sense key", "bat:1"},
        Damage{"cntlist.rev", "%1:06:00::", "%", "1", "sense key", "bat%"},
        Damage{"cntlist.rev", "%1:06", "%1:x", "1", "lexicographer file", "x"},
        Damage{"cntlist.rev", "1 7", "1 x", "1", "a count", "x"}));

TEST(WordNet, ATruncatedFileIsAnErrorWithItsLine) {
  TinyTaxonomy tiny;
  tiny.except("noun", "bats bat");
  const auto& folder = tiny.write();
  const auto message = [&] { return message_of<Error>([&] { WordNet::load(folder.path()); }); };
  for (const char* file : {"data.noun", "index.noun", "noun.exc", "adv.exc", "cntlist.rev"}) {
    const auto whole = slurp(folder / file);
    folder.write(file, whole.substr(0, whole.size() - 1));
    EXPECT_THAT(message(),
                testing::AllOf(HasSubstr("truncated"), HasSubstr(std::string(file) + ":")));
    folder.write(file, "");
    EXPECT_THAT(message(), HasSubstr(std::string(file) + ":1"));
    folder.write(file, whole);
  }
  // Whole lines are missing.
  const auto index = slurp(folder / "index.noun");
  folder.write("index.noun", index.substr(0, index.find("rex ")));
  EXPECT_THAT(message(),
              testing::AllOf(HasSubstr("data.noun:9"), HasSubstr("index.noun"), HasSubstr("Rex")));
  folder.write("index.noun", index);
  EXPECT_EQ(WordNet::load(folder.path()).synsets().size(), 13U);
}

TEST(InstalledWordNet, CountsAndSimilarities) {
  if (!std::filesystem::exists(kInstalled))
    GTEST_SKIP() << "WordNet is not installed (apt install wordnet-base)";
  const auto wordnet = WordNet::load(kInstalled);
  std::array<int, 4> sizes = {};
  for (const auto& synset : wordnet.synsets()) ++sizes[static_cast<std::size_t>(synset.part)];
  EXPECT_THAT(sizes, ElementsAre(82115, 13767, 18156, 3621));
  EXPECT_EQ(wordnet.depth(only_sense(wordnet, "entity")), 1);
  const auto similarity = [&](const char* a, const char* b) {
    return noun_similarity(wordnet, a, b, 2);
  };
  EXPECT_GT(similarity("dog", "cat"), similarity("dog", "car"));
  EXPECT_GT(similarity("car", "bicycle"), similarity("car", "banana"));
  EXPECT_EQ(similarity("car", "automobile"), 1);
  EXPECT_THAT(counts(wordnet, "completion"), ElementsAre(3, 2));
  EXPECT_EQ(wordnet.tagged("jazz", PartOfSpeech::noun), 0);
  EXPECT_THAT(counts(wordnet, "any", PartOfSpeech::adjective), ElementsAre(47));  // some(a)
  // The senses of each word are sorted by the counts of this release, not of that of cntlist.rev.
  for (const auto& synset : wordnet.synsets()) {
    for (const auto& word : synset.words) {
      const auto tagged = counts(wordnet, folded(word), synset.part);
      ASSERT_TRUE(std::is_sorted(tagged.rbegin(), tagged.rend())) << word;
    }
  }
  for (std::size_t i = 0; i < 82115; ++i) {
    ASSERT_GT(wordnet.depth(static_cast<std::int32_t>(i)), 0) << wordnet.synsets()[i].words[0];
  }
}

}  // namespace
}  // namespace wordbridge
