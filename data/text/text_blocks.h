#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/text/text_source.h"

namespace wordbridge {

/// Some text of one or several documents, cut where no token is cut: what one thread works on.
class TextBlock {
 public:
  /// A part of one document: whole lines, or of an endless line a part that ends before a space.
  struct Piece {
    Document document;
    std::size_t begin, end;  // in the block
    std::uint64_t offset;    // of its first byte in the document
    std::uint64_t line;      // the number of its first line there
    bool last;               // of its document
  };

  const std::vector<Piece>& pieces() const { return pieces_; }
  std::size_t size() const { return size_; }
  std::string_view text(const Piece& piece) const {
    return {bytes_.data() + piece.begin, piece.end - piece.begin};
  }

 private:
  friend class TextBlocks;
  std::vector<char> bytes_;  // of which the first size_ count
  std::size_t size_ = 0;
  std::vector<Piece> pieces_;
};

/// Cuts the documents of a source into blocks, whose borders follow from the text alone.
class TextBlocks {
 public:
  static constexpr std::size_t kBlockBytes = std::size_t{1} << 17;
  /// A stretch without a line end or a space between words is held in memory whole, up to this.
  static constexpr std::size_t kLongestStretch = std::size_t{1} << 26;

  explicit TextBlocks(TextSource& source) : source_(source) {}
  /// The next block, whose memory is used again; false at the end. Error: the source's, or a longer
  /// stretch than that.
  bool next(TextBlock& block);

 private:
  bool open_document();
  bool fill(TextBlock& block, std::size_t size);
  void add_piece(TextBlock& block, std::size_t begin, std::size_t end, bool last);
  std::size_t border_beyond(TextBlock& block, std::size_t begin);

  TextSource& source_;
  Document document_;
  bool open_ = false;          // whether the document goes on
  std::uint64_t offset_ = 0;   // of what comes next in the document
  std::uint64_t line_ = 1;     // the number of its line
  std::vector<char> carried_;  // what was read behind the last block's border
};

}  // namespace wordbridge
