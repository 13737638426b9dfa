#include <cmath>

#include "eval/benchmarks/word_pairs.h"
#include "fuzz/fuzz_target.h"
#include "fuzz/memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wordbridge;
  return fuzz_reader([&] {
    const MemoryFile file(view_of(data, size));
    const auto pairs = read_word_pairs(file.path());
    WB_ASSERT(!pairs.empty());
    for (const auto& pair : pairs)
      WB_ASSERT(!pair.first.empty() && !pair.second.empty() && std::isfinite(pair.score));
  });
}
