#include "eval/benchmarks/tab_rows.h"

#include <utility>

#include "core/text.h"

namespace wordbridge {

std::vector<TabRow> tab_rows(std::string_view content, const std::vector<std::string>& header) {
  std::vector<TabRow> rows;
  std::size_t line = 0;
  bool is_first = true;
  for (const auto raw : split(content, '\n')) {
    ++line;
    TabRow row{line, trimmed(raw), {}};
    if (row.text.empty() || row.text.front() == '#') continue;
    for (const auto field : split(row.text, '\t')) row.fields.emplace_back(trimmed(field));
    if (!std::exchange(is_first, false) || row.fields != header) rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace wordbridge
