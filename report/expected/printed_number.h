#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wordbridge {

/// A number as it is printed in prose or in a table: "-1,234.50", "0.29", "8e-7".
struct PrintedNumber {
  double value = 0;
  double unit = 1;                 // of its last digit: 0.01 for "0.29", 1 for "1,234"
  std::size_t begin = 0, end = 0;  // bytes of the text
};

/// The number that begins at `position`; nothing if there is none, as in the middle of a word or of
/// another number. A sign (also U+2212) belongs to it, thousands are separated by commas.
std::optional<PrintedNumber> printed_number_at(std::string_view text, std::size_t position);
/// All numbers in [begin, end) that are not part of a word ("MLP9", "3CosAdd", `seed-1`).
std::vector<PrintedNumber> printed_numbers(std::string_view text, std::size_t begin,
                                           std::size_t end);

/// Whether the number is `expected`, rounded to the digits that are printed. A tie may be rounded
/// up or down. `tolerance`: what they may differ in addition.
bool is_rounded(const PrintedNumber& number, double expected, double tolerance = 0);
/// `expected` with the digits of `number`, for messages.
std::string rounded_like(const PrintedNumber& number, double expected);

}  // namespace wordbridge
