#include <array>

#include "core/text.h"
#include "data/wordnet/wordnet_benchmarks.h"
#include "fuzz/fuzz_target.h"

/// Reads the files of a WordNet, separated by the character 1E, and generates benchmarks.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wordbridge;
  constexpr std::array<const char*, 13> kNames = {
      "data.noun", "index.noun", "data.adj",   "index.adj", "cntlist.rev",
      "noun.exc",  "data.verb",  "index.verb", "data.adv",  "index.adv",
      "verb.exc",  "adj.exc",    "index.sense"};
  WordNetFiles files;
  const auto parts = split(view_of(data, size), '\x1e');
  for (std::size_t i = 0; i < kNames.size(); ++i)
    files[kNames[i]] = {kNames[i], i < parts.size() ? std::string(parts[i]) : ""};
  if (files["cntlist.rev"].content.empty()) files.erase("cntlist.rev");  // then index.sense is read
  return fuzz_reader([&] {
    const WordNet wordnet = WordNet::read(files);
    const auto words = wordnet.frequent_words();
    for (const auto& word : words) WB_ASSERT(!word.empty());
    for (std::size_t i = 0; i < wordnet.synsets().size(); ++i) {
      const auto id = static_cast<std::int32_t>(i);
      WB_ASSERT(wordnet.depth(id) >= 0 && !wordnet.ancestors(id).empty());
    }
    wordnet_similarity_pairs(wordnet, words, 1);
    wordnet_relations(wordnet, words);
    wordnet_groups(wordnet, words);
  });
}
