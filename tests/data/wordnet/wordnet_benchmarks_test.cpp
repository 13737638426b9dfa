#include "data/wordnet/wordnet_benchmarks.h"

#include <gmock/gmock.h>

#include <set>

#include "core/error.h"
#include "core/text.h"
#include "tests/data/wordnet/tiny_wordnet.h"

namespace wordbridge {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

constexpr const char* kInstalled = "/usr/share/wordnet";

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs relation(const WordNet& wordnet, const std::vector<std::string>& words,
               const std::string& name) {
  for (const auto& relation : wordnet_relations(wordnet, words)) {
    if (relation.name == name) return relation.pairs;
  }
  return {};
}

std::string lexical(const char* symbol, int offset, char part) {
  return fmt::format("{} {:08} {} 0101", symbol, offset, part);
}

TEST(WordNetSimilarity, PairsOfCommonNouns) {
  TinyTaxonomy tiny;
  tiny.add('n', 30, 3, {"years"}, {up(1)});
  tiny.add('n', 31, 3, {"year"}, {up(1)});
  tiny.add('v', 1, 30, {"car"});
  for (const char* line :
       {"dog%1:05:00:: 1 42", "cat%1:05:00:: 1 9", "car%1:06:00:: 1 3", "car%2:30:00:: 1 4",
        "rex%1:18:00:: 1 5", "years%1:03:00:: 1 1", "year%1:03:00:: 1 4", "bat%1:06:00:: 1 1"}) {
    tiny.count(line);
  }
  tiny.except("verb", "bat bit");
  // Excluded: car, more often a verb; Rex, a name; years, a plural; bat, a verb form; pet, never
  // tagged; Dog, not in lower case; the second dog.
  const auto pairs = wordnet_similarity_pairs(
      tiny.load(), {"the", "car", "dog", "Dog", "rex", "years", "cat", "pet", "year", "bat", "dog"},
      1);
  ASSERT_EQ(pairs.size(), 3U);
  EXPECT_EQ(pairs[0].first + pairs[0].second, "dogcat");
  EXPECT_DOUBLE_EQ(pairs[0].score, 6.0 / 8);
  EXPECT_EQ(pairs[1].first + pairs[1].second, "catyear");
  EXPECT_DOUBLE_EQ(pairs[1].score, 2.0 / 6);
  EXPECT_EQ(pairs[2].first + pairs[2].second, "dogyear");
}

TEST(WordNetRelations, InflectionsFromExceptions) {
  TinyWordNet tiny;
  for (const char* noun : {"mouse", "goose"}) tiny.except("noun", std::string("x ") + noun);
  tiny.except("noun", "mice mouse");
  tiny.except("noun", "geese goose");
  for (const char* line :
       {"went go", "gone go", "going go", "sang sing", "sung sing", "made make", "making make",
        "am be", "are be", "was be", "were be", "been be", "has have", "had have"}) {
    tiny.except("verb", line);
  }
  for (const char* line : {"hotter hot", "hottest hot", "bigger big", "biggest big"}) {
    tiny.except("adj", line);
  }
  const auto wordnet = tiny.load();
  const std::vector<std::string> words = {
      "be",     "am",      "are",  "was",  "were",  "been",  "have",  "has",    "had",    "go",
      "went",   "gone",    "make", "made", "going", "sing",  "sang",  "sung",   "making", "big",
      "bigger", "biggest", "hot",  "mice", "mouse", "goose", "geese", "hotter", "hottest"};
  EXPECT_THAT(relation(wordnet, words, "gram-plural"),
              ElementsAre(Pair("mouse", "mice"), Pair("goose", "geese")));
  EXPECT_THAT(relation(wordnet, words, "gram-past"),
              ElementsAre(Pair("have", "had"), Pair("go", "went"), Pair("make", "made"),
                          Pair("sing", "sang")));
  EXPECT_THAT(relation(wordnet, words, "gram-past-participle"),
              ElementsAre(Pair("go", "gone"), Pair("sing", "sung")));
  EXPECT_THAT(relation(wordnet, words, "gram-present-participle"),
              ElementsAre(Pair("go", "going"), Pair("make", "making")));
  EXPECT_THAT(relation(wordnet, words, "gram-comparative"),
              ElementsAre(Pair("big", "bigger"), Pair("hot", "hotter")));
  EXPECT_THAT(relation(wordnet, words, "gram-superlative"),
              ElementsAre(Pair("big", "biggest"), Pair("hot", "hottest")));
  // A single pair gives no question.
  EXPECT_TRUE(relation(wordnet, {"mouse", "mice", "goose"}, "gram-plural").empty());
}

TEST(WordNetRelations, LexicalPointers) {
  TinyWordNet tiny;
  tiny.add('a', 1, 0, {"quick"});
  tiny.add('a', 2, 0, {"happy"}, {lexical("!", 3, 'a'), lexical("+", 1, 'n')});
  tiny.add('a', 3, 0, {"unhappy"}, {lexical("!", 2, 'a'), lexical("+", 2, 'n')});
  tiny.add('a', 4, 0, {"possible"}, {lexical("!", 5, 'a')});
  tiny.add('a', 5, 0, {"impossible"}, {lexical("!", 4, 'a')});
  tiny.add('a', 6, 0, {"hot"}, {lexical("!", 7, 'a')});
  tiny.add('a', 7, 0, {"cold"}, {lexical("!", 6, 'a')});
  tiny.add('a', 8, 0, {"old"}, {lexical("!", 9, 'a')});
  tiny.add('a', 9, 0, {"young"}, {lexical("!", 8, 'a')});
  tiny.add('a', 10, 1, {"French"}, {lexical("\\", 3, 'n')});
  tiny.add('a', 11, 1, {"Spanish"}, {lexical("\\", 4, 'n')});
  tiny.add('r', 1, 2, {"quickly"}, {lexical("\\", 1, 'a')});
  tiny.add('r', 2, 2, {"happily"}, {lexical("\\", 2, 'a')});
  tiny.add('r', 3, 2, {"fast"}, {lexical("\\", 4, 'a')});
  tiny.add('n', 1, 26, {"happiness"});
  tiny.add('n', 2, 26, {"unhappiness"});
  tiny.add('n', 3, 15, {"France"});
  tiny.add('n', 4, 15, {"Spain"});
  tiny.add('n', 5, 18, {"runner"});
  tiny.add('n', 6, 18, {"maker"});
  tiny.add('n', 7, 6, {"cooker"});
  tiny.add('v', 1, 30, {"run"}, {lexical("+", 5, 'n')});
  tiny.add('v', 2, 30, {"make"}, {lexical("+", 6, 'n')});
  tiny.add('v', 3, 30, {"cook"}, {lexical("+", 7, 'n')});
  const auto wordnet = tiny.load();
  const std::vector<std::string> words = {
      "quick",  "happy",   "unhappy",   "impossible", "possible", "cold",    "hot",
      "old",    "young",   "French",    "Spanish",    "quickly",  "happily", "fast",
      "spain",  "France",  "cook",      "cooker",     "make",     "maker",   "run",
      "runner", "spanish", "happiness", "unhappiness"};
  EXPECT_THAT(relation(wordnet, words, "gram-adverb"),
              ElementsAre(Pair("quick", "quickly"), Pair("happy", "happily")));
  EXPECT_THAT(relation(wordnet, words, "gram-agent"),  // a cooker is not a person
              ElementsAre(Pair("make", "maker"), Pair("run", "runner")));
  EXPECT_THAT(relation(wordnet, words, "gram-ness"),
              ElementsAre(Pair("happy", "happiness"), Pair("unhappy", "unhappiness")));
  EXPECT_THAT(relation(wordnet, words, "gram-nationality"),
              ElementsAre(Pair("spain", "Spanish"), Pair("France", "French")));
  EXPECT_THAT(relation(wordnet, words, "gram-negation"),
              ElementsAre(Pair("happy", "unhappy"), Pair("possible", "impossible")));
  EXPECT_THAT(relation(wordnet, words, "antonym-adjective"),
              ElementsAre(Pair("cold", "hot"), Pair("old", "young")));
}

TEST(WordNetRelations, Taxonomy) {
  TinyTaxonomy tiny;
  tiny.add('n', 40, 15, {"national_capital"});
  tiny.add('n', 41, 15, {"France", "French_Republic"});
  tiny.add('n', 42, 15, {"Spain"});
  tiny.add('n', 43, 15, {"Paris"}, {"@i 00000040 n 0000", "#p 00000041 n 0000"});
  tiny.add('n', 44, 15, {"Madrid"}, {"@i 00000040 n 0000", "#p 00000042 n 0000"});
  tiny.add('n', 50, 15, {"Nice"}, {"#p 00000041 n 0000"});  // "nice" is the adjective
  tiny.add('n', 45, 8, {"finger"}, {"#p 00000046 n 0000"});
  tiny.add('n', 46, 8, {"hand"});
  tiny.add('n', 47, 8, {"thumb", "pollex"}, {"#p 00000046 n 0000"});
  tiny.add('n', 48, 8, {"foot"});
  tiny.add('n', 49, 8, {"toe"}, {"#p 00000048 n 0000"});
  const auto wordnet = tiny.load();
  const std::vector<std::string> words = {"nice",   "animal", "beast", "cat",   "dog",    "feline",
                                          "canine", "pet",    "paris", "spain", "madrid", "france",
                                          "finger", "hand",   "thumb", "toe",   "foot"};
  EXPECT_THAT(relation(wordnet, words, "capital-country"),
              ElementsAre(Pair("madrid", "spain"), Pair("paris", "france")));
  EXPECT_THAT(relation(wordnet, words, "part-whole"),  // "hand" is used only once
              ElementsAre(Pair("finger", "hand"), Pair("toe", "foot")));
  EXPECT_THAT(relation(wordnet, words, "hypernym"),
              ElementsAre(Pair("feline", "animal"), Pair("cat", "feline"), Pair("dog", "canine")));
}

TEST(WordNetGroups, OfWordsWithOneMeaning) {
  TinyTaxonomy tiny;
  for (const char* line : {"dog%1:05:00:: 1 42", "cat%1:05:00:: 1 9", "bat%1:06:00:: 1 7",
                           "bat%1:05:00:: 2 3", "car%1:06:00:: 1 1"}) {
    tiny.count(line);
  }
  EXPECT_THAT(wordnet_groups(tiny.load(), {"bat", "cat", "dog", "car"}),
              ElementsAre(Pair("noun.animal", ElementsAre("cat", "dog")),
                          Pair("noun.artifact", ElementsAre("car"))));
}

TEST(WordNetBenchmarks, WritesThreeFiles) {
  TinyTaxonomy tiny;
  tiny.count("dog%1:05:00:: 1 42");
  tiny.count("cat%1:05:00:: 1 9");
  for (const char* line : {"mice mouse", "geese goose", "men man"}) tiny.except("noun", line);
  const auto wordnet = tiny.load();
  const TempFolder out;
  const std::vector<std::string> words = {"man",  "men",   "dog",   "cat",
                                          "mice", "mouse", "goose", "geese"};
  write_wordnet_benchmarks(wordnet, words, out / "new" / "folder", 1);
  const auto similarity = slurp(out / "new" / "folder" / "wordnet-similarity.tsv");
  EXPECT_EQ(similarity[0], '#');
  EXPECT_EQ(similarity.substr(similarity.find('\n') + 1), "dog\tcat\t0.7500\n");
  EXPECT_EQ(slurp(out / "new" / "folder" / "wordnet-analogy.txt"),
            ": gram-plural\nman men mouse mice\nman men goose geese\nmouse mice man men\n"
            "mouse mice goose geese\ngoose geese man men\ngoose geese mouse mice\n");
  const auto groups = slurp(out / "new" / "folder" / "wordnet-groups.tsv");
  EXPECT_EQ(groups[0], '#');
  EXPECT_EQ(groups.substr(groups.find('\n') + 1), "dog\tnoun.animal\ncat\tnoun.animal\n");

  EXPECT_THAT(message_of<Error>([&] {
                write_wordnet_benchmarks(wordnet, {"le", "chien"}, out / "none", 1);
              }),
              HasSubstr("2 words"));
  EXPECT_FALSE(std::filesystem::exists(out / "none"));
}

TEST(WordNetBenchmarks, WarnsOfEmptyFiles) {
  TinyTaxonomy tiny;
  for (const char* line : {"mice mouse", "men man"}) tiny.except("noun", line);
  const TempFolder out;
  testing::internal::CaptureStderr();
  write_wordnet_benchmarks(tiny.load(), {"man", "men", "mice", "mouse", "dog", "cat"}, out.path(),
                           1);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::AllOf(HasSubstr("wordnet-similarity.tsv is empty"),
                             HasSubstr("wordnet-groups.tsv is empty"),
                             Not(HasSubstr("wordnet-analogy.txt is empty"))));
}

