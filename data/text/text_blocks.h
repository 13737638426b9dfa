#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/text/text_source.h"

namespace wordbridge {

/// Text of one or several documents, processed by one thread. No token crosses its borders.
class TextBlock {
 public:
  /// Part of one document: complete lines, or a part of a very long line that ends before a space.
  struct Piece {
    Document document;
    std::size_t begin, end;  // in the block
    std::uint64_t offset;    // of the first byte, in the document
    std::uint64_t line;      // number of the first line, in the document
    bool last;               // whether it is the document's last piece
  };

  const std::vector<Piece>& pieces() const { return pieces_; }
  std::size_t size() const { return size_; }
  std::string_view text(const Piece& piece) const {
    return {bytes_.data() + piece.begin, piece.end - piece.begin};
  }

 private:
  friend class TextBlocks;
  std::vector<char> bytes_;  // only the first size_ are valid
  std::size_t size_ = 0;
  std::vector<Piece> pieces_;
};

/// Splits the documents of a source into blocks. The borders depend on the text alone.
class TextBlocks {
 public:
  static constexpr std::size_t kBlockBytes = std::size_t{1} << 17;
  /// Maximum length of a stretch without a line end or a space between words. Such a stretch is
  /// held in memory completely.
  static constexpr std::size_t kLongestStretch = std::size_t{1} << 26;

  explicit TextBlocks(TextSource& source) : source_(source) {}
  /// Reads the next block and reuses its memory; returns false at the end. Error: those of the
  /// source, or a stretch longer than kLongestStretch.
  bool next(TextBlock& block);

 private:
  bool open_document();
  bool fill(TextBlock& block, std::size_t size);
  void add_piece(TextBlock& block, std::size_t begin, std::size_t end, bool last);
  std::size_t border_beyond(TextBlock& block, std::size_t begin);

  TextSource& source_;
  Document document_;
  bool open_ = false;          // whether the document continues
  std::uint64_t offset_ = 0;   // of the next byte, in the document
  std::uint64_t line_ = 1;     // line number of that byte
  std::vector<char> carried_;  // bytes read after the last block's border
};

}  // namespace wordbridge
