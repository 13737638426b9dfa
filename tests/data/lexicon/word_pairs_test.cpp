#include "data/lexicon/word_pairs.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "core/error.h"
#include "core/io/file.h"
#include "core/rng.h"
#include "core/threads.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using Pairs = std::vector<WordPairs::Pair>;

Vocabulary vocabulary_of(const std::vector<std::string>& words, const std::string& unknown = "") {
  return {words, std::vector<std::int64_t>(words.size(), 1), unknown};
}

// Ids: car 0, vehicle 1, wheel 2, road 3, bus 4, tree 5.
const std::vector<std::string> kWords = {"car", "vehicle", "wheel", "road", "bus", "tree"};

std::vector<Definition> small_dictionary() {
  return {{"bus", {"large", "vehicle", "vehicle"}},  // large is not in the vocabulary
          {"car", {"road", "vehicle", "wheel"}},
          {"large", {"bus"}},
          {"road", {"way", "car"}},
          {"vehicle", {"car", "bus", "vehicle"}},  // itself
          {"wheel", {"disc"}}};
}

TEST(WordPairsTest, StrongIsEachInTheOthersDefinitionAndWeakInOne) {
  const WordPairs pairs = pairs_of_definitions(small_dictionary(), vocabulary_of(kWords));
  EXPECT_EQ(pairs.strong, (Pairs{{0, 1}, {0, 3}, {1, 4}}));
  EXPECT_EQ(pairs.weak, (Pairs{{0, 2}}));
  EXPECT_TRUE(pairs.promoted.empty());
}

TEST(WordPairsTest, TheUnknownSymbolHasNoPartners) {
  const WordPairs pairs =
      pairs_of_definitions(small_dictionary(), vocabulary_of(kWords, "vehicle"));
  EXPECT_EQ(pairs.strong, (Pairs{{0, 3}}));
  EXPECT_EQ(pairs.weak, (Pairs{{0, 2}}));
}

TEST(WordPairsTest, LargeDictionariesEqualANaiveCount) {
  Rng rng(3, "dictionary");
  std::vector<std::string> words;
  for (int i = 0; i < 9000; ++i) words.push_back("w" + std::to_string(i));
  std::vector<Definition> definitions;
  std::map<int, std::set<int>> defined;
  for (int i = 0; i < 9000; ++i) {
    Definition definition{words[static_cast<std::size_t>(i)], {}};
    for (int k = 0; k < 20; ++k) {
      // Near words, so that many pairs are strong.
      const int other = (i + static_cast<int>(rng.below(41)) + 8980) % 9000;
      definition.tokens.push_back(words[static_cast<std::size_t>(other)]);
      if (other != i) defined[i].insert(other);
    }
    definitions.push_back(std::move(definition));
  }
  std::set<WordPairs::Pair> strong, weak;
  for (const auto& [word, others] : defined)
    for (const int other : others)
      (defined[other].count(word) > 0 ? strong : weak)
          .insert({std::min(word, other), std::max(word, other)});
  for (const int threads : {1, 3}) {
    set_threads(threads);
    const WordPairs pairs = pairs_of_definitions(definitions, vocabulary_of(words));
    EXPECT_EQ(pairs.strong, Pairs(strong.begin(), strong.end()));
    EXPECT_EQ(pairs.weak, Pairs(weak.begin(), weak.end()));
  }
  set_threads(0);
  EXPECT_GT(strong.size(), 10000u);
}

/// On a line of directions: car, vehicle and bus are close together, and wheel and road.
EmbeddingTable line_vectors() {
  return {{"car", "vehicle", "bus", "wheel", "road", "tree"},
          {1, 0, 1, 0.1f, 1, 0.3f, 0, 1, -0.1f, 1, 0, 0},
          2,
          "test"};
}

TEST(WordPairsTest, NeighboursOfAPartnerArePromotedAndStayWeak) {
  WordPairs pairs;
  pairs.strong = {{0, 3}};        // car, road
  pairs.weak = {{0, 2}, {1, 4}};  // car, wheel; vehicle, bus
  promote(pairs, vocabulary_of(kWords), line_vectors(), 1, Promotion::partners);
  // The nearest of road is wheel: (car, wheel). The nearest of car is vehicle: (road, vehicle).
  EXPECT_EQ(pairs.promoted, (Pairs{{0, 2}, {1, 3}}));
  EXPECT_EQ(pairs.strong, (Pairs{{0, 3}}));
  EXPECT_EQ(pairs.weak, (Pairs{{0, 2}, {1, 4}}));
}

