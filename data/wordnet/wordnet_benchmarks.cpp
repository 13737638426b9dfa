#include "data/wordnet/wordnet_benchmarks.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <unordered_set>

#include "core/error.h"
#include "core/io/file.h"
#include "core/log.h"
#include "core/rng.h"

namespace wordbridge {
namespace {

constexpr std::size_t kNouns = 2000, kSenses = 2;
constexpr std::size_t kPairs = 2000, kBins = 10;
constexpr std::size_t kRelationPairs = 50, kQuestions = 200;
constexpr std::size_t kGroupWords = 100;
constexpr double kGroupShare = 0.8;  // of a word's tagged occurrences that have its first sense
constexpr std::array<const char*, 26> kNounGroups = {  // topics 3 to 28: lexnames(5WN)
    "Tops",          "act",    "animal",     "artifact",  "attribute",  "body",     "cognition",
    "communication", "event",  "feeling",    "food",      "group",      "location", "motive",
    "object",        "person", "phenomenon", "plant",     "possession", "process",  "quantity",
    "relation",      "shape",  "state",      "substance", "time"};
constexpr int kFirstNounTopic = 3;

/// Whether the word is more likely a regular form of a more frequent word ("years", "making").
bool is_inflected(const WordNet& wordnet, const std::string& word) {
  const auto own = wordnet.tagged(word, PartOfSpeech::noun);
  const auto from = [&](PartOfSpeech part, const std::string& ending, const std::string& base) {
    const auto stem = word.size() - std::min(word.size(), ending.size());
    return word.compare(stem, std::string::npos, ending) == 0 &&
           wordnet.tagged(word.substr(0, stem) + base, part) > own;
  };
  return from(PartOfSpeech::noun, "s", "") || from(PartOfSpeech::noun, "es", "") ||
         from(PartOfSpeech::noun, "ies", "y") || from(PartOfSpeech::verb, "ing", "") ||
         from(PartOfSpeech::verb, "ing", "e");
}

/// Whether the word is mostly a noun and its first noun sense is in lower case (not a name).
bool is_common_noun(const WordNet& wordnet, const std::string& word) {
  const auto count = wordnet.tagged(word, PartOfSpeech::noun);
  if (count == 0 || 2 * count < wordnet.tagged(word)) return false;
  const auto first = wordnet.senses(word, PartOfSpeech::noun).front().synset;
  const auto& words = wordnet.synset(first).words;
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// The words that are mostly nouns and are neither names nor inflected, in the same order. Very
/// short words are excluded (abbreviations and function words that look like nouns: "in" is an
/// inch).
std::vector<std::string> common_nouns(const WordNet& wordnet,
                                      const std::vector<std::string>& words) {
  std::unordered_set<std::string> skipped;  // inflected forms, later also the words already added
  for (auto part : {PartOfSpeech::noun, PartOfSpeech::verb}) {
    for (const auto& exception : wordnet.exceptions(part)) skipped.insert(exception.form);
  }
  std::vector<std::string> nouns;
  for (const auto& word : words) {
    const bool letters =
        std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    if (letters && word.size() >= 3 && is_common_noun(wordnet, word) &&
        !is_inflected(wordnet, word) && skipped.insert(word).second) {
      nouns.push_back(word);
    }
  }
  return nouns;
}

/// Number of items to sample from each bin: equal for all bins; the other bins compensate for bins
/// with too few items.
std::vector<std::size_t> quotas(const std::vector<std::size_t>& sizes, std::size_t total) {
  std::vector<std::size_t> order(sizes.size()), result(sizes.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return sizes[a] < sizes[b]; });
  for (std::size_t i = 0; i < order.size(); ++i) {
    result[order[i]] = std::min(sizes[order[i]], total / (order.size() - i));
    total -= result[order[i]];
  }
  return result;
}

std::string similarity_text(const WordNet& wordnet, const std::vector<std::string>& words,
                            std::uint64_t seed) {
  std::string text = fmt::format(
      "# WordNet: pairs of the {} most frequent nouns with their Wu-Palmer similarity, the largest "
      "over the first {} senses; sampled evenly over {} bins of the score, seed {}\n",
      kNouns, kSenses, kBins, seed);
  for (const auto& pair : wordnet_similarity_pairs(wordnet, words, seed)) {
    text += fmt::format("{}\t{}\t{:.4f}\n", pair.first, pair.second, pair.score);
  }
  return text;
}

std::string analogy_text(const WordNet& wordnet, const std::vector<std::string>& words,
                         std::uint64_t seed) {
  std::string text;
  std::uint64_t index = 0;
  for (auto& relation : wordnet_relations(wordnet, words)) {
    auto& pairs = relation.pairs;
    pairs.resize(std::min(pairs.size(), kRelationPairs));
    std::vector<std::pair<std::size_t, std::size_t>> questions;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      for (std::size_t j = 0; j < pairs.size(); ++j) {
        // Every method excludes the words of the question as answers.
        if (i != j && pairs[i].first != pairs[j].second && pairs[i].second != pairs[j].first) {
          questions.emplace_back(i, j);
        }
      }
    }
    Rng rng(seed, "wordnet-analogy", index++);
    rng.shuffle(questions);
    questions.resize(std::min(questions.size(), kQuestions));
    std::sort(questions.begin(), questions.end());
    if (!questions.empty()) text += fmt::format(": {}\n", relation.name);
    for (const auto& [i, j] : questions) {
      text += fmt::format("{} {} {} {}\n", pairs[i].first, pairs[i].second, pairs[j].first,
                          pairs[j].second);
    }
  }
  return text;
}

std::string groups_text(const WordNet& wordnet, const std::vector<std::string>& words) {
  std::string text = fmt::format(
      "# WordNet: frequent nouns whose first sense makes up at least {:.0f} % of their tagged "
      "occurrences, and its lexicographer file\n",
      100 * kGroupShare);
  for (const auto& [group, members] : wordnet_groups(wordnet, words)) {
    for (const auto& word : members) text += fmt::format("{}\t{}\n", word, group);
  }
  return text;
}

}  // namespace

