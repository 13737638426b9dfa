#include "data/text/dictionaries.h"
#include "data/text/gcide_text.h"
#include "fuzz/fuzz_target.h"

/// Reads an index of the DICT protocol and its text, and the text as glosses of WordNet.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wordbridge;
  const auto [text, index] = two_files(view_of(data, size));
  std::size_t letters = 0;
  const auto check = [&letters, text = text](const DictionaryEntry& entry) {
    WB_ASSERT(entry.begin <= text.size() && entry.size <= text.size() - entry.begin);
    for (const char letter : gcide_text(text.substr(entry.begin, entry.size)))
      letters += letter != 'a' ? 1 : 0;
  };
  fuzz_reader([&, text = text, index = index] {
    for (const auto& entry : dictd_entries(index, "index", text.size())) check(entry);
  });
  fuzz_reader([&, text = text] {
    for (const auto& entry : wordnet_glosses(text, "data.noun")) check(entry);
  });
  check({"all", 0, text.size()});
  WB_ASSERT(letters < std::size_t{1} << 60);
  return 0;
}
