#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/index.h"
#include "data/wordnet/wordnet_files.h"

namespace wordbridge {

/// A relation that starts at a synset, or (lexical) at one of its words.
struct WordNetPointer {
  std::string symbol;  // "@" hypernym, "@i" class of an instance, "!" antonym, ...: wninput(5WN)
  std::int32_t target = 0;      // a synset
  std::size_t source_word = 0;  // counted from 1, 0: all words of the synset
  std::size_t target_word = 0;
};

/// A set of synonyms: words that share one meaning.
struct WordNetSynset {
  PartOfSpeech part = PartOfSpeech::noun;
  int topic = 0;                         // the lexicographer file: lexnames(5WN)
  bool satellite = false;                // an adjective that is similar to the head of a cluster
  std::vector<std::string> words;        // "_" for blanks, upper case preserved
  std::vector<std::size_t> lexical_ids;  // of each word, to tell its senses in one file apart
  std::vector<WordNetPointer> pointers;
  std::string gloss;  // the definition, followed by examples in quotation marks
};

struct WordNetSense {
  std::int32_t synset = 0;
  std::int64_t tagged = 0;  // occurrences of the word with this meaning in the sense-tagged corpus
};

/// An irregular inflected form and its possible lemmas.
struct WordNetException {
  std::string form;
  std::vector<std::string> lemmas;
};

/// The lexical database of Miller (1995, "WordNet: a lexical database for English", CACM 38(11)),
/// read from its files data.*, index.*, *.exc and cntlist.rev, each plain or .gz: wndb(5WN),
/// cntlist(5WN), senseidx(5WN). Releases 3.0, of Princeton and of Debian, and 3.1.
class WordNet {
 public:
  /// Error if the folder, data.* or index.* is missing; error with file:line if a line is damaged.
  /// Warns of other missing files: read_wordnet_files().
  static WordNet load(const std::filesystem::path& folder = "/usr/share/wordnet");
  static WordNet read(const WordNetFiles& files);

  /// All nouns, then verbs, adjectives and adverbs, each in the order of its file.
  const std::vector<WordNetSynset>& synsets() const { return synsets_; }
  const WordNetSynset& synset(std::int32_t id) const { return synsets_[at(id)]; }
  /// The senses of a lower-case word, most frequent first; empty if the word is unknown. A word
  /// with blanks is also looked up with "_" in their place.
  const std::vector<WordNetSense>& senses(const std::string& lemma, PartOfSpeech part) const;
  /// Occurrences of a lower-case word in the sense-tagged corpus, as one part of speech or as any.
  std::int64_t tagged(const std::string& lemma, PartOfSpeech part) const;
  std::int64_t tagged(const std::string& lemma) const;
  const std::vector<WordNetException>& exceptions(PartOfSpeech part) const {
    return exceptions_[static_cast<std::size_t>(part)];
  }
  /// The single words of the sense-tagged corpus by decreasing count, then by bytes, each followed
  /// by its irregular forms. Serves as a vocabulary if no other is given.
  std::vector<std::string> frequent_words() const;

  /// Number of synsets on the shortest path from a root to this synset: 1 for a root, 0 if no root
  /// is above it (a cycle).
  int depth(std::int32_t synset) const { return depth_[at(synset)]; }
  /// This synset and all its ancestors with the smallest number of steps up to each, sorted by id.
  std::vector<std::pair<std::int32_t, int>> ancestors(std::int32_t synset) const;

 private:
  struct Loader;
  std::vector<WordNetSynset> synsets_;
  // By word, then by part of speech.
  std::unordered_map<std::string, std::array<std::vector<WordNetSense>, 4>> senses_;
  std::array<std::vector<WordNetException>, 4> exceptions_;
  std::vector<int> depth_;
};

/// Calls use(ancestor, steps from the first, steps from the second) for all common ancestors of two
/// synsets. The arguments are the synsets' ancestors().
template <class Use>
void for_common_ancestors(const std::vector<std::pair<std::int32_t, int>>& first,
                          const std::vector<std::pair<std::int32_t, int>>& second, const Use& use) {
  for (auto a = first.begin(), b = second.begin(); a != first.end() && b != second.end();) {
    if (a->first < b->first) {
      ++a;
    } else if (b->first < a->first) {
      ++b;
    } else {
      use(a->first, a->second, b->second);
      ++a, ++b;
    }
  }
}

/// Wu-Palmer similarity of two synsets in the taxonomy, in [0, 1], computed from their ancestors:
///
///     max over common ancestors c of 2 D(c) / (2 D(c) + d(a, c) + d(b, c))
///
/// where D is the depth and d the number of steps up (Wu and Palmer 1994, "Verb semantics and
/// lexical selection", section 4). With multiple hypernyms, the best common ancestor is used. 0 if
/// there is no common ancestor.
double wu_palmer(const WordNet& wordnet, const std::vector<std::pair<std::int32_t, int>>& a,
                 const std::vector<std::pair<std::int32_t, int>>& b);

/// The largest wu_palmer over the first `senses` noun senses of each word; 0 if one of the words is
/// not a noun.
double noun_similarity(const WordNet& wordnet, const std::string& a, const std::string& b,
                       std::size_t senses);

}  // namespace wordbridge
