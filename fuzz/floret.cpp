#include "fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wordbridge;
  return fuzz_reader([&] {
    const auto [content, words] = two_files(view_of(data, size));
    const auto table = read_as(VectorFormat::floret, content, words);
    if (!table) return;
    std::vector<float> row(static_cast<std::size_t>(table->dim()));
    for (const char* const word : {"", "a", "wörter", "</s>", "\xff"})
      if (table->unseen()->vector_of(word, row.data()))
        for (const float value : row) WB_ASSERT(std::isfinite(value));
  });
}
