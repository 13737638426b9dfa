#include "core/text_table.h"

#include <algorithm>
#include <utility>

#include "core/text.h"

namespace wordbridge {
namespace {

/// Widths and alignments of a table's columns.
struct Columns {
  const TableStyle& style;
  std::vector<std::size_t> widths;

  bool is_left(std::size_t column) const {
    return column < style.left || (style.left_last && column + 1 == widths.size());
  }
  std::string padded(const std::string& cell, std::size_t column) const {
    if (style.markdown && !style.padded) return cell;
    const std::string padding(widths[column] - character_count(cell), ' ');
    return is_left(column) ? cell + padding : padding + cell;
  }
  std::string line(const TableRow& row) const {
    std::string line = style.markdown ? "|" : style.indent;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (style.markdown)
        line += (row[i].empty() && !style.padded ? "" : " " + padded(row[i], i)) + " |";
      else
        line += (i > 0 ? "  " : "") + padded(row[i], i);
    }
    if (!style.markdown) line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
  }
  /// The line below the header of a Markdown table.
  std::string rule() const {
    std::string line = "|";
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const std::size_t dashes = style.padded ? widths[i] + (is_left(i) ? 2 : 1) : 3;
      line += std::string(dashes, '-') + (is_left(i) ? "|" : ":|");
    }
    return line + "\n";
  }
};

}  // namespace

std::string table_text(std::vector<TableRow> rows, const TableStyle& style) {
  Columns columns{style, std::vector<std::size_t>(rows.front().size(), style.least_width)};
  for (auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (style.markdown) row[i] = markdown_cell(row[i]);
      columns.widths[i] = std::max(columns.widths[i], character_count(row[i]));
    }
  }
  std::string text = columns.line(rows.front());
  if (style.markdown) text += columns.rule();
  for (std::size_t i = 1; i < rows.size(); ++i) text += columns.line(rows[i]);
  return text;
}

void TextDocument::heading(const std::string& text) {
  if (!text_.empty()) text_ += "\n";
  text_ += markdown_ ? "## " + text + "\n\n" : text + "\n";
}

void TextDocument::table(std::vector<TableRow> rows, std::size_t left) {
  TableStyle style;
  style.markdown = markdown_;
  style.left = left;
  style.indent = "  ";
  text_ += table_text(std::move(rows), style);
}

void TextDocument::list(const std::vector<std::string>& items) {
  for (const auto& item : items) text_ += (markdown_ ? "- " : "  ") + item + "\n";
}

}  // namespace wordbridge
