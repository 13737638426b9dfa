#include "fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wordbridge;
  return fuzz_reader(
      [&] { check_vectors(parse_text_vectors(view_of(data, size), std::nullopt, 0, "fuzz")); });
}
