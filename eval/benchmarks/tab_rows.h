#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wordbridge {

/// A line of a table whose columns are parted by tabs.
struct TabRow {
  std::size_t line = 0;             // from 1
  std::string_view text;            // trimmed
  std::vector<std::string> fields;  // trimmed
};

/// The rows of `content`, which must outlive them; empty lines and lines that start with '#' are
/// skipped, and so is the first row if it is `header`.
std::vector<TabRow> tab_rows(std::string_view content, const std::vector<std::string>& header);

}  // namespace wordbridge
