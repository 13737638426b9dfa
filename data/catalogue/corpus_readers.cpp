#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_set>

#include "core/error.h"
#include "core/io/file.h"
#include "core/text.h"
#include "data/catalogue/dataset_reader.h"
#include "data/text/dictionaries.h"
#include "data/text/gcide_text.h"
#include "data/wordnet/wordnet.h"

// Readers that count corpora and dictionaries.

namespace wordbridge {
namespace {

/// Types are stored as views, so the texts must stay in memory until the end.
using Types = std::unordered_set<std::string_view>;

struct Text {
  std::string name;
  std::string content;
};

/// The entry's files, sorted by name.
std::vector<Text> texts_of(const DatasetEntry& entry, const fs::path& files) {
  std::vector<Text> texts;
  for (const auto& item : fs::recursive_directory_iterator(files)) {
    const std::string name = item.path().lexically_relative(files).generic_string();
    if (item.is_regular_file() && entry.file_of(name) != nullptr)
      texts.push_back({name, read_file(item.path())});
  }
  std::sort(texts.begin(), texts.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return texts;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Length in bytes of the Unicode white-space character at the start of `text`; 0: none.
std::size_t space_at(std::string_view text) {
  const char first = text.front();
  if (first == ' ' || (first >= '\t' && first <= '\r')) return 1;
  if (first == '\xc2' || first == '\xe1' || first == '\xe2' || first == '\xe3') {
    for (const std::string_view space :
         {"\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005",
          "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f",
          "\u3000"})
      if (text.substr(0, space.size()) == space) return space.size();
  }
  return 0;
}

/// Calls `take` for each run of ASCII letters.
template <class Take>
void for_each_word(std::string_view text, const Take& take) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t begin = i;
    while (i < text.size() && is_letter(text[i])) ++i;
    if (i > begin) take(text.substr(begin, i - begin));
  }
}

/// Calls `take` for each run of characters that are not whitespace.
template <class Take>
void for_each_token(std::string_view text, const Take& take) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t space = space_at(text.substr(i));
    if (space > 0 && i > begin) take(text.substr(begin, i - begin));
    i += std::max<std::size_t>(space, 1);
    if (space > 0) begin = i;
  }
  if (begin < text.size()) take(text.substr(begin));
}

std::uint64_t tokens_in(std::string_view text) {
  std::uint64_t tokens = 0;
  for_each_token(text, [&](std::string_view) { ++tokens; });
  return tokens;
}

std::uint64_t words_in(std::string_view text) {
  std::uint64_t words = 0;
  for_each_word(text, [&](std::string_view) { ++words; });
  return words;
}

std::uint64_t lines_in(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

std::string in_lower_case(std::string_view given) {
  std::string text(given);
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

/// Appends the strings of a JSON value, in document order.
void collect_strings(const nlohmann::ordered_json& value, std::vector<std::string>& strings) {
  if (value.is_string()) strings.push_back(value.get<std::string>());
  if (!value.is_structured()) return;
  for (const auto& item : value) collect_strings(item, strings);
}

/// Replaces HTML tags by blanks. "<!--" and "< 1%" are not tags.
std::string without_tags(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '<') {
      const std::size_t first = i + 1 < text.size() && text[i + 1] == '/' ? i + 2 : i + 1;
      const std::size_t end = text.find('>', i);
      if (first < text.size() && is_letter(text[first]) && end != std::string_view::npos) {
        plain += ' ';
        i = end;
        continue;
      }
    }
    plain += text[i];
  }
  return plain;
}

}  // namespace

DatasetContent read_brown(const DatasetEntry& entry, const fs::path& files) {
  const auto texts = texts_of(entry, files);
  std::uint64_t documents = 0, tokens = 0, sentences = 0, paragraphs = 0;
  Types types;
  std::unordered_set<std::string> lower;
  for (const auto& text : texts) {
    if (text.name.size() != 4) continue;  // README, CONTENTS
    ++documents;
    bool in_paragraph = false;
    for (const auto line : split(text.content, '\n')) {
      std::uint64_t here = 0;
      for_each_token(line, [&](std::string_view token) {
        ++here;
        const auto word = token.substr(0, token.rfind('/'));  // "1/2/cd": the tag is the last part
        if (types.insert(word).second) lower.insert(in_lower_case(word));
      });
      tokens += here;
      sentences += here > 0;
      paragraphs += here > 0 && !in_paragraph;
      in_paragraph = here > 0;
    }
  }
  return {{{"documents", documents},
           {"tokens", tokens},
           {"types", types.size()},
           {"types_lower", lower.size()},
           {"sentences", sentences},
           {"paragraphs", paragraphs}},
          ""};
}

