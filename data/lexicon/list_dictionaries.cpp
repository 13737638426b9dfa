#include <unicode/ucnv.h>

#include <algorithm>

#include "core/error.h"
#include "core/io/text_file.h"
#include "core/text.h"
#include "data/lexicon/dictionary_readers.h"
#include "data/lexicon/entry_reader.h"
#include "data/lexicon/entry_text.h"

namespace wordbridge {
namespace {

/// Text in an encoding that ICU knows, as UTF-8.
std::string decoded_from(const std::string& encoding, std::string_view bytes,
                         const std::string& place) {
  UErrorCode status = U_ZERO_ERROR;
  std::string text(bytes.size() * 4 + 1, '\0');
  const auto size =
      ucnv_convert("UTF-8", encoding.c_str(), text.data(), static_cast<std::int32_t>(text.size()),
                   bytes.data(), static_cast<std::int32_t>(bytes.size()), &status);
  if (U_FAILURE(status)) {
    throw Error("the encoding of the thesaurus is unknown")
        .at("{}:1", place)
        .expected("a name such as UTF-8 or ISO8859-1")
        .got("{}", printable(encoding));
  }
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::vector<std::string> terms_of(std::string_view text) {
  std::vector<std::string> words;
  for (const auto word : split(text, '|')) {
    if (!trimmed(word).empty()) words.emplace_back(trimmed(word));
  }
  return words;
}

}  // namespace

Dictionary read_tsv_dictionary(const fs::path& path) {
  const std::string text = read_text_file(path);
  Dictionary dictionary;
  dictionary.name = path.stem().string();
  dictionary.path = path.string();
  EntryContent content;
  for (const auto& line : text_lines(text)) {
    if (trimmed(line.text).empty()) continue;
    const auto fields = split(line.text, '\t');
    const auto word = trimmed(fields[0]);
    if (fields.size() < 2 || fields.size() > 3 || word.empty()) {
      throw Error("invalid line in the dictionary")
          .at("{}:{}", path.string(), line.number)
          .expected("word TAB definition, or word TAB definition TAB synonym|synonym")
          .got("{}", printable(line.text));
    }
    if (invalid_utf8(line.text)) {
      throw Error("the dictionary is not UTF-8").at("{}:{}", path.string(), line.number);
    }
    ++dictionary.entries;
    content.define({std::string(word)}, in_one_line_of_words(fields[1]),
                   fields.size() > 2 ? terms_of(fields[2]) : std::vector<std::string>());
  }
  dictionary.definitions = std::move(content.definitions);
  dictionary.skipped = std::move(content.skipped);
  return dictionary;
}

Dictionary read_mythes_dictionary(const fs::path& path) {
  const std::string raw = read_text_file(path);
  const auto first = std::min(raw.find('\n'), raw.size());
  const std::string encoding(trimmed(std::string_view(raw).substr(0, first)));
  const std::string text = encoding == "UTF-8" ? raw : decoded_from(encoding, raw, path.string());
  Dictionary dictionary;
  dictionary.name = path.stem().string();
  dictionary.path = path.string();
  EntryContent content;
  const auto lines = text_lines(text);
  const auto damaged = [&](std::size_t i, const char* expected) {
    return Error("damaged thesaurus")
        .at("{}:{}", path.string(), i + 1)
        .expected("{}", expected)
        .got("{}", i < lines.size() ? printable(lines[i].text) : "the end of the file");
  };
  for (std::size_t i = 1; i < lines.size();) {
    const auto fields = split(lines[i].text, '|');
    const auto meanings = fields.size() == 2 ? parse_integer(fields[1]) : std::nullopt;
    if (!meanings || *meanings < 0) throw damaged(i, "word|number of meanings");
    const std::string word(fields[0]);
    ++dictionary.entries;
    ++i;
    for (auto left = *meanings; left > 0; --left, ++i) {
      if (i >= lines.size()) throw damaged(i, "(part of speech)|synonym|...");
      auto terms = terms_of(lines[i].text);
      if (!terms.empty()) terms.erase(terms.begin());  // the part of speech
      std::vector<std::string> synonyms;
      for (auto& term : terms) {
        const auto label = term.rfind(" (");  // "city (generic term)", "cold (antonym)"
        if (label == term.npos) {
          synonyms.push_back(term);
        } else if (term.compare(label, term.npos, " (similar term)") == 0) {
          synonyms.push_back(term.substr(0, label));
        }
      }
      if (synonyms.empty()) {
        content.skipped.push_back({word, SkipReason::empty, "only " + join(terms, ", ")});
      } else {
        content.define({word}, "", synonyms);
      }
    }
  }
  dictionary.definitions = std::move(content.definitions);
  dictionary.skipped = std::move(content.skipped);
  return dictionary;
}

}  // namespace wordbridge
