#include "data/vectors/text_form.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "core/io/text_file.h"
#include "core/text.h"

namespace wordbridge {
namespace {

constexpr std::string_view kFieldEnds = " \t";

/// A line and the number of fields at its end that are numbers. The first field is part of the
/// word.
struct FieldsOfLine {
  std::vector<std::string_view> fields;
  std::int64_t numbers = 0;

  explicit FieldsOfLine(std::string_view line) : fields(blank_separated(line)) {
    if (fields.empty()) return;
    numbers = std::find_if_not(fields.rbegin(), fields.rend() - 1, is_number) - fields.rbegin();
  }
};

bool is_digits(std::string_view field) {
  return field.find_first_not_of("0123456789") == field.npos;
}

/// Whether all lines have more than `dim` numbers.
bool have_more_numbers(const std::vector<FieldsOfLine>& lines, std::int64_t dim) {
  return std::all_of(lines.begin(), lines.end(),
                     [dim](const auto& line) { return line.numbers > dim; });
}

/// Number of fields after the first tab; 0 if one is not a number, or there is no word before it.
std::int64_t numbers_after_tab(std::string_view line) {
  const std::size_t tab = line.find('\t');
  if (tab == line.npos || trimmed(line.substr(0, tab)).empty()) return 0;
  const auto fields = blank_separated(line.substr(tab));
  return std::all_of(fields.begin(), fields.end(), is_number)
             ? static_cast<std::int64_t>(fields.size())
             : 0;
}

/// Number of numbers after the first tab of most lines; 0: tabs don't separate words from numbers.
std::int64_t dim_after_tab(const std::vector<std::string_view>& lines,
                           const std::vector<FieldsOfLine>& fields) {
  std::map<std::int64_t, std::size_t> counts;
  for (const auto line : lines) ++counts[numbers_after_tab(line)];
  for (const auto& [dim, count] : counts) {
    if (dim == 0 || 2 * count <= lines.size()) continue;
    // If all words ended in a number such as 0.1, a space would precede the first number of the
    // vector, and tabs the others.
    const bool are_numbers_before =
        have_more_numbers(fields, dim) &&
        !std::all_of(fields.begin(), fields.end(), [d = dim](const auto& line) {
          return is_digits(*(line.fields.end() - d - 1));
        });
    return are_numbers_before ? 0 : dim;
  }
  return 0;
}

/// Whether all lines have more than `dim` numbers, and not all of the others look like parts of
/// words.
bool are_too_long(const std::vector<FieldsOfLine>& lines, std::int64_t dim) {
  return have_more_numbers(lines, dim) &&
         !std::all_of(lines.begin(), lines.end(),
                      [dim](const auto& line) { return ends_in_plain_number(line.fields, dim); });
}

/// The number of dimensions that fits all lines; otherwise that of most lines, or of the first of
/// them. std::nullopt if neither the first line nor half of the lines have that many numbers.
std::optional<std::int64_t> fitting_dim(const std::vector<FieldsOfLine>& lines) {
  std::map<std::int64_t, std::int64_t> counts;  // lines with that many numbers
  for (const auto& line : lines)
    if (line.numbers > 0) ++counts[line.numbers];
  if (counts.empty()) return std::nullopt;
  for (auto count = counts.rbegin(); count != counts.rend(); ++count) {
    const std::int64_t dim = count->first;
    if (std::all_of(lines.begin(), lines.end(), [dim](const auto& line) {
          return line.numbers == dim ||
                 (line.numbers > dim && ends_in_plain_number(line.fields, dim));
        }))
      return dim;
  }
  std::int64_t most = lines[0].numbers > 0 ? lines[0].numbers : counts.begin()->first;
  for (const auto& [dim, count] : counts)
    if (count > counts[most]) most = dim;
  if (lines[0].numbers < most && 2 * counts[most] < static_cast<std::int64_t>(lines.size()))
    return std::nullopt;
  return most;
}

}  // namespace

std::vector<std::string_view> blank_separated(std::string_view line) {
  std::vector<std::string_view> fields;
  for (std::size_t begin = line.find_first_not_of(kFieldEnds); begin != line.npos;) {
    const std::size_t end = std::min(line.find_first_of(kFieldEnds, begin), line.size());
    fields.push_back(line.substr(begin, end - begin));
    begin = line.find_first_not_of(kFieldEnds, end);
  }
  return fields;
}

const char* parse_float(const char* begin, const char* end, float& value) {
  if (begin != end && *begin == '+') ++begin;
  const auto [stop, status] = std::from_chars(begin, end, value);
  if (status == std::errc()) return stop;
  if (status != std::errc::result_out_of_range) return nullptr;
  // A number below the smallest float, such as 1e-60 from a program that computes in double, is
  // zero.
  const auto wide = parse_double({begin, static_cast<std::size_t>(stop - begin)});
  if (!wide) return nullptr;
  value = static_cast<float>(*wide);
  return stop;
}

bool is_number(std::string_view field) {
  float ignored = 0;
  return parse_float(field.data(), field.data() + field.size(), ignored) ==
         field.data() + field.size();
}

std::vector<std::string_view> deciding_lines(std::string_view text) {
  constexpr std::size_t kMostLines = 64, kMostBytes = std::size_t{1} << 22;
  std::vector<std::string_view> lines;
  for (std::size_t begin = 0;
       begin < text.size() && begin < kMostBytes && lines.size() < kMostLines;) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(without_line_end(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

std::optional<RowForm> row_form(const std::vector<std::string_view>& lines, std::int64_t dim) {
  if (lines.empty()) return std::nullopt;
  const std::vector<FieldsOfLine> fields(lines.begin(), lines.end());
  const std::int64_t after_tab = dim_after_tab(lines, fields);
  if (after_tab > 0 && (dim == 0 || dim == after_tab)) return RowForm{after_tab, true, dim > 0};
  if (dim > 0 && are_too_long(fields, dim)) return std::nullopt;
  const auto found = dim > 0 ? std::optional(dim) : fitting_dim(fields);
  if (!found) return std::nullopt;
  return RowForm{*found, false, dim > 0};
}

bool ends_in_plain_number(const std::vector<std::string_view>& fields, std::int64_t dim) {
  const auto numbers = fields.end() - dim;
  return is_digits(*(numbers - 1)) &&
         !std::all_of(numbers, fields.end(), [](auto field) { return parse_integer(field); });
}

bool are_rows_of_one_number(const std::vector<std::string_view>& lines) {
  return lines.size() > 1 && std::all_of(lines.begin(), lines.end(), [](std::string_view line) {
           const auto fields = blank_separated(line);
           return fields.size() == 2 && is_number(fields[1]);
         });
}

}  // namespace wordbridge
