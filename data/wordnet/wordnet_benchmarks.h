#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "data/wordnet/wordnet.h"

/// Benchmarks for word vectors, generated from WordNet for the words of a vocabulary. `words` are
/// sorted by frequency, most frequent first. The benchmarks contain no other words.
namespace wordbridge {

struct GradedPair {
  std::string first, second;
  double score = 0;
};

/// About 2,000 pairs of nouns with their Wu-Palmer similarity over the first two senses, highest
/// score first. The pairs are of the 2,000 most frequent nouns and are sampled evenly from ten bins
/// of the score (uniformly sampled pairs are almost all dissimilar).
///
/// Reason for this score: rank correlation with human judgements, over the pairs whose words are
/// nouns of WordNet (measured once, by a program that is not in this repository)
///
///                                RG-65  WordSim-353 (similarity)  MTurk-771  SimLex-999
///     this score                 0.61   0.63                      0.41       0.52
///     1 / (1 + path length)      0.59   0.58                      0.40       0.53
///     this score, first sense    0.52   0.55                      0.28       0.47
///     this score, all senses     0.78   0.65                      0.49       0.54
///
/// All senses agree best there because the authors chose pairs that are similar in some sense, and
/// the annotators then judged that sense. In pairs of frequent nouns sampled by their score, two
/// thirds of those above 0.8 would be included because of a third or rarer sense.
std::vector<GradedPair> wordnet_similarity_pairs(const WordNet& wordnet,
                                                 const std::vector<std::string>& words,
                                                 std::uint64_t seed);

/// Pairs of words in one relation, most frequent pairs (by their rarer word) first. No word occurs
/// twice on the same side. Names of inflections and derivations start with "gram-".
struct WordRelation {
  std::string name;
  std::vector<std::pair<std::string, std::string>> pairs;
};

/// Irregular plurals, tenses and degrees; derivations by suffix; nationalities; negations and other
/// opposites; capitals; part-whole pairs; hypernyms. Words are used in a common meaning (their
/// first or second) and their usual part of speech. Relations with fewer than two pairs are
/// omitted.
std::vector<WordRelation> wordnet_relations(const WordNet& wordnet,
                                            const std::vector<std::string>& words);

/// WordNet's lexicographer groups of nouns (noun.animal, noun.food, ...), each with up to 100 words
/// that nearly always have this meaning.
std::vector<std::pair<std::string, std::vector<std::string>>> wordnet_groups(
    const WordNet& wordnet, const std::vector<std::string>& words);

/// Writes to `folder`, which is created if necessary:
///   wordnet-similarity.tsv  word1, word2, score
///   wordnet-analogy.txt     ": relation" lines, each with up to 200 questions "a b c d" sampled
///                           from its 50 most frequent pairs
///   wordnet-groups.tsv      word, group
/// The .tsv files start with a line "#..." that describes how they were generated. The same
/// arguments give the same files. Error if the words yield neither pairs nor questions.
void write_wordnet_benchmarks(const WordNet& wordnet, const std::vector<std::string>& words,
                              const std::filesystem::path& folder, std::uint64_t seed);

}  // namespace wordbridge
