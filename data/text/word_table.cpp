#include "data/text/word_table.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/error.h"
#include "core/io/text_file.h"
#include "core/log.h"
#include "core/text.h"

namespace wordbridge {
namespace {

using Fields = std::vector<std::string_view>;

/// Without byte order marks and no-break spaces at the ends.
std::string_view without_marks(std::string_view text) {
  constexpr std::string_view kMarks[] = {"\xef\xbb\xbf", "\xc2\xa0"};
  const auto is_high = [&](std::size_t i) { return static_cast<unsigned char>(text[i]) >= 0x80; };
  while (!text.empty() && (is_high(0) || is_high(text.size() - 1))) {
    const std::size_t before = text.size();
    for (const auto mark : kMarks) {
      if (text.substr(0, mark.size()) == mark) text.remove_prefix(mark.size());
      if (text.size() >= mark.size() && text.substr(text.size() - mark.size()) == mark)
        text.remove_suffix(mark.size());
    }
    if (text.size() == before) break;
  }
  return text;
}

/// Fields without quotes.
Fields plain_fields(std::string_view line, char separator, std::size_t expected) {
  Fields fields;
  fields.reserve(expected);
  while (true) {
    const std::size_t end = std::min(line.find(separator), line.size());
    const auto field = trimmed_word(line.substr(0, end));
    if (separator != ' ' || !field.empty()) fields.push_back(field);
    if (end == line.size()) return fields;
    line.remove_prefix(end + 1);
  }
}

/// Fields of a line of the table; nullopt if a quote isn't closed.
std::optional<Fields> table_fields(WordTable& table, std::string_view line, std::size_t expected) {
  std::optional<Fields> fields;
  if (line.find('"') != line.npos) {
    if (auto values = csv_fields(line, table.separator)) {
      fields.emplace();
      for (auto& value : *values) {
        table.unquoted.push_back(std::move(value));
        fields->push_back(without_marks(table.unquoted.back()));
      }
    } else if (table.separator == ',' || table.separator == ';') {
      return std::nullopt;  // where quotes aren't part of the format, a quote may be a word
    }
  }
  if (!fields) fields = plain_fields(line, table.separator, expected);
  while (!fields->empty() && fields->back().empty()) fields->pop_back();
  return fields;
}

char table_separator(std::string_view line, std::size_t least_columns) {
  if (line.find('\t') != line.npos) return '\t';
  char best = ' ';
  std::ptrdiff_t most = static_cast<std::ptrdiff_t>(least_columns) - 1;
  for (const char separator : {',', ';'}) {
    const auto fields = csv_fields(line, separator);
    if (!fields) continue;
    const auto filled = std::count_if(fields->begin(), fields->end(),
                                      [](const auto& field) { return !field.empty(); });
    if (filled > most) best = separator, most = filled;
  }
  return best;
}

bool has_hash(std::string_view line) { return !line.empty() && line.front() == '#'; }

}  // namespace

std::string_view trimmed_word(std::string_view text) {
  for (std::size_t before = text.size() + 1; text.size() < before;) {
    before = text.size();
    text = without_marks(trimmed(text));
  }
  return text;
}

bool has_decimal_comma(std::string_view field) {
  std::string text(field);
  const std::size_t comma = text.find(',');
  if (comma == text.npos) return false;
  text[comma] = '.';
  return parse_double(text).has_value();
}

std::string column_name(std::string_view field) {
  std::string name;
  for (const char byte : field) {
    const bool upper = byte >= 'A' && byte <= 'Z', digit = byte >= '0' && byte <= '9';
    if (upper || digit || (byte >= 'a' && byte <= 'z') || static_cast<unsigned char>(byte) >= 128)
      name += static_cast<char>(upper ? byte - 'A' + 'a' : byte);
  }
  return name;
}

bool is_comment(std::string_view line) {
  if (line.find('#') == line.npos) return false;
  line = trimmed(line);
  return has_hash(line) && (line.size() == 1 || line[1] == ' ');
}

void log_comments(const std::string& path, std::size_t comments) {
  if (comments > 0)
    log("data", "{}: skipped {} comment line{}", path, comments, comments == 1 ? "" : "s");
}

std::optional<std::vector<std::size_t>> WordTable::take_header(
    const std::vector<std::vector<std::string>>& names) {
  if (rows.empty()) return std::nullopt;
  std::vector<std::string> header;
  for (const auto& field : rows.front().fields) header.push_back(column_name(field));
  std::vector<std::size_t> places;
  for (const auto& alternatives : names) {
    const auto found =
        std::find_first_of(header.begin(), header.end(), alternatives.begin(), alternatives.end());
    if (found == header.end()) return std::nullopt;
    places.push_back(static_cast<std::size_t>(found - header.begin()));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto another =
        std::find_first_of(header.begin() + static_cast<std::ptrdiff_t>(places[i]) + 1,
                           header.end(), names[i].begin(), names[i].end());
    if (another == header.end()) continue;
    throw Error("the header of the table names a column twice")
        .at("{}", where(rows.front()))
        .expected("one column of the names {}", join(names[i], ", "))
        .got("{} and {}", printable(rows.front().fields[places[i]]),
             printable(rows.front().fields[static_cast<std::size_t>(another - header.begin())]));
  }
  rows.erase(rows.begin());
  // R writes row numbers, but no name for their column.
  const bool has_numbers =
      !rows.empty() && std::all_of(rows.begin(), rows.end(), [&](const WordRow& row) {
        return row.fields.size() == header.size() + 1 && parse_integer(row.fields.front());
      });
  if (has_numbers)
    for (auto& place : places) ++place;
  columns = header.size() + (has_numbers ? 1 : 0);
  return places;
}

std::vector<std::size_t> WordTable::places_of(const std::vector<std::vector<std::string>>& names) {
  if (auto places = take_header(names)) return *places;
  columns = names.size();
  std::vector<std::size_t> places(columns);
  std::iota(places.begin(), places.end(), std::size_t{0});
  return places;
}

bool WordTable::is_filled(const WordRow& row, const std::vector<std::size_t>& places) const {
  return row.fields.size() <= columns &&
         std::all_of(places.begin(), places.end(), [&](std::size_t place) {
           return place < row.fields.size() && !row.fields[place].empty();
         });
}

std::string WordTable::where(const WordRow& row) const {
  return fmt::format("{}:{}", path, row.line);
}

WordTable word_table(std::string_view content, const std::string& path, std::size_t least_columns) {
  std::size_t comments = 0;
  std::vector<TextLine> lines;
  for (auto line : text_lines(content)) {
    line.text = without_marks(line.text);
    if (line.text.empty()) continue;
    if (is_comment(line.text))
      ++comments;
    else if (!trimmed(line.text).empty())
      lines.push_back(line);
  }
  WordTable table;
  table.path = path;
  // The form of the rows is that of the first one that can't be a comment.
  const auto first = std::find_if(lines.begin(), lines.end(),
                                  [](const TextLine& line) { return !has_hash(line.text); });
  const TextLine model = first != lines.end() ? *first : lines.empty() ? TextLine() : lines.back();
  table.separator = table_separator(model.text, least_columns);
  const auto model_fields = table_fields(table, model.text, 0);
  const std::size_t columns = model_fields ? model_fields->size() : 0;
  table.rows.reserve(lines.size());
  for (const auto& [number, text] : lines) {
    auto fields = table_fields(table, text, columns);
    if (number < model.number && (!fields || fields->size() != columns)) {
      ++comments;
      continue;
    }
    if (!fields)
      throw Error("a quote isn't closed, or text follows it")
          .at("{}:{}", path, number)
          .expected("fields as in CSV: \"a word\",\"a \"\"quoted\"\" word\"")
          .got("'{}'", printable(text));
    table.rows.push_back({number, text, std::move(*fields)});
  }
  table.columns = table.rows.empty() ? 0 : table.rows.front().fields.size();
  log_comments(path, comments);
  return table;
}

}  // namespace wordbridge