class InstalledBenchmarks : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kInstalled)) {
      GTEST_SKIP() << "WordNet is not installed (apt install wordnet-base)";
    }
    wordnet_ = WordNet::load(kInstalled);
    words_ = wordnet_.frequent_words();
  }
  WordNet wordnet_;
  std::vector<std::string> words_;
};

TEST_F(InstalledBenchmarks, GroupsKeepTheirRule) {
  std::size_t words = 0;
  for (const auto& [group, members] : wordnet_groups(wordnet_, words_)) {
    for (const auto& word : members) {
      const auto first = wordnet_.senses(word, PartOfSpeech::noun).front().tagged;
      EXPECT_GE(static_cast<double>(first), 0.8 * static_cast<double>(wordnet_.tagged(word)))
          << word;
      EXPECT_NE(word, "completion");
    }
    words += members.size();
  }
  EXPECT_EQ(words, 2042U);
}

TEST_F(InstalledBenchmarks, PairsCoverTheScores) {
  const auto pairs = wordnet_similarity_pairs(wordnet_, words_, 1);
  EXPECT_EQ(pairs.size(), 2000U);
  std::array<int, 10> bins = {};
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& pair : pairs) {
    ++bins[static_cast<std::size_t>(std::min(pair.score * 10, 9.0))];
    EXPECT_DOUBLE_EQ(pair.score, noun_similarity(wordnet_, pair.first, pair.second, 2));
    EXPECT_TRUE(seen.emplace(std::minmax(pair.first, pair.second)).second);
  }
  EXPECT_THAT(bins, testing::Each(200));
}

