#include "fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wordbridge;
  return fuzz_reader([&] {
    const auto content = view_of(data, size);
    if (!is_fasttext(content)) return;
    const auto parsed = parse_fasttext_vectors(content, nullptr, 0, "fuzz");
    check_vectors(parsed);
    std::vector<float> row(static_cast<std::size_t>(parsed.dim));
    for (const char* const word : {"", "a", "wörter", "</s>", "\xff"}) {
      if (!parsed.unseen->vector_of(word, row.data())) continue;
      for (const float value : row) WB_ASSERT(std::isfinite(value));
    }
  });
}
