#include "data/vectors/subwords/piece_tokenizer.h"
#include "fuzz/fuzz_target.h"

/// A tokenizer.json and a word to divide.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wordbridge;
  return fuzz_reader([&] {
    const auto [content, word] = two_files(view_of(data, size));
    const PieceTokenizer tokenizer(content, "fuzz");
    for (const auto& [name, id] : tokenizer.words())
      WB_ASSERT(!name.empty() && id >= 0 && id < tokenizer.size());
    if (!tokenizer.can_divide()) return;
    for (const std::string_view text : {word, std::string_view("a Wört. 12\xff")})
      for (const std::int64_t id : tokenizer.ids_of(text))
        WB_ASSERT(id >= 0 && id < tokenizer.size());
  });
}
