#include "data/vectors/vector_files.h"
#include "fuzz/fuzz_target.h"
#include "fuzz/memory_file.h"

/// Reads arbitrary content, including compressed content: format detection, repeated and unusual
/// words.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wordbridge;
  return fuzz_reader([&] {
    const MemoryFile file(view_of(data, size));
    check_vectors(read_vectors(file.path()));
  });
}
