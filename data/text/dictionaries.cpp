#include "data/text/dictionaries.h"

#include <algorithm>
#include <optional>

#include "core/error.h"
#include "core/io/text_file.h"
#include "core/text.h"

namespace wordbridge {
namespace {

/// Parses a number of a dictd index: digits A-Za-z0-9+/, most significant first.
std::optional<std::size_t> base64_number(std::string_view digits) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr std::size_t kMostDigits = 10;  // 60 bits
  if (digits.empty() || digits.size() > kMostDigits) return std::nullopt;
  std::size_t value = 0;
  for (const char c : digits) {
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    value = value * kDigits.size() + digit;
  }
  return value;
}

/// Whether the head word is that of an entry about the dictionary: "00-database-info", and, in an
/// index without punctuation, "00databaseinfo". GCIDE also has "00-gcide-long" and
/// "00-web1913-info". Other words may start with 00: "00 gauge".
bool is_about_dictionary(std::string_view word) {
  return word.substr(0, 3) == "00-" || word.substr(0, 10) == "00database";
}

/// Moves the entries about the dictionary from `entries` to `about`.
void take_about(DictdIndex& index) {
  const auto is_about = [](const auto& entry) { return is_about_dictionary(entry.name); };
  for (auto& entry : index.entries) {
    if (!is_about(entry)) continue;
    index.about.push_back(entry.name);
    for (auto& name : entry.other_names) index.about.push_back(std::move(name));
  }
  index.entries.erase(std::remove_if(index.entries.begin(), index.entries.end(), is_about),
                      index.entries.end());
  index.utf8 = std::any_of(index.about.begin(), index.about.end(), [](const auto& name) {
    return name == "00-database-utf8" || name == "00databaseutf8";
  });
}

}  // namespace

std::vector<DictionaryEntry> wordnet_glosses(std::string_view text, const std::string& place) {
  constexpr std::string_view kBar = " | ";
  std::vector<DictionaryEntry> glosses;
  for (const auto& line : text_lines(without_byte_order_mark(text))) {
    if (line.text.substr(0, 2) == "  " || line.text.empty()) continue;  // licence text
    const std::size_t bar = line.text.find(kBar);
    if (bar == std::string_view::npos) {
      throw Error("a line of WordNet has no gloss")
          .at("{}:{}", place, line.number)
          .expected("synset | gloss")
          .got("{}", printable(line.text));
    }
    const auto gloss = line.text.substr(bar + kBar.size());
    const auto begin = static_cast<std::size_t>(gloss.data() - text.data());
    glosses.push_back({std::to_string(line.number), begin, gloss.size()});
  }
  return glosses;
}

DictdIndex read_dictd_index(std::string_view text, const std::string& place, std::size_t size) {
  DictdIndex index;
  auto& entries = index.entries;
  for (const auto& line : text_lines(without_byte_order_mark(text))) {
    if (line.text.empty()) continue;
    const auto fields = split(line.text, '\t');
    std::optional<std::size_t> begin, length;
    if (fields.size() >= 3) {
      begin = base64_number(fields[1]);
      length = base64_number(fields[2]);
    }
    if (!begin || !length || *begin > size || *length > size - *begin) {
      throw Error("invalid line in the dictionary index")
          .at("{}:{}", place, line.number)
          .expected("headword TAB offset TAB length in base 64, within {} bytes", size)
          .got("{}", printable(line.text));
    }
    const auto word = fields.size() > 3 && !fields[3].empty() ? fields[3] : fields[0];
    entries.push_back({std::string(word), *begin, *length});
  }
  const auto extent = [](const DictionaryEntry& entry) {
    return std::pair(entry.begin, entry.size);
  };
  std::stable_sort(entries.begin(), entries.end(),
                   [&](const auto& a, const auto& b) { return extent(a) < extent(b); });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (kept > 0 && extent(entries[kept - 1]) == extent(entries[i])) {
      entries[kept - 1].other_names.push_back(std::move(entries[i].name));
    } else if (kept++ != i) {
      entries[kept - 1] = std::move(entries[i]);
    }
  }
  entries.resize(kept);
  for (std::size_t i = 0; i + 1 < entries.size(); ++i) {
    entries[i].size = std::max(entries[i].size, entries[i + 1].begin - entries[i].begin);
  }
  take_about(index);
  return index;
}

std::vector<DictionaryEntry> dictd_entries(std::string_view index, const std::string& place,
                                           std::size_t size) {
  return read_dictd_index(index, place, size).entries;
}

}  // namespace wordbridge
