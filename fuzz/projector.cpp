#include "fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wordbridge;
  return fuzz_reader([&] {
    const auto [content, metadata] = two_files(view_of(data, size));
    if (is_projector(content)) check_vectors(parse_projector_vectors(content, metadata, 0, "fuzz"));
  });
}
