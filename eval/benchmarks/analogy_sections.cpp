#include "eval/benchmarks/analogy_sections.h"

#include <algorithm>
#include <string_view>

#include "core/error.h"
#include "core/io/text_file.h"
#include "core/log.h"
#include "core/text.h"
#include "data/text/word_table.h"

namespace wordbridge {
namespace {

using Words = std::vector<std::string>;

bool is_filled(const std::string& field) { return !field.empty(); }

/// Whether the four fields of a line are words without blanks, such as those of "a, b, c, d".
bool are_words(const Words& fields) {
  return fields.size() == 4 && std::all_of(fields.begin(), fields.end(), [](const auto& field) {
           return is_filled(field) && field.find(' ') == field.npos;
         });
}

Words trimmed_words(Words words) {
  for (auto& word : words) word = std::string(trimmed_word(word));
  return words;
}

/// Words of a line, separated by tabs (then they may contain blanks), commas, semicolons or blanks.
Words words_of(std::string_view line) {
  if (line.find('\t') != line.npos) {
    auto fields = trimmed_words(csv_fields(line, '\t').value_or(Words()));
    if (fields.size() == 4 && std::all_of(fields.begin(), fields.end(), is_filled)) return fields;
  }
  for (const char separator : {',', ';'}) {
    if (line.find(separator) == line.npos) continue;
    auto fields = trimmed_words(csv_fields(line, separator).value_or(Words()));
    if (are_words(fields)) return fields;
  }
  Words words;
  words.reserve(4);
  while (!line.empty()) {
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    if (const auto word = trimmed_word(line.substr(0, end)); !word.empty())
      words.emplace_back(word);
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

/// Whether the words are the names of the columns.
bool is_header(const Words& words) {
  static const std::vector<Words> kHeaders = {{"word1", "word2", "word3", "word4"},
                                              {"word1", "word2", "word3", "target"},
                                              {"w1", "w2", "w3", "w4"},
                                              {"a", "b", "c", "d"}};
  Words names;
  for (const auto& word : words) names.push_back(column_name(word));
  return std::find(kHeaders.begin(), kHeaders.end(), names) != kHeaders.end();
}

/// Whether a line of these words starts a section: ':' and a blank, or ':' and any text that isn't
/// a question (":) :( happy sad" is one).
bool is_section(std::string_view line, const Words& words) {
  return line.front() == ':' && (words.size() != 4 || words.front() == ":");
}

}  // namespace

std::vector<AnalogySection> read_analogies(const std::filesystem::path& path) {
  const std::string content = read_text_file(path);
  std::vector<AnalogySection> sections;
  std::size_t comments = 0;
  bool has_questions = false;
  for (const auto& [number, text] : text_lines(content)) {
    const std::string_view line = trimmed_word(text);
    if (line.empty()) continue;
    Words words = words_of(line);
    if (is_section(line, words)) {
      sections.push_back({std::string(trimmed(line.substr(1))), {}});
      continue;
    }
    if (words.size() != 4 && is_comment(line)) {
      ++comments;
      continue;
    }
    if (words.size() != 4)
      throw Error("invalid line in the analogy file")
          .at("{}:{}", path.string(), number)
          .expected("four words, or ': NAME' to start a section")
          .got("'{}'", printable(line));
    if (!has_questions && is_header(words)) {
      log("data", "{}:{}: names of columns, not a question", path.string(), number);
      continue;
    }
    if (sections.empty()) sections.push_back({"questions", {}});
    auto& question = sections.back().questions.emplace_back();
    std::move(words.begin(), words.end(), question.begin());
    has_questions = true;
  }
  log_comments(path.string(), comments);
  if (!has_questions)
    throw Error("the file contains no analogy questions")
        .at("{}", path.string())
        .expected("four words per line");
  return sections;
}

}  // namespace wordbridge