TEST_F(InstalledBenchmarks, RelationsHaveTheKnownPairs) {
  EXPECT_THAT(relation(wordnet_, words_, "gram-plural"), Contains(Pair("mouse", "mice")));
  const auto past = relation(wordnet_, words_, "gram-past");
  EXPECT_THAT(past, Contains(Pair("go", "went")));
  EXPECT_THAT(past, Not(Contains(Pair("go", "gone"))));
  EXPECT_THAT(relation(wordnet_, words_, "antonym-noun"), Contains(Pair("man", "woman")));
  EXPECT_THAT(relation(wordnet_, words_, "gram-agent"), Contains(Pair("teach", "teacher")));
  EXPECT_THAT(relation(wordnet_, words_, "gram-adverb"), Contains(Pair("quick", "quickly")));
}

TEST_F(InstalledBenchmarks, FilesDependOnTheSeedAlone) {
  const TempFolder out;
  for (const char* name : {"a", "b"}) write_wordnet_benchmarks(wordnet_, words_, out / name, 1);
  write_wordnet_benchmarks(wordnet_, words_, out / "c", 2);
  for (const char* file : {"wordnet-similarity.tsv", "wordnet-analogy.txt"}) {
    EXPECT_EQ(slurp(out / "a" / file), slurp(out / "b" / file));
    EXPECT_NE(slurp(out / "a" / file), slurp(out / "c" / file));
  }
  const std::set<std::string> vocabulary(words_.begin(), words_.end());
  const auto text = slurp(out / "a" / "wordnet-analogy.txt");
  std::size_t questions = 0;
  for (auto line : split(text, '\n')) {
    if (line.empty()) continue;
    if (line[0] == ':') {
      questions = 0;
      continue;
    }
    EXPECT_LE(++questions, 200U);
    const auto words = split(line, ' ');
    ASSERT_EQ(words.size(), 4U);
    for (auto word : words) EXPECT_EQ(vocabulary.count(std::string(word)), 1U) << line;
    EXPECT_NE(words[0], words[3]) << line;
    EXPECT_NE(words[1], words[2]) << line;
  }
}

}  // namespace
}  // namespace wordbridge
