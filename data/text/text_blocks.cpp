#include "data/text/text_blocks.h"

#include <algorithm>
#include <cstring>

#include "core/error.h"
#include "core/io/text_file.h"
#include "data/text/tokenizer.h"

namespace wordbridge {
namespace {

constexpr std::size_t kUsualBytes = 4 * TextBlocks::kBlockBytes;
constexpr std::size_t kNone = std::string_view::npos;

/// The last position at or after `from` at which `text` may be cut: after a line end, or, if there
/// is none, before a space between words. kNone if there is none.
std::size_t last_border(std::string_view text, std::size_t from) {
  const std::size_t newline = text.substr(from).rfind('\n');
  if (newline != kNone) return from + newline + 1;
  for (std::size_t i = text.size(); i-- > std::max<std::size_t>(from, 1);) {
    if (may_cut_before(text, i)) return i;
  }
  return kNone;
}

}  // namespace

/// Continues with the current document or opens the next one; returns false at the end.
bool TextBlocks::open_document() {
  if (open_) return true;
  open_ = source_.next(document_);
  offset_ = 0;
  line_ = 1;
  return open_;
}

/// Reads until the block has `size` bytes. Closes the document if it ends earlier.
bool TextBlocks::fill(TextBlock& block, std::size_t size) {
  if (block.bytes_.size() < size) block.bytes_.resize(size);
  const std::size_t wanted = size - std::min(size, block.size_);
  const std::size_t got = source_.read(block.bytes_.data() + block.size_, wanted);
  block.size_ += got;
  open_ = got == wanted;
  return open_;
}

void TextBlocks::add_piece(TextBlock& block, std::size_t begin, std::size_t end, bool last) {
  std::string_view text(block.bytes_.data() + begin, end - begin);
  if (offset_ == 0) {
    const std::size_t mark = text.size() - without_byte_order_mark(text).size();
    offset_ = mark;
    begin += mark;
    text.remove_prefix(mark);
  }
  block.pieces_.push_back({document_, begin, end, offset_, line_, last});
  offset_ += text.size();
  for (std::size_t i = text.find('\n'); i != kNone; i = text.find('\n', i + 1)) ++line_;
}

/// Extends a full block that consists of a single stretch until a border is found or the document
/// ends (kNone).
std::size_t TextBlocks::border_beyond(TextBlock& block, std::size_t begin) {
  while (true) {
    if (block.size_ - begin >= kLongestStretch) {
      throw Error("a line of the text is too long")
          .at("{}:{}", document_.name, line_)
          .expected("a line end or a space between words within {} MB", kLongestStretch >> 20)
          .got("none after byte {}", offset_)
          .hint("if this file is text, insert line ends");
    }
    const std::size_t from = block.size_ - 1;  // nothing followed a space there yet
    const bool more = fill(block, block.size_ + kBlockBytes);
    const std::string_view text(block.bytes_.data() + begin, block.size_ - begin);
    const std::size_t border = more ? last_border(text, from - begin) : kNone;
    if (!more || border != kNone) return border;
  }
}

bool TextBlocks::next(TextBlock& block) {
  if (block.bytes_.size() > kUsualBytes) block = {};
  block.pieces_.clear();
  block.size_ = carried_.size();
  if (block.bytes_.size() < block.size_) block.bytes_.resize(block.size_);
  std::copy(carried_.begin(), carried_.end(), block.bytes_.begin());
  carried_.clear();
  std::size_t begin = 0;  // of the current piece
  while (block.size_ < kBlockBytes || begin == 0) {
    if (!open_document()) break;
    std::size_t border = kNone;
    if (fill(block, kBlockBytes)) {
      border = last_border({block.bytes_.data() + begin, block.size_ - begin}, 0);
      // A stretch that does not end here begins the next block.
      if (border == kNone) border = begin > 0 ? 0 : border_beyond(block, begin);
    }
    if (open_) {
      const std::size_t end = begin + border;
      carried_.assign(block.bytes_.begin() + static_cast<std::ptrdiff_t>(end),
                      block.bytes_.begin() + static_cast<std::ptrdiff_t>(block.size_));
      if (end > begin) add_piece(block, begin, end, false);
      return true;
    }
    add_piece(block, begin, block.size_, true);
    begin = block.size_;
  }
  return !block.pieces_.empty();
}

}  // namespace wordbridge
