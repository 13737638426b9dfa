#include "eval/benchmarks/word_pairs.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "core/io/text_file.h"
#include "core/log.h"
#include "core/text.h"
#include "data/text/word_table.h"

namespace wordbridge {
namespace {

constexpr const char* kHeader =
    "a header line that names the columns word1 and word2, and the score";

/// Places of the columns.
struct PairColumns {
  std::size_t first = 0, second = 1, score = 2;
};

/// Whether `name` is a sequence of words for human scores: "humanmean", "simlex999", "avgrating".
bool names_a_score(std::string_view name) {
  static constexpr std::string_view kScoreParts[] = {
      "scores", "score", "mean",        "average",  "avg",   "ratings", "rating", "similarity",
      "sim",    "lex",   "relatedness", "judgment", "human", "gold",    "999"};
  const auto is_start = [&](std::string_view part) {
    return name.substr(0, part.size()) == part &&
           (name.size() == part.size() || names_a_score(name.substr(part.size())));
  };
  return std::any_of(std::begin(kScoreParts), std::end(kScoreParts), is_start);
}

/// Whether the column holds no score whatever its values are: numbers of rows, statistics.
bool names_no_score(std::string_view name) {
  static const std::set<std::string_view> kNames = {
      "",   "id",  "index", "row",    "no",       "nr",  "num", "number", "pos",
      "sd", "std", "stdev", "stddev", "variance", "var", "n",   "count"};
  return kNames.count(name) > 0;
}

bool is_number(std::string_view field) { return parse_double(field) || has_decimal_comma(field); }

using Rows = std::vector<WordRow>;
using Columns = std::vector<std::size_t>;

/// Share of the rows whose field in this column satisfies the condition. A row without this column
/// does not count.
template <class Condition>
double share(const Rows& rows, std::size_t column, const Condition& condition) {
  std::size_t all = 0, some = 0;
  for (const auto& row : rows) {
    if (row.fields.size() <= column) continue;
    ++all;
    some += condition(row.fields[column]);
  }
  return all == 0 ? 0 : static_cast<double>(some) / static_cast<double>(all);
}

bool is_part_of_speech(std::string_view field) {
  static const std::set<std::string> kNames = {"noun",   "verb", "adj", "adjective", "adv",
                                               "adverb", "nn",   "vb",  "jj",        "rb"};
  const std::string name = column_name(field);
  return (name.size() == 1 && name[0] >= 'a' && name[0] <= 'z') || kNames.count(name) > 0;
}

/// Whether whole numbers without repetition, the numbers of the rows, are in this column.
bool holds_row_numbers(const Rows& rows, std::size_t column) {
  std::vector<long long> numbers;
  for (const auto& row : rows) {
    const auto number =
        column < row.fields.size() ? parse_integer(row.fields[column]) : std::nullopt;
    if (!number) return false;
    numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  return std::adjacent_find(numbers.begin(), numbers.end()) == numbers.end();
}

/// The column that is the mean of all others in each row, up to the last digit that it shows; the
/// first of several with the same values. There must be at least three columns, and digits after
/// the point, so that it is not by chance.
std::optional<std::size_t> column_of_means(const Rows& rows, const Columns& numbers) {
  const auto value = [](const WordRow& row, std::size_t column) {
    return column < row.fields.size() ? parse_double(row.fields[column]) : std::nullopt;
  };
  const auto is_mean = [&](std::size_t column) {
    std::size_t digits = 0;
    for (const auto& row : rows) {
      const std::string_view text = column < row.fields.size() ? row.fields[column] : "";
      const std::size_t point = text.find('.');
      if (point != text.npos) digits = std::max(digits, text.size() - point - 1);
    }
    const double tolerance = std::max(1e-9, std::pow(10.0, -static_cast<double>(digits)));
    return digits > 0 && std::all_of(rows.begin(), rows.end(), [&](const WordRow& row) {
             double sum = 0, count = 0;
             for (const std::size_t other : numbers) {
               const auto number = value(row, other);
               if (other == column || !number) continue;
               sum += *number;
               ++count;
             }
             const auto mean = value(row, column);
             return mean && std::abs(*mean - sum / count) < tolerance;
           });
  };
  Columns means;
  if (numbers.size() >= 3)
    std::copy_if(numbers.begin(), numbers.end(), std::back_inserter(means), is_mean);
  const auto is_same = [&](std::size_t column) {
    return std::all_of(rows.begin(), rows.end(), [&](const WordRow& row) {
      return value(row, column) == value(row, means.front());
    });
  };
  const bool is_certain = !means.empty() && std::all_of(means.begin(), means.end(), is_same);
  return is_certain ? std::optional(means.front()) : std::nullopt;
}

/// "1 'tiger', 2 'cat', 3 '7.35'"
std::string described(const std::vector<std::string_view>& fields, const Columns& columns) {
  std::vector<std::string> parts;
  for (const auto column : columns)
    parts.push_back(fmt::format("{} '{}'", column + 1, printable(fields[column], 20)));
  return join(parts, ", ");
}

Columns all_columns(std::size_t count) {
  Columns columns(count);
  for (std::size_t i = 0; i < count; ++i) columns[i] = i;
  return columns;
}

Error ambiguous(const WordTable& table, const std::string& what) {
  const WordRow& row = table.rows.front();
  Error error("the columns of the word pair file have several readings: " + what);
  error.at("{}", table.where(row))
      .expected("two words and a score in three columns, or {}", kHeader)
      .got("columns {}", described(row.fields, all_columns(row.fields.size())));
  return error;
}

Error invalid_line(const WordTable& table, const WordRow& row, bool has_columns) {
  Error error("invalid line in the word pair file");
  error.at("{}", table.where(row)).got("'{}'", printable(row.text));
  if (!has_columns)
    error.expected("two words and a score, or {}", kHeader);
  else
    error.expected("two words and a score in {} columns, separated by {}", table.columns,
                   table.separator == '\t'  ? "tabs"
                   : table.separator == ' ' ? "blanks"
                                            : fmt::format("'{}'", table.separator));
  return error;
}

/// Columns of numbers whose names in the header may be those of a score.
Columns unnamed_scores(const Rows& rows, const std::vector<std::string_view>& header,
                       const PairColumns& places) {
  Columns columns;
  for (std::size_t i = 0; i < header.size(); ++i)
    if (i != places.first && i != places.second && !names_no_score(column_name(header[i])) &&
        share(rows, i, is_number) >= 0.5)
      columns.push_back(i);
  return columns;
}

/// Columns named by a header, which is the first row; nullopt if the first row is none.
std::optional<PairColumns> header_columns(WordTable& table) {
  if (table.rows.empty()) return std::nullopt;
  WordRow header = table.rows.front();
  const auto words = table.take_header(
      {{"word1", "w1", "term1", "noun1", "verb1"}, {"word2", "w2", "term2", "noun2", "verb2"}});
  if (!words) return std::nullopt;
  if (table.columns > header.fields.size()) header.fields.insert(header.fields.begin(), "");
  PairColumns places{(*words)[0], (*words)[1], 0};
  // The score is named, or else the only column of numbers. Those after the words come first.
  Columns scores;
  for (std::size_t i = 0; i < header.fields.size(); ++i)
    if (names_a_score(column_name(header.fields[i]))) scores.push_back(i);
  if (scores.empty()) scores = unnamed_scores(table.rows, header.fields, places);
  const std::size_t last_word = std::max(places.first, places.second);
  if (scores.size() > 1 && scores.back() > last_word)
    scores.erase(scores.begin(), std::upper_bound(scores.begin(), scores.end(), last_word));
  if (scores.size() != 1)
    throw Error(scores.empty() ? "the header of the word pair file names no score"
                               : "the header of the word pair file names several scores")
        .at("{}", table.where(header))
        .expected("one column called score, mean, average, rating or similarity")
        .got("columns {}",
             described(header.fields, scores.empty() ? all_columns(header.fields.size()) : scores));
  places.score = scores.front();
  return places;
}

/// Columns without a header. Throws Error if they have several readings.
PairColumns plain_columns(const WordTable& table) {
  const Rows& rows = table.rows;
  const std::size_t count = table.columns;
  if (count == 3 && is_number(rows.front().fields.back())) return {};
  Columns words, numbers;
  for (std::size_t i = 0; i < count; ++i)
    (share(rows, i, is_number) >= 0.5 ? numbers : words).push_back(i);
  if (count <= 3 || numbers.empty()) throw invalid_line(table, rows.front(), false);
  if (words.size() > 2) {
    const auto is_no_word = [&](std::size_t column) {
      const auto has_blank = [](std::string_view field) { return field.find(' ') != field.npos; };
      return share(rows, column, is_part_of_speech) == 1 || share(rows, column, has_blank) == 1;
    };
    words.erase(std::remove_if(words.begin(), words.end(), is_no_word), words.end());
  }
  if (words.size() < 2) throw ambiguous(table, "which columns hold the words?");
  PairColumns places{words[0], words[1], 0};
  const auto after = std::upper_bound(numbers.begin(), numbers.end(), places.second);
  if (after == numbers.end()) throw invalid_line(table, rows.front(), false);
  const bool has_row_numbers =
      numbers.front() == 0 && after == numbers.begin() + 1 && holds_row_numbers(rows, 0);
  if (after != numbers.begin() && !has_row_numbers)
    throw ambiguous(table, "which column of numbers is the score?");
  numbers.erase(numbers.begin(), after);
  const auto score = numbers.size() == 1 ? numbers.front() : column_of_means(rows, numbers);
  if (!score) throw ambiguous(table, "which column of numbers is the score?");
  places.score = *score;
  if (words.size() > 2 && words[2] < places.score)
    throw ambiguous(table, "which columns hold the words?");
  log("eval", "{}: no header; words in columns {} and {}, score in column {} of {}", table.path,
      places.first + 1, places.second + 1, places.score + 1, count);
  return places;
}

WordPair pair_of(const WordTable& table, const WordRow& row, const PairColumns& places) {
  const auto& fields = row.fields;
  const bool may_be_shorter = table.separator != ' ';  // without empty fields at the end
  if (fields.size() > table.columns || (fields.size() < table.columns && !may_be_shorter) ||
      fields.size() <= std::max({places.first, places.second, places.score}))
    throw invalid_line(table, row, true);
  const std::string_view text = fields[places.score];
  const auto score = parse_double(text);
  if (!score || !std::isfinite(*score)) {
    Error error("the score of a word pair is not a number");
    error.at("{}", table.where(row)).got("'{}'", printable(text));
    if (has_decimal_comma(text)) error.hint("write the decimal comma as a point");
    throw error;
  }
  if (fields[places.first].empty() || fields[places.second].empty())
    throw Error("a word of the pair is empty")
        .at("{}", table.where(row))
        .got("'{}'", printable(row.text));
  return {std::string(fields[places.first]), std::string(fields[places.second]), *score};
}

}  // namespace

std::vector<WordPair> read_word_pairs(const std::filesystem::path& path) {
  const std::string content = read_text_file(path);
  WordTable table = word_table(content, path.string(), 3);
  const auto header = header_columns(table);
  if (table.rows.empty())
    throw Error("the file contains no word pairs")
        .at("{}", path.string())
        .expected("lines of two words and a score");
  const PairColumns places = header ? *header : plain_columns(table);
  std::vector<WordPair> pairs;
  pairs.reserve(table.rows.size());
  for (const auto& row : table.rows) pairs.push_back(pair_of(table, row, places));
  return pairs;
}

}  // namespace wordbridge
