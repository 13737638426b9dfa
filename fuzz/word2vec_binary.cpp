#include "fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wordbridge;
  return fuzz_reader([&] {
    const auto content = view_of(data, size);
    const auto header = parse_header(content, "fuzz");
    if (!header) return;
    is_binary_body(content.substr(header->bytes), *header);
    check_vectors(parse_binary_vectors(content, *header, 0, "fuzz"));
  });
}
