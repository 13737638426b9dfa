#include <unicode/ucnv.h>

#include <algorithm>
#include <memory>
#include <optional>
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

/// The text of a dictionary, plain or compressed.
class DictdText {
 public:
  explicit DictdText(const fs::path& base) {
    const fs::path plain = base.string() + ".dict", packed = base.string() + ".dict.dz";
    if (fs::exists(plain)) {
      plain_ = MappedFile::open(plain);
    } else if (fs::exists(packed)) {
      packed_.emplace(packed);
    } else {
      throw Error("the text of the dictionary is missing")
          .at("{}", base.string() + ".index")
          .expected("{} or {}", packed.string(), plain.string())
          .got("neither");
    }
  }
  std::size_t size() {
    return packed_ ? static_cast<std::size_t>(packed_->size()) : plain_->size();
  }
  std::string all() const { return packed_ ? packed_->read_all() : std::string(plain_->view()); }
  std::string part(std::size_t begin, std::size_t size) {
    return packed_ ? packed_->read(begin, size) : std::string(plain_->view().substr(begin, size));
  }

 private:
  std::shared_ptr<const MappedFile> plain_;
  std::optional<DictzipFile> packed_;
};

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

bool has_name(const DictionaryEntry& entry, const std::vector<std::string>& bare_words) {
  const auto is_wanted = [&](const std::string& name) {
    return std::find(bare_words.begin(), bare_words.end(), bare_word(name)) != bare_words.end();
  };
  return is_wanted(entry.name) ||
         std::any_of(entry.other_names.begin(), entry.other_names.end(), is_wanted);
}

/// Reads the text of the entries of some words, and of the entries before and after each (see
/// join_cut_entries), and removes all other entries.
std::string read_some(std::vector<DictionaryEntry>& entries,
                      const std::vector<std::string>& bare_words, DictdText& text) {
  std::set<std::size_t> wanted;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!has_name(entries[i], bare_words)) continue;
    for (auto j = i - std::min<std::size_t>(i, 1); j < std::min(i + 2, entries.size()); ++j) {
      wanted.insert(j);
    }
  }
  std::string parts;
  std::vector<DictionaryEntry> kept;
  for (const auto i : wanted) {
    auto& entry = kept.emplace_back(std::move(entries[i]));
    const auto part = text.part(entry.begin, entry.size);
    entry.begin = parts.size();
    parts += part;
  }
  entries = std::move(kept);
  return parts;
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

Dictionary read_dictd_dictionary(const fs::path& base, const std::vector<std::string>& words) {
  const fs::path index_path = base.string() + ".index";
  if (!fs::exists(index_path)) {
    throw Error("the index of the dictionary is missing").at("{}", index_path.string());
  }
  Dictionary dictionary;
  dictionary.name = base.filename().string();
  dictionary.path = index_path.string();
  DictdText file(base);
  auto index = read_dictd_index(read_text_file(index_path), index_path.string(), file.size());
  for (auto& word : index.about) {
    dictionary.skipped.push_back({std::move(word), SkipReason::about_dictionary, {}});
  }
  auto& entries = index.entries;
  const auto reader = entry_reader(dictionary.name);
  std::vector<std::string> bare_words;
  for (const auto& word : words) bare_words.push_back(bare_word(word));
  const std::string text = words.empty() ? file.all() : read_some(entries, bare_words, file);
  if (reader == read_gcide_entry) join_cut_entries(entries, text);
  if (!words.empty()) {
    const auto is_other = [&](const auto& entry) { return !has_name(entry, bare_words); };
    entries.erase(std::remove_if(entries.begin(), entries.end(), is_other), entries.end());
  }
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
