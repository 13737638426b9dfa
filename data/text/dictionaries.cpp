#include "data/text/dictionaries.h"

#include <algorithm>
#include <optional>

#include "core/error.h"
#include "core/text.h"

namespace wordbridge {
namespace {

/// Calls `use(line, begin, number)` for each line, without its end. Lines are numbered from 1.
template <class F>
void for_each_line(std::string_view text, const F& use) {
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    use(text.substr(begin, end - begin), begin, ++number);
    begin = end + 1;
  }
}

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

}  // namespace

std::vector<DictionaryEntry> wordnet_glosses(std::string_view text, const std::string& place) {
  constexpr std::string_view kBar = " | ";
  std::vector<DictionaryEntry> glosses;
  for_each_line(text, [&](std::string_view line, std::size_t begin, std::size_t number) {
    if (line.substr(0, 2) == "  ") return;  // licence text
    const std::size_t bar = line.find(kBar);
    if (bar == std::string_view::npos) {
      throw Error("a line of WordNet has no gloss")
          .at("{}:{}", place, number)
          .expected("synset | gloss")
          .got("{}", printable(line));
    }
    const std::size_t start = bar + kBar.size();
    glosses.push_back({std::to_string(number), begin + start, line.size() - start});
  });
  return glosses;
}

std::vector<DictionaryEntry> dictd_entries(std::string_view index, const std::string& place,
                                           std::size_t size) {
  std::vector<DictionaryEntry> entries;
  for_each_line(index, [&](std::string_view line, std::size_t, std::size_t number) {
    if (line.substr(0, 3) == "00-") return;
    const auto fields = split(line, '\t');
    std::optional<std::size_t> begin, length;
    if (fields.size() >= 3) {
      begin = base64_number(fields[1]);
      length = base64_number(fields[2]);
    }
    if (!begin || !length || *begin > size || *length > size - *begin) {
      throw Error("invalid line in the dictionary index")
          .at("{}:{}", place, number)
          .expected("headword TAB offset TAB length in base 64, within {} bytes", size)
          .got("{}", printable(line));
    }
    entries.push_back({std::string(fields[0]), *begin, *length});
  });
  const auto extent = [](const DictionaryEntry& entry) {
    return std::pair(entry.begin, entry.size);
  };
  std::stable_sort(entries.begin(), entries.end(),
                   [&](const auto& a, const auto& b) { return extent(a) < extent(b); });
  entries.erase(std::unique(entries.begin(), entries.end(),
                            [&](const auto& a, const auto& b) { return extent(a) == extent(b); }),
                entries.end());
  return entries;
}

}  // namespace wordbridge
