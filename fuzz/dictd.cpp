#include "data/lexicon/entry_reader.h"
#include "data/text/dictionaries.h"
#include "data/text/gcide_text.h"
#include "fuzz/fuzz_target.h"

namespace wordbridge {
namespace {

/// Reads the entry in the format of each dictionary.
void check_definitions(const DictionaryEntry& entry, std::string_view text) {
  DictdEntry found{{entry.name}, text};
  for (const auto& name : entry.other_names) found.words.push_back(name);
  for (const EntryReader read :
       {read_gcide_entry, read_wordnet_entry, read_foldoc_entry, read_jargon_entry, read_vera_entry,
        read_elements_entry, read_freedict_entry, read_any_entry}) {
    EntryContent content;
    read(found, content);
    for (const auto& definition : content.definitions) {
      WB_ASSERT(!definition.text.empty() || !definition.synonyms.empty());
    }
  }
}

}  // namespace
}  // namespace wordbridge

/// Reads an index of the DICT protocol and its text, as a corpus and as the definitions of each
/// dictionary, and the text as glosses of WordNet.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wordbridge;
  const auto [text, index] = two_files(view_of(data, size));
  std::size_t letters = 0;
  const auto check = [&letters, text = text](const DictionaryEntry& entry) {
    WB_ASSERT(entry.begin <= text.size() && entry.size <= text.size() - entry.begin);
    check_definitions(entry, text.substr(entry.begin, entry.size));
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
