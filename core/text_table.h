#pragma once

#include <string>
#include <vector>

namespace wordbridge {

/// Headings, tables and lists, one after the other: aligned text or Markdown.
class TextDocument {
 public:
  using Row = std::vector<std::string>;
  explicit TextDocument(bool markdown) : markdown_(markdown) {}

  void heading(const std::string& text);
  /// The first row is the header; the first `left` columns stand to the left.
  void table(std::vector<Row> rows, std::size_t left);
  void list(const Row& items);
  const std::string& text() const { return text_; }

 private:
  void line(const Row& cells, const std::vector<std::size_t>& widths, std::size_t left);

  bool markdown_;
  std::string text_;
};

}  // namespace wordbridge
