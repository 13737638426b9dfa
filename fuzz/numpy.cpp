#include "fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wordbridge;
  return fuzz_reader([&] {
    const auto [content, neighbour] = two_files(view_of(data, size));
    read_as(VectorFormat::numpy, content, neighbour);
  });
}
