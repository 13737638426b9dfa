#include <unicode/ucnv.h>

#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/io/text_file.h"
#include "core/log.h"
#include "core/text.h"
#include "core/threads.h"
#include "data/lexicon/dictionary_readers.h"
#include "data/lexicon/entry_reader.h"
#include "data/lexicon/entry_text.h"
#include "data/text/dictionaries.h"
#include "data/text/dictzip_file.h"

namespace wordbridge {
namespace {

struct DictdFormat {
  std::string_view name;
  EntryReader read;
};

EntryReader entry_reader(const std::string& name) {
  constexpr DictdFormat kFormats[] = {
      {"gcide", read_gcide_entry},   {"wn", read_wordnet_entry}, {"foldoc", read_foldoc_entry},
      {"jargon", read_jargon_entry}, {"vera", read_vera_entry},  {"elements", read_elements_entry}};
  for (const auto& format : kFormats) {
    if (format.name == name) return format.read;
  }
  return starts_with(name, "freedict-") ? read_freedict_entry : read_any_entry;
}

/// Text that is not UTF-8, from windows-1252, which contains Latin-1.
std::string from_windows_1252(std::string_view bytes) {
  constexpr std::size_t kLongestCharacter = 3;
  std::string text(bytes.size() * kLongestCharacter + 1, '\0');
  UErrorCode status = U_ZERO_ERROR;
  const auto size =
      ucnv_convert("UTF-8", "windows-1252", text.data(), static_cast<std::int32_t>(text.size()),
                   bytes.data(), static_cast<std::int32_t>(bytes.size()), &status);
  if (U_FAILURE(status))
    throw Error("can't convert from windows-1252").got("{}", u_errorName(status));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string dictd_text(const fs::path& base) {
  const fs::path plain = base.string() + ".dict", packed = base.string() + ".dict.dz";
  if (fs::exists(plain)) return read_file(plain);
  if (fs::exists(packed)) return DictzipFile(packed).read_all();
  throw Error("the text of the dictionary is missing")
      .at("{}", base.string() + ".index")
      .expected("{} or {}", packed.string(), plain.string())
      .got("neither");
}

/// GCIDE's index cuts some entries in two. The second part has no head word of its own: it starts
/// in the middle, and belongs to the entry before it.
void join_cut_entries(std::vector<DictionaryEntry>& entries, std::string_view text) {
  constexpr std::size_t kLongestTitle = 200;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto start = text.substr(entries[i].begin, std::min(entries[i].size, kLongestTitle));
    const bool continues =
        i > 0 && (start.find('\\') == start.npos || trimmed(start).front() == '{' ||
                  trimmed(start).front() == '[' || starts_with(start, "\n"));
    if (continues && kept > 0) {
      auto& last = entries[kept - 1];
      last.size = entries[i].begin + entries[i].size - last.begin;
      last.other_names.push_back(std::move(entries[i].name));
      for (auto& name : entries[i].other_names) last.other_names.push_back(std::move(name));
    } else if (kept++ != i) {
      entries[kept - 1] = std::move(entries[i]);
    }
  }
  entries.resize(kept);
}

/// Reads entries [begin, end).
EntryContent read_entries(const std::vector<DictionaryEntry>& entries, std::string_view text,
                          EntryReader reader, std::int64_t begin, std::int64_t end) {
  EntryContent all;
  for (auto i = begin; i < end; ++i) {
    const auto& found = entries[static_cast<std::size_t>(i)];
    auto bytes = text.substr(found.begin, found.size);
    std::string decoded;
    if (invalid_utf8(bytes)) bytes = decoded = from_windows_1252(bytes);
    DictdEntry entry{{found.name}, bytes};
    entry.words.insert(entry.words.end(), found.other_names.begin(), found.other_names.end());
    for (auto& word : entry.words) {
      if (invalid_utf8(word)) word = from_windows_1252(word);
    }
    EntryContent content;
    reader(entry, content);
    if (content.definitions.empty() && content.skipped.empty()) content.define(entry.words, "", {});
    std::set<std::string_view> defined;
    for (const auto& definition : content.definitions) defined.insert(definition.word);
    for (auto& skipped : content.skipped) {  // a word with other senses isn't skipped
      if (defined.count(skipped.word) == 0) all.skipped.push_back(std::move(skipped));
    }
    for (auto& definition : content.definitions) all.definitions.push_back(std::move(definition));
  }
  return all;
}

}  // namespace

Dictionary read_dictd_dictionary(const fs::path& base) {
  const fs::path index_path = base.string() + ".index";
  if (!fs::exists(index_path)) {
    throw Error("the index of the dictionary is missing").at("{}", index_path.string());
  }
  Dictionary dictionary;
  dictionary.name = base.filename().string();
  dictionary.path = index_path.string();
  const std::string text = dictd_text(base);
  auto index = read_dictd_index(read_text_file(index_path), index_path.string(), text.size());
  for (auto& word : index.about) {
    dictionary.skipped.push_back({std::move(word), SkipReason::about_dictionary, {}});
  }
  auto& entries = index.entries;
  const auto reader = entry_reader(dictionary.name);
  if (reader == read_gcide_entry) join_cut_entries(entries, text);
  const auto size = static_cast<std::int64_t>(entries.size());
  constexpr std::int64_t kBlock = 512;
  std::vector<EntryContent> parts(static_cast<std::size_t>((size + kBlock - 1) / kBlock));
  for_each_range(size, kBlock, [&](std::int64_t begin, std::int64_t end) {
    parts[static_cast<std::size_t>(begin / kBlock)] =
        read_entries(entries, text, reader, begin, end);
  });
  dictionary.entries = size;
  for (auto& part : parts) {
    std::move(part.definitions.begin(), part.definitions.end(),
              std::back_inserter(dictionary.definitions));
    std::move(part.skipped.begin(), part.skipped.end(), std::back_inserter(dictionary.skipped));
  }
  return dictionary;
}

}  // namespace wordbridge