std::vector<GradedPair> wordnet_similarity_pairs(const WordNet& wordnet,
                                                 const std::vector<std::string>& words,
                                                 std::uint64_t seed) {
  auto nouns = common_nouns(wordnet, words);
  nouns.resize(std::min(nouns.size(), kNouns));
  std::vector<std::vector<std::vector<std::pair<std::int32_t, int>>>> ancestors(nouns.size());
  for (std::size_t i = 0; i < nouns.size(); ++i) {
    const auto& senses = wordnet.senses(nouns[i], PartOfSpeech::noun);
    for (std::size_t k = 0; k < std::min(kSenses, senses.size()); ++k) {
      ancestors[i].push_back(wordnet.ancestors(senses[k].synset));
    }
  }
  std::array<std::vector<std::pair<std::uint32_t, std::uint32_t>>, kBins> bins;
  const auto score = [&](std::size_t i, std::size_t j) {
    double best = 0;
    for (const auto& a : ancestors[i]) {
      for (const auto& b : ancestors[j]) best = std::max(best, wu_palmer(wordnet, a, b));
    }
    return best;
  };
  for (std::uint32_t i = 0; i < nouns.size(); ++i) {
    for (std::uint32_t j = i + 1; j < nouns.size(); ++j) {
      const auto bin = static_cast<std::size_t>(score(i, j) * kBins);
      bins[std::min(bin, kBins - 1)].emplace_back(i, j);
    }
  }
  std::vector<std::size_t> sizes;
  for (const auto& bin : bins) sizes.push_back(bin.size());
  const auto quota = quotas(sizes, kPairs);
  std::vector<GradedPair> pairs;
  for (std::size_t b = 0; b < kBins; ++b) {
    Rng rng(seed, "wordnet-similarity", b);
    rng.shuffle(bins[b]);
    for (std::size_t k = 0; k < quota[b]; ++k) {
      const auto [i, j] = bins[b][k];
      pairs.push_back({nouns[i], nouns[j], score(i, j)});
    }
  }
  std::sort(pairs.begin(), pairs.end(), [](const GradedPair& a, const GradedPair& b) {
    return std::tie(b.score, a.first, a.second) < std::tie(a.score, b.first, b.second);
  });
  return pairs;
}

std::vector<std::pair<std::string, std::vector<std::string>>> wordnet_groups(
    const WordNet& wordnet, const std::vector<std::string>& words) {
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;
  for (const char* name : kNounGroups) {
    groups.emplace_back(std::string("noun.") + name, std::vector<std::string>());
  }
  for (const auto& word : common_nouns(wordnet, words)) {
    const auto& first = wordnet.senses(word, PartOfSpeech::noun).front();
    const auto group =
        static_cast<std::size_t>(wordnet.synset(first.synset).topic - kFirstNounTopic);
    const auto share =
        static_cast<double>(first.tagged) / static_cast<double>(wordnet.tagged(word));
    if (group < groups.size() && share >= kGroupShare &&
        groups[group].second.size() < kGroupWords) {
      groups[group].second.push_back(word);
    }
  }
  const auto is_empty = [](const auto& group) { return group.second.empty(); };
  groups.erase(std::remove_if(groups.begin(), groups.end(), is_empty), groups.end());
  return groups;
}

void write_wordnet_benchmarks(const WordNet& wordnet, const std::vector<std::string>& words,
                              const fs::path& folder, std::uint64_t seed) {
  const auto similarity = similarity_text(wordnet, words, seed);
  const auto analogies = analogy_text(wordnet, words, seed);
  const auto groups = groups_text(wordnet, words);
  const auto is_empty = [](const std::string& table) {  // only its first line
    return std::count(table.begin(), table.end(), '\n') < 2;
  };
  if (analogies.empty() && is_empty(similarity)) {
    throw Error("no benchmark can be generated from these words")
        .expected("frequent English words, most frequent first")
        .got("{} words", words.size())
        .hint("name other words by --vocabulary FILE, one a line");
  }
  make_folder(folder);
  for (const auto& [name, text, empty] :
       {std::tuple("wordnet-similarity.tsv", &similarity, is_empty(similarity)),
        std::tuple("wordnet-analogy.txt", &analogies, analogies.empty()),
        std::tuple("wordnet-groups.tsv", &groups, is_empty(groups))}) {
    if (empty)
      warn("{} is empty: the words, or the counts of their senses, are too few",
           (folder / name).string());
    write_file(folder / name, *text);
  }
}

}  // namespace wordbridge
