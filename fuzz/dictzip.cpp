#include "data/text/dictzip_file.h"
#include "fuzz/fuzz_target.h"
#include "fuzz/memory_file.h"

/// Reads the header of a dictzip file, then its content, as a whole and in parts.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wordbridge;
  const auto content = view_of(data, size);
  fuzz_reader([&] {
    const auto header = read_dictzip_header(content, "dictzip");
    for (std::size_t i = 1; i < header.offsets.size(); ++i) {
      WB_ASSERT(header.offsets[i - 1] <= header.offsets[i] && header.chunk_length > 0);
    }
  });
  const MemoryFile memory(content);
  std::string all;
  bool whole = false;
  fuzz_reader([&] {
    all = DictzipFile(memory.path()).read_all();
    whole = true;
  });
  return fuzz_reader([&] {
    DictzipFile file(memory.path());
    const std::string start = file.read(0, 3);
    WB_ASSERT(start.size() == 3 && (!whole || all.compare(0, 3, start) == 0));
    file.read(7, 20);
  });
}