/// The end of each line counts as a token, <eos>, as in the published figures.
DatasetContent read_splits(const DatasetEntry& entry, const fs::path& files) {
  Counts counts;
  for (const char* const part : {"train", "valid", "test"}) {
    for (const auto& file : entry.files) {
      if (file.name.find(part) == std::string::npos) continue;
      const std::string content = read_file(files / file.name);
      const std::uint64_t lines = lines_in(content);
      counts.emplace_back(std::string(part) + "_lines", lines);
      counts.emplace_back(std::string(part) + "_tokens", tokens_in(content) + lines);
      if (part != std::string("train")) continue;
      Types types;
      for_each_token(content, [&](std::string_view token) { types.insert(token); });
      counts.emplace_back("types", types.size() + 1);
    }
  }
  return {counts, ""};
}

DatasetContent read_texts(const DatasetEntry& entry, const fs::path& files) {
  const auto texts = texts_of(entry, files);
  std::uint64_t tokens = 0, words = 0;
  Types types;
  std::unordered_set<std::string> word_types;
  for (const auto& text : texts) {
    for_each_token(text.content, [&](std::string_view token) {
      ++tokens;
      types.insert(token);
    });
    words += words_in(text.content);
  }
  // Scans each type once instead of the whole text: 100 million characters in text8.
  for (const auto& type : types)
    for_each_word(type, [&](std::string_view word) { word_types.insert(in_lower_case(word)); });
  return {{{"documents", texts.size()},
           {"tokens", tokens},
           {"types", types.size()},
           {"words", words},
           {"word_types", word_types.size()}},
          ""};
}

DatasetContent read_factbook(const DatasetEntry& entry, const fs::path& files) {
  DatasetContent result;
  std::uint64_t documents = 0, words = 0;
  for (const auto& text : texts_of(entry, files)) {
    if (text.name.find(".json") == std::string::npos) continue;  // the licence
    const auto json = nlohmann::ordered_json::parse(text.content, nullptr, false);
    if (json.is_discarded())
      throw Error("the file is not valid JSON").at("{}", (files / text.name).string());
    std::vector<std::string> strings;
    collect_strings(json, strings);
    ++documents;
    for (const auto& string : strings) {
      const std::string plain = without_tags(string);
      words += words_in(plain);
      for (const auto line : split(plain, '\n'))
        if (!trimmed(line).empty()) result.canonical += std::string(trimmed(line)) + "\n";
    }
    result.canonical += "\n";
  }
  result.counts = {{"documents", documents}, {"words", words}};
  return result;
}

DatasetContent read_wordnet(const DatasetEntry&, const fs::path& files) {
  WordNet::load(files);  // error if the files are of different copies
  Counts counts;
  std::uint64_t synsets = 0, lemmas = 0, gloss_tokens = 0;
  for (const char* const part : {"noun", "verb", "adj", "adv"}) {
    const fs::path path = files / (std::string("data.") + part);
    const std::string data = read_file(path);
    const auto glosses = wordnet_glosses(data, path.string());
    synsets += glosses.size();
    for (const auto& gloss : glosses)
      gloss_tokens += tokens_in(std::string_view(data).substr(gloss.begin, gloss.size));
    counts.emplace_back(std::string(part) + "_synsets", glosses.size());
    const std::string index = read_file(files / (std::string("index.") + part));
    for (const auto line : split(index, '\n')) lemmas += !line.empty() && line.front() != ' ';
  }
  counts.emplace_back("synsets", synsets);
  counts.emplace_back("lemmas", lemmas);
  counts.emplace_back("gloss_tokens", gloss_tokens);
  return {counts, ""};
}

DatasetContent read_gcide(const DatasetEntry&, const fs::path& files) {
  const std::string text = read_file(files / "gcide.dict");
  const fs::path index_path = files / "gcide.index";
  const std::string index = read_file(index_path);
  Types headwords;
  std::uint64_t entries = 0;
  for (const auto line : split(index, '\n')) {
    if (line.empty()) continue;
    ++entries;
    headwords.insert(line.substr(0, line.find('\t')));
  }
  const auto extents = dictd_entries(index, index_path.string(), text.size());
  std::uint64_t words = 0;
  for (const auto& entry : extents)
    words += words_in(gcide_text(std::string_view(text).substr(entry.begin, entry.size)));
  return {{{"index_entries", entries},
           {"headwords", headwords.size()},
           {"definitions", extents.size()},
           {"words", words}},
          ""};
}

}  // namespace wordbridge
