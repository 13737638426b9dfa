#include "eval/benchmarks/analogy_sections.h"
#include "fuzz/fuzz_target.h"
#include "fuzz/memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wordbridge;
  return fuzz_reader([&] {
    const MemoryFile file(view_of(data, size));
    for (const auto& section : read_analogies(file.path()))
      for (const auto& question : section.questions)
        for (const auto& word : question) WB_ASSERT(!word.empty());
  });
}
