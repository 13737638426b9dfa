#include "core/text_table.h"

#include <algorithm>
#include <utility>

#include "core/text.h"

namespace wordbridge {

void TextDocument::heading(const std::string& text) {
  if (!text_.empty()) text_ += "\n";
  text_ += markdown_ ? "## " + text + "\n\n" : text + "\n";
}

void TextDocument::table(std::vector<Row> rows, std::size_t left) {
  std::vector<std::size_t> widths(rows.front().size(), 3);
  for (auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (markdown_) row[i] = markdown_cell(row[i]);
      widths[i] = std::max(widths[i], character_count(row[i]));
    }
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    line(rows[r], widths, left);
    if (r > 0 || !markdown_) continue;
    for (std::size_t i = 0; i < widths.size(); ++i)
      text_ += i < left ? "|" + std::string(widths[i] + 2, '-')
                        : "|" + std::string(widths[i] + 1, '-') + ":";
    text_ += "|\n";
  }
}

void TextDocument::list(const Row& items) {
  for (const auto& item : items) text_ += (markdown_ ? "- " : "  ") + item + "\n";
}

void TextDocument::line(const Row& cells, const std::vector<std::size_t>& widths,
                        std::size_t left) {
  std::string line = markdown_ ? "| " : "  ";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += markdown_ ? " | " : "  ";
    const std::string padding(widths[i] - character_count(cells[i]), ' ');
    line += i < left ? cells[i] + padding : padding + cells[i];
  }
  if (!markdown_) line.erase(line.find_last_not_of(' ') + 1);
  text_ += line + (markdown_ ? " |\n" : "\n");
}

}  // namespace wordbridge