TEST(WordPairsTest, MutualNeighboursArePromotedFromWeak) {
  WordPairs pairs;
  pairs.strong = {{0, 3}};
  pairs.weak = {{0, 1}, {1, 4}, {2, 3}, {4, 5}};
  promote(pairs, vocabulary_of(kWords), line_vectors(), 1, Promotion::mutual);
  // Nearest: car - vehicle, vehicle - car, bus - vehicle, wheel - road, road - wheel; tree has no
  // direction.
  EXPECT_EQ(pairs.promoted, (Pairs{{0, 1}, {2, 3}}));
  EXPECT_EQ(pairs.weak, (Pairs{{1, 4}, {4, 5}}));
  promote(pairs, vocabulary_of(kWords), line_vectors(), 2, Promotion::mutual);
  EXPECT_EQ(pairs.promoted, (Pairs{{1, 4}}));
}

TEST(WordPairsTest, TheUnknownSymbolIsNotPromoted) {
  WordPairs pairs;
  pairs.strong = {{0, 3}};
  promote(pairs, vocabulary_of(kWords, "vehicle"), line_vectors(), 1, Promotion::partners);
  EXPECT_EQ(pairs.promoted, (Pairs{{0, 2}, {3, 4}}));  // the nearest of car is bus
}

TEST(WordPairsTest, PromotionNeedsAVectorOfTheVocabulary) {
  WordPairs pairs;
  pairs.strong = {{0, 1}};
  const EmbeddingTable others({"x"}, {1, 2}, 2, "test");
  EXPECT_THROW(promote(pairs, vocabulary_of(kWords), others, 5, Promotion::partners), Error);
}

class WordPairsFile : public testing::Test {
 protected:
  std::int64_t read(const std::string& text, WordPairs& pairs, const std::string& kind = "strong") {
    write_file(folder_.path() / "pairs", text);
    return read_word_pairs(folder_.path() / "pairs", vocabulary_of(kWords), kind, pairs);
  }
  std::string message(const std::string& text) {
    WordPairs pairs;
    try {
      read(text, pairs);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  TempFolder folder_;
};

TEST_F(WordPairsFile, ReadsWhatIsWritten) {
  WordPairs pairs;
  pairs.strong = {{0, 1}, {2, 3}};
  pairs.weak = {{0, 4}};
  pairs.promoted = {{3, 5}};
  const std::string text = word_pairs_text(pairs, vocabulary_of(kWords));
  EXPECT_EQ(text,
            "car\tvehicle\tstrong\nwheel\troad\tstrong\nroad\ttree\tpromoted\ncar\tbus\tweak\n");
  WordPairs again;
  EXPECT_EQ(read(text, again), 0);
  EXPECT_EQ(again.strong, pairs.strong);
  EXPECT_EQ(again.weak, pairs.weak);
  EXPECT_EQ(again.promoted, pairs.promoted);
}

TEST_F(WordPairsFile, LinesOfTwoWordsAreOfOneKind) {
  WordPairs pairs;
  EXPECT_EQ(
      read("# from a dictionary\nvehicle car\ncar vehicle\r\ncar moon\n\ntree  road\n", pairs), 1);
  EXPECT_EQ(pairs.strong, (Pairs{{0, 1}, {3, 5}}));
  EXPECT_EQ(read("bus tree\n", pairs, "weak"), 0);
  EXPECT_EQ(pairs.weak, (Pairs{{4, 5}}));
  EXPECT_EQ(pairs.strong.size(), 2u);
}

TEST_F(WordPairsFile, BadLinesAreNamed) {
  EXPECT_NE(message("car bus\ncar\n").find("pairs:2"), std::string::npos);
  EXPECT_NE(message("car bus wheel road\n").find("pairs:1"), std::string::npos);
  EXPECT_NE(message("car\tbus\tmedium\n").find("strong, weak or promoted"), std::string::npos);
  EXPECT_NE(message("car car\n").find("itself"), std::string::npos);
  EXPECT_NE(message("moon sun\n").find("1 pair"), std::string::npos);
  EXPECT_NE(message("").find("empty"), std::string::npos);
}

}  // namespace
}  // namespace wordbridge
