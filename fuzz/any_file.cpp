#include "data/vectors/vector_files.h"
#include "fuzz/fuzz_target.h"
#include "fuzz/memory_file.h"

/// Content of any kind, also compressed: which reader it gets, repeated and odd words.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wordbridge;
  return fuzz_reader([&] {
    const MemoryFile file(view_of(data, size));
    const EmbeddingTable table = read_vectors(file.path());
    for (std::int64_t i = 0; i < table.size(); ++i) {
      WB_ASSERT(!table.word(i).empty());
      WB_ASSERT(table.find(table.word(i)) == i);
    }
    for (std::int64_t i = 0; i < table.size() * table.dim(); ++i)
      WB_ASSERT(std::isfinite(table.data()[i]));
  });
}
