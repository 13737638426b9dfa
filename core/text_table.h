#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace wordbridge {

using TableRow = std::vector<std::string>;

/// How a table is written.
struct TableStyle {
  bool markdown = false;
  std::size_t left = 1;         // columns aligned to the left; the others are aligned to the right
  bool left_last = false;       // the last column is aligned to the left too
  bool padded = true;           // cells of Markdown are padded to the width of their column
  std::size_t least_width = 3;  // of a padded column, in characters
  std::string indent = {};      // of each line of text
};

/// Rows of equal length, the first of which is the header, as aligned text or as a Markdown table
/// (cells are escaped). Each line ends with a newline, lines of text without trailing spaces.
std::string table_text(std::vector<TableRow> rows, const TableStyle& style);

/// Headings, tables and lists, one after the other: aligned text or Markdown.
class TextDocument {
 public:
  explicit TextDocument(bool markdown) : markdown_(markdown) {}

  void heading(const std::string& text);
  /// The first row is the header; the first `left` columns are aligned to the left.
  void table(std::vector<TableRow> rows, std::size_t left);
  void list(const std::vector<std::string>& items);
  const std::string& text() const { return text_; }

 private:
  bool markdown_;
  std::string text_;
};

}  // namespace wordbridge
