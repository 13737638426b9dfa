#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace wordbridge {

using TableRow = std::vector<std::string>;

/// Format of a table.
struct TableStyle {
  bool markdown = false;
  std::size_t left = 1;         // number of left-aligned columns; the others are right-aligned
  bool left_last = false;       // left-align the last column too
  bool padded = true;           // pad Markdown cells to the width of their column
  std::size_t least_width = 3;  // minimum width of a padded column, in characters
  std::string indent = {};      // prefix of each line of a text table
};

/// Formats rows of equal length, the first of which is the header, as aligned text or as a Markdown
/// table (cells are escaped). Each line ends with a newline; text lines have no trailing spaces.
std::string table_text(std::vector<TableRow> rows, const TableStyle& style);

/// A document of headings, tables and lists, as aligned text or Markdown.
class TextDocument {
 public:
  explicit TextDocument(bool markdown) : markdown_(markdown) {}

  void heading(const std::string& text);
  /// The first row is the header; the first `left` columns are left-aligned.
  void table(std::vector<TableRow> rows, std::size_t left);
  void list(const std::vector<std::string>& items);
  const std::string& text() const { return text_; }

 private:
  bool markdown_;
  std::string text_;
};

}  // namespace wordbridge
