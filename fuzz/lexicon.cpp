#include "data/lexicon/word_graph.h"
#include "data/lexicon/word_pairs.h"
#include "fuzz/fuzz_target.h"
#include "fuzz/memory_file.h"

/// Reads a file as a lexicon, as pairs of related words and as a dictionary "word TAB definition".
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wordbridge;
  const MemoryFile file(view_of(data, size));
  constexpr std::int64_t kWords = 64;
  const RowOfWord row = [](std::string_view word) {
    return static_cast<std::int64_t>(word.size()) < kWords ? static_cast<std::int64_t>(word.size())
                                                           : std::int64_t{-1};
  };
  fuzz_reader([&] {
    for (const auto& [a, b] : lexicon_file_edges(file.path(), row))
      WB_ASSERT(a >= 0 && a < kWords && b >= 0 && b < kWords);
  });
  fuzz_reader([&] {
    static const Vocabulary vocabulary({"a", "b", "the", "cat"}, {4, 3, 2, 1}, "");
    WordPairs pairs;
    read_word_pairs(file.path(), vocabulary, "strong", pairs);
    WB_ASSERT(!pairs.strong.empty() || !pairs.weak.empty() || !pairs.promoted.empty());
    for (const auto& [a, b] : pairs.strong) WB_ASSERT(a >= 0 && a < b && b < vocabulary.size());
  });
  return 0;
}
