#include "fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wordbridge;
  return fuzz_reader([&] {
    const auto [content, words] = two_files(view_of(data, size));
    const auto beside = [text = words] { return text; };
    if (is_numpy(content)) check_vectors(parse_numpy_vectors(content, beside, 0, "fuzz"));
  });
}
