#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wordbridge {

/// A row of a table with tab-separated columns.
struct TabRow {
  std::size_t line = 0;             // line number, from 1
  std::string_view text;            // trimmed
  std::vector<std::string> fields;  // trimmed
};

/// Rows of `content`, which must outlive them. Empty lines and lines that start with '#' are
/// skipped, as is the first row if it equals `header`.
std::vector<TabRow> tab_rows(std::string_view content, const std::vector<std::string>& header);

}  // namespace wordbridge
