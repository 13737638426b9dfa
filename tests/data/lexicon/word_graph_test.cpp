#include "data/lexicon/word_graph.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "core/error.h"
#include "tests/data/wordnet/tiny_wordnet.h"
#include "tests/support/archives.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Edge = WordGraph::Edge;

/// Rows of a few words, as they are written.
struct Words {
  std::vector<std::string> words;
  std::int64_t size() const { return static_cast<std::int64_t>(words.size()); }
  std::int64_t operator()(std::string_view word) const {
    const auto found = std::find(words.begin(), words.end(), word);
    return found == words.end() ? -1 : found - words.begin();
  }
};

std::vector<std::int64_t> neighbors(const WordGraph& graph, std::int64_t row) {
  const auto all = graph.neighbors(row);
  return {all.begin(), all.end()};
}

/// "cat-dog dog-pet": each edge once, by the rows of its words.
std::string edges_of(const WordGraph& graph, const Words& words) {
  std::string text;
  for (std::int64_t row = 0; row < graph.words(); ++row)
    for (const auto other : graph.neighbors(row))
      if (row < other)
        text += (text.empty() ? "" : " ") + words.words[static_cast<std::size_t>(row)] + "-" +
                words.words[static_cast<std::size_t>(other)];
  return text;
}

std::string error_of(const std::string& name, const Words& words,
                     LexicalRelation relation = LexicalRelation::related) {
  try {
    read_word_graph(name, relation, words.size(), words);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(WordGraph, DefinitionsRelateWordsThatDefineEachOther) {
  const TempFolder folder;
  const auto a = folder.write(
      "a.tsv", "Cat\tA furry pet, like the dog.\ndog\tA pet.\npet\tA tame animal, as a cat is.\n");
  const auto b = folder.write("b.tsv", "dog\tOf the kind of a cat.\tpet\npet\tA dog\n");
  const Words words{{"cat", "dog", "pet", "a", "animal"}};
  const auto of = [&](const std::string& name) {
    return edges_of(read_word_graph(name, LexicalRelation::related, words.size(), words), words);
  };
  EXPECT_EQ(of("definitions:" + a), "cat-pet") << "function words are left out";
  EXPECT_EQ(of("definitions:" + b), "dog-pet") << "a synonym counts as a definition";
  EXPECT_EQ(of("definitions:" + a + "+" + b), "cat-dog cat-pet dog-pet");
  EXPECT_THAT(error_of("definitions:gcidee", words),
              testing::AllOf(HasSubstr("dictionary not found"), HasSubstr("did you mean gcide?")));
}

TEST(WordGraph, EdgesAreJoinedAndGoBothWays) {
  const WordGraph graph(5, {{3, 1}, {1, 3}, {0, 3}, {2, 2}, {3, 1}});
  EXPECT_EQ(graph.words(), 5);
  EXPECT_EQ(graph.edges(), 2);
  EXPECT_THAT(neighbors(graph, 0), ElementsAre(3));
  EXPECT_THAT(neighbors(graph, 1), ElementsAre(3));
  EXPECT_THAT(neighbors(graph, 2), ElementsAre());
  EXPECT_THAT(neighbors(graph, 3), ElementsAre(0, 1));
  EXPECT_THAT(graph.connected(), ElementsAre(0, 1, 3));
  EXPECT_TRUE(graph.has_edge(1, 3) && graph.has_edge(3, 1));
  EXPECT_FALSE(graph.has_edge(0, 1) || graph.has_edge(2, 2));
  EXPECT_EQ(graph.place(graph.neighbors(3).begin()), 2);
  const auto left = graph.without(WordGraph(5, {{3, 1}, {0, 1}}));
  EXPECT_EQ(left.edges(), 1);
  EXPECT_TRUE(left.has_edge(0, 3));
  EXPECT_EQ(WordGraph(3, {}).edges(), 0);
}

/// The graph of the tiny taxonomy (tiny_wordnet.h), with two further synsets of adjectives.
class WordNetGraph : public testing::Test {
 protected:
  WordNetGraph() {
    tiny_.add('a', 1, 0, {"hot", "warm"}, {"! 00000002 a 0101"});
    tiny_.add('a', 2, 0, {"cold", "chilly"}, {"! 00000001 a 0101"});
    folder_ = tiny_.write().path().string();
  }
  std::string edges(const std::string& name,
                    LexicalRelation relation = LexicalRelation::related) const {
    return edges_of(read_word_graph(name + ":" + folder_, relation, words_.size(), words_), words_);
  }
  TinyTaxonomy tiny_;
  std::string folder_;
  // Not all words of WordNet, and one that it does not have.
  Words words_{{"warm", "dog", "Canis_familiaris", "pet", "animal", "beast", "bat", "Rex", "other",
                "cold", "hot"}};
};

TEST_F(WordNetGraph, Synonyms) {
  EXPECT_EQ(edges("wordnet"), "warm-hot dog-Canis_familiaris animal-beast");
}

/// The class of Rex, an instance, is not a hypernym. canine, between dog and animal, has no row.
TEST_F(WordNetGraph, SynonymsHypernymsAndHyponyms) {
  EXPECT_EQ(edges("wordnet-all"),
            "warm-hot dog-Canis_familiaris dog-pet Canis_familiaris-pet pet-animal pet-beast "
            "animal-beast animal-bat beast-bat");
}

/// Antonyms connect two words and not their synonyms, also if synonyms and kinds were asked for.
TEST_F(WordNetGraph, Antonyms) {
  for (const char* const name : {"wordnet", "wordnet-all"})
    EXPECT_EQ(edges(name, LexicalRelation::opposite), "cold-hot");
}

TEST_F(WordNetGraph, RowsDecideAboutLetterCase) {
  const Words lower{{"dog", "canis_familiaris"}};
  EXPECT_THAT(error_of("wordnet:" + folder_, lower), HasSubstr("no pair of words"));
  const auto graph =
      read_word_graph("wordnet:" + folder_, LexicalRelation::related, 2, [](std::string_view word) {
        return word == "dog" ? 0 : word == "Canis_familiaris" ? 1 : -1;
      });
  EXPECT_EQ(graph.edges(), 1);
}

class LexiconFile : public testing::Test {
 protected:
  std::string edges(const std::string& content, const std::string& name = "lexicon.txt") const {
    const auto path = folder_.write(name, content);
    return edges_of(read_word_graph(path, LexicalRelation::related, words_.size(), words_), words_);
  }
  const TempFolder folder_;
  const Words words_{{"a", "b", "c", "d", "#"}};
};

/// The second entry of a word does not replace the first one; the direction of an entry and the
/// order of lines do not matter.
TEST_F(LexiconFile, EntriesAreJoinedInAnyOrder) {
  const std::string graph = "a-b a-c b-d";
  EXPECT_EQ(edges("a b unknown c\nd b\n"), graph);
  EXPECT_EQ(edges("d b\na b\na c\n"), graph);
  EXPECT_EQ(edges("a c c\na\tb\r\n\n# a d\nb  a d \nunknown a d\nc"), graph);
  EXPECT_EQ(edges("\xef\xbb\xbf"
                  "a b c\nb d"),
            graph);
}

/// The pairs of dict2vec. In a file with lines of another form, "strong" is a word.
TEST_F(LexiconFile, PairsWithTheirKinds) {
  const Words words{{"a", "b", "c", "strong", "weak"}};
  const auto edges = [&](const std::string& lines) {
    const auto path = folder_.write("l.txt", lines);
    return edges_of(read_word_graph(path, LexicalRelation::related, words.size(), words), words);
  };
  EXPECT_EQ(edges("# pairs\na\tb\tstrong\n\nb\tc\tweak\n"), "a-b b-c");
  EXPECT_EQ(edges("a\tb\tstrong\nc\tweak\n"), "a-b a-strong c-weak");
  EXPECT_EQ(edges("a\tb\tstrong\na c strong\n"), "a-b a-c a-strong");
}

TEST_F(LexiconFile, Compressed) {
  const auto path = (folder_ / "lexicon.txt.gz").string();
  write_compressed(path, "a b\n# comment\nb d\n", archive_write_add_filter_gzip);
  EXPECT_EQ(
      edges_of(read_word_graph(path, LexicalRelation::related, words_.size(), words_), words_),
      "a-b b-d");
}

TEST_F(LexiconFile, WhatIsWrongIsSaid) {
  const auto path = folder_.write("l.txt", "a b\n\na b \xff\n");
  EXPECT_THAT(error_of(path, words_), testing::AllOf(HasSubstr("l.txt:3"), HasSubstr("\\xFF")));
  folder_.write("l.txt",
                "a b 0.1 1.0\n1 2 3 4 5 6 7 8 9 10 11\na 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1\n");
  EXPECT_THAT(error_of(path, words_), testing::AllOf(HasSubstr("word vectors"), HasSubstr(":3")));
  folder_.write("l.txt", "x y\na z\n");
  EXPECT_THAT(error_of(path, words_),
              testing::AllOf(HasSubstr("no pair of words"), HasSubstr("5 words")));
  EXPECT_THAT(error_of("nothing.txt", words_),
              testing::AllOf(HasSubstr("no such lexicon"), HasSubstr("wordnet-all")));
  EXPECT_THAT(error_of(folder_.path().string(), words_), HasSubstr("a folder, not a file"));
  EXPECT_THAT(error_of("wordnet:/no such folder", words_), HasSubstr("wordnet-base"));
}

}  // namespace
}  // namespace wordbridge
