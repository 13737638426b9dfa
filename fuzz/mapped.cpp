#include <string>

#include "core/io/hash.h"
#include "data/vectors/vector_files.h"
#include "fuzz/fuzz_target.h"
#include "fuzz/memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wordbridge;
  return fuzz_reader([&] {
    std::string content(view_of(data, size));
    // Mutations can't guess the checksum (bytes 32 to 63, computed over all following bytes), so it
    // is corrected.
    constexpr std::size_t kHash = 32, kAfter = 64;
    if (content.size() < kAfter || content.compare(0, 8, "WBRIDGE\n") != 0) return;
    const std::string hex = sha256(std::string_view(content).substr(kAfter));
    for (std::size_t i = 0; i < 32; ++i)
      content[kHash + i] = static_cast<char>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
    const MemoryFile file(content);
    check_vectors(read_vectors(file.path()));
  });
}
