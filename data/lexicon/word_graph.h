#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/lexicon/definitions.h"
#include "data/wordnet/wordnet.h"

namespace wordbridge {

/// The row of a word in the list over which a graph is built, -1 if the list doesn't have it. It
/// decides how letter case is treated.
using RowOfWord = std::function<std::int64_t(std::string_view word)>;

/// Which words are related: an undirected graph over the rows of a list of words. The neighbours of
/// all rows, each row's ascending and without repetition, are stored one after another.
class WordGraph {
 public:
  using Edge = std::pair<std::int64_t, std::int64_t>;

  /// The neighbours of one row.
  struct Neighbors {
    const std::int64_t *first, *last;
    const std::int64_t* begin() const { return first; }
    const std::int64_t* end() const { return last; }
    std::int64_t size() const { return last - first; }
  };

  /// An edge may be given repeatedly and in either direction. Edges from a row to itself are
  /// dropped.
  WordGraph(std::int64_t words, const std::vector<Edge>& edges);

  std::int64_t words() const { return static_cast<std::int64_t>(starts_.size()) - 1; }
  /// Number of edges, each counted once.
  std::int64_t edges() const { return static_cast<std::int64_t>(neighbors_.size()) / 2; }
  Neighbors neighbors(std::int64_t row) const;
  /// Position of an item of neighbors() among the neighbours of all rows.
  std::int64_t place(const std::int64_t* neighbor) const { return neighbor - neighbors_.data(); }
  bool has_edge(std::int64_t a, std::int64_t b) const;
  /// The rows that have neighbours, ascending.
  std::vector<std::int64_t> connected() const;
  /// The same graph without the edges of `other`.
  WordGraph without(const WordGraph& other) const;

 private:
  std::vector<std::int64_t> starts_;  // [words + 1]: where the neighbours of each row start
  std::vector<std::int64_t> neighbors_;
};

/// Edges of WordNet between words that `row` knows:
///   synonyms  the words of each synset, each with each other
///   kinds     the same, and each word of a synset with each word of its hypernyms ("@") and
///             hyponyms. The class of an instance ("@i") is not a hypernym
///   antonyms  the words that a pointer "!" connects
enum class WordNetEdges { synonyms, kinds, antonyms };
std::vector<WordGraph::Edge> wordnet_edges(const WordNet& wordnet, WordNetEdges which,
                                           const RowOfWord& row);

/// Edges between words that are in each other's definition.
std::vector<WordGraph::Edge> definition_edges(const std::vector<Definition>& definitions,
                                              const RowOfWord& row);

/// Edges of a file with a line "word related related ..." for each word, which includes the form "a
/// b", one pair per line. Words are separated by spaces or tabs. Several lines of one word are
/// joined. If all lines have the form "a TAB b TAB strong" (data/lexicon/word_pairs.h), the kind is
/// not a word; all kinds are edges. Lines "# ..." and empty lines are skipped. Plain or .gz. Error
/// with file:line for bytes that are not UTF-8 and for a line of word vectors.
std::vector<WordGraph::Edge> lexicon_file_edges(const std::filesystem::path& path,
                                                const RowOfWord& row);

/// Names of lexicons, as users give them, which read_word_graph() understands: one line each.
std::vector<std::string> describe_lexicons();
/// Error if the lexicon doesn't exist.
void check_lexicon(const std::string& name);
/// The files, folders and dictionaries that a lexicon is read from, as its name gives them; none
/// for WordNet at its usual place.
std::vector<std::string> lexicon_inputs(const std::string& name);

/// What a lexicon's words are read for.
enum class LexicalRelation { related, opposite };

/// Reads the lexicon `name` as a graph over `words` rows:
///   wordnet          WordNet's synonyms, or its antonyms if `relation` is `opposite`; of
///                    find_wordnet() or, as wordnet:FOLDER, of another copy
///   wordnet-all      the same with hypernyms and hyponyms
///   definitions:SOURCE+SOURCE  definition_edges() of dictionaries, in lower case; no opposites
///   a path, or dataset:NAME: lexicon_file_edges(), whatever the relation
/// Error if none of its edges is between words of the list.
WordGraph read_word_graph(const std::string& name, LexicalRelation relation, std::int64_t words,
                          const RowOfWord& row);

}  // namespace wordbridge
