#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "data/wordnet/wordnet.h"

/// Benchmarks for vectors of words, made from WordNet for the words of a vocabulary. `words` are in
/// order of frequency, the most frequent first; no other word occurs in what is made.
namespace wordbridge {

struct GradedPair {
  std::string first, second;
  double score = 0;
};

/// About 2,000 pairs of nouns with their Wu-Palmer similarity over the first two senses, the
/// highest score first. The 2,000 most frequent nouns take part; pairs are drawn evenly over ten
/// bins of the score (pairs drawn blindly are almost all far apart).
///
/// Why so: rank correlation with people's judgements, over the pairs of WordNet's nouns (measured
/// once, by a program that is not kept here)
///
///                                RG-65  WordSim-353 (similarity)  MTurk-771  SimLex-999
///     this score                 0.61   0.63                      0.41       0.52
///     1 / (1 + path length)      0.59   0.58                      0.40       0.53
///     this score, first sense    0.52   0.55                      0.28       0.47
///     this score, all senses     0.78   0.65                      0.49       0.54
///
/// All senses agree best there since people chose pairs that are near in some sense and then judge
/// that sense; of pairs of frequent nouns drawn by their score, two thirds of those above 0.8 would
/// stand there because of a third or rarer sense.
std::vector<GradedPair> wordnet_similarity_pairs(const WordNet& wordnet,
                                                 const std::vector<std::string>& words,
                                                 std::uint64_t seed);

/// Pairs of words that stand in one relation, the most frequent pairs (by their rarer word) first;
/// no word is twice on the same side. Names of inflections and derivations start with "gram-".
struct WordRelation {
  std::string name;
  std::vector<std::pair<std::string, std::string>> pairs;
};

/// Irregular plurals, tenses and degrees; derivations by suffix; nationalities; negations and other
/// opposites; capitals; wholes of parts; hypernyms: of words in a common meaning (their first or
/// second) and their usual part of speech. Relations with fewer than two pairs are left out.
std::vector<WordRelation> wordnet_relations(const WordNet& wordnet,
                                            const std::vector<std::string>& words);

/// The lexicographers' groups of nouns (noun.animal, noun.food, ...), each with up to 100 words
/// that nearly always have this meaning.
std::vector<std::pair<std::string, std::vector<std::string>>> wordnet_groups(
    const WordNet& wordnet, const std::vector<std::string>& words);

/// Writes into `folder` (made if need be)
///   wordnet-similarity.tsv  word1, word2, score
///   wordnet-analogy.txt     ": relation" lines, each with up to 200 questions "a b c d" drawn
///                           from its 50 most frequent pairs
///   wordnet-groups.tsv      word, group
/// The .tsv files start with a line "#..." that says how they were made. Equal for equal arguments.
/// Error if the words allow neither pairs nor questions.
void write_wordnet_benchmarks(const WordNet& wordnet, const std::vector<std::string>& words,
                              const std::filesystem::path& folder, std::uint64_t seed);

}  // namespace wordbridge
