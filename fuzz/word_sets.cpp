#include "data/text/word_groups.h"
#include "eval/benchmarks/association.h"
#include "eval/benchmarks/outliers.h"
#include "fuzz/fuzz_target.h"
#include "fuzz/memory_file.h"

/// Reads arbitrary content as groups, as outlier sets and as association tests.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wordbridge;
  const MemoryFile file(view_of(data, size));
  fuzz_reader([&] {
    const WordGroups groups = read_word_groups(file.path());
    for (const auto& [word, group] : groups.words)
      WB_ASSERT(!word.empty() && !groups.names.at(group).empty());
  });
  fuzz_reader([&] {
    for (const auto& set : read_outlier_sets(file.path()))
      WB_ASSERT(set.members.size() >= 2 && !set.outliers.empty());
  });
  return fuzz_reader([&] {
    for (const auto& test : read_association_tests(file.path()))
      for (const auto* const sets : {&test.targets, &test.attributes})
        for (const auto& set : *sets) WB_ASSERT(!set.words.empty());
  });
}
