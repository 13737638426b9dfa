#include "eval/benchmarks/similarity.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/io/file.h"
#include "core/text.h"
#include "eval/statistics/correlation.h"
#include "eval/statistics/cosine.h"

namespace wordbridge {
namespace {

using Fields = std::vector<std::string_view>;

/// The separator ' ' matches runs of whitespace.
char separator_of(std::string_view line) {
  for (const char separator : {'\t', ','})
    if (line.find(separator) != line.npos) return separator;
  return ' ';
}

Fields fields_of(std::string_view line, char separator) {
  Fields fields;
  for (const auto field : split(line, separator))
    if (separator != ' ' || !trimmed(field).empty()) fields.push_back(trimmed(field));
  return fields;
}

/// "Word 1" -> "word1"
std::string column_name(std::string_view field) {
  std::string name;
  for (const char byte : field)
    if (byte != ' ' && byte != '_')
      name += static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte);
  return name;
}

/// Layout of the columns.
struct Layout {
  char separator = '\t';
  std::size_t columns = 0, first = 0, second = 1, score = 2;
};

/// Word columns named by a header line; nullopt if the line is not a header.
std::optional<Layout> header_layout(const Fields& fields) {
  const auto find = [&](const char* name) {
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](auto field) { return column_name(field) == name; });
    return static_cast<std::size_t>(found - fields.begin());
  };
  Layout layout;
  layout.first = find("word1");
  layout.second = find("word2");
  if (layout.first == fields.size() || layout.second == fields.size()) return std::nullopt;
  return layout;
}

/// Layout without a header: the words come first, or after a row number.
Layout plain_layout(const Fields& fields) {
  Layout layout;
  if (fields.size() >= 4 && parse_integer(fields[0]) && !parse_double(fields[2]))
    layout.first = 1, layout.second = 2;
  return layout;
}

/// First column after the words that is numeric in the first data line.
std::size_t score_column(const Fields& fields, const Layout& layout) {
  std::size_t column = std::max(layout.first, layout.second) + 1;
  while (column < fields.size() && !parse_double(fields[column])) ++column;
  return column;
}

WordPair pair_of(const Fields& fields, const Layout& layout, const std::string& where,
                 std::string_view line) {
  if (layout.score >= layout.columns || fields.size() != layout.columns)
    throw Error("invalid line in the word pair file")
        .at("{}", where)
        .expected("two words and a score{}", layout.score < layout.columns
                                                 ? fmt::format(" in {} columns", layout.columns)
                                                 : "")
        .got("'{}'", printable(line))
        .hint("a header line must name the columns word1 and word2");
  const auto score = parse_double(fields[layout.score]);
  if (!score || !std::isfinite(*score))
    throw Error("the score of a word pair is not a number")
        .at("{}", where)
        .got("'{}'", printable(fields[layout.score]));
  if (fields[layout.first].empty() || fields[layout.second].empty())
    throw Error("a word of the pair is empty").at("{}", where).got("'{}'", printable(line));
  return {std::string(fields[layout.first]), std::string(fields[layout.second]), *score};
}

}  // namespace

std::vector<WordPair> read_word_pairs(const std::filesystem::path& path) {
  const std::string content = read_file(path);
  std::vector<WordPair> pairs;
  std::optional<Layout> layout;
  std::size_t number = 0;
  for (const auto raw : split(content, '\n')) {
    ++number;
    // A trailing separator creates an empty last column, and a leading one an empty first column.
    const std::string_view line = raw.substr(0, raw.find_last_not_of('\r') + 1);
    if (trimmed(line).empty() || line.front() == '#') continue;
    if (!layout) {
      const char separator = separator_of(line);
      const Fields fields = fields_of(line, separator);
      layout = header_layout(fields);
      const bool is_header = layout.has_value();
      if (!layout) layout = plain_layout(fields);
      layout->separator = separator;
      if (is_header) continue;
    }
    const Fields fields = fields_of(line, layout->separator);
    if (pairs.empty()) {
      layout->columns = fields.size();
      layout->score = score_column(fields, *layout);
    }
    pairs.push_back(pair_of(fields, *layout, fmt::format("{}:{}", path.string(), number), line));
  }
  if (pairs.empty())
    throw Error("the file contains no word pairs")
        .at("{}", path.string())
        .expected("lines of two words and a score");
  return pairs;
}

SimilarityItems similarity_items(const WordLookup& words, const std::vector<WordPair>& pairs) {
  SimilarityItems items;
  for (const auto& pair : pairs) {
    const auto first = words.vector(pair.first), second = words.vector(pair.second);
    const bool is_known = first.row >= 0 && second.row >= 0;
    items.unknown += !is_known;
    items.judged.push_back(pair.score);
    double value = std::numeric_limits<double>::quiet_NaN();
    if (first.values != nullptr && second.values != nullptr) {
      value = cosine(first.values, second.values, words.table().dim());
      if (std::isnan(value) && !is_known) value = 0;
      items.undefined += std::isnan(value);
    }
    items.cosines.push_back(value);
  }
  return items;
}

SimilarityScores similarity_scores(const SimilarityItems& items) {
  SimilarityScores scores;
  std::vector<double> cosines, judged;
  for (std::size_t i = 0; i < items.cosines.size(); ++i) {
    if (std::isnan(items.cosines[i])) continue;
    cosines.push_back(items.cosines[i]);
    judged.push_back(items.judged[i]);
  }
  scores.total = static_cast<std::int64_t>(items.cosines.size());
  scores.used = static_cast<std::int64_t>(cosines.size());
  scores.unknown = items.unknown;
  scores.undefined = items.undefined;
  scores.spearman = spearman(cosines, judged);
  scores.pearson = pearson(cosines, judged);
  return scores;
}

SimilarityScores score_similarity(const WordLookup& words, const std::vector<WordPair>& pairs) {
  return similarity_scores(similarity_items(words, pairs));
}

}  // namespace wordbridge
