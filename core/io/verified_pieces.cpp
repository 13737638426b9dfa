#include "core/io/verified_pieces.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/error.h"
#include "core/io/hash.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

constexpr std::size_t kPiecesPerBlock = 16;  // of work

}  // namespace

VerifiedPieces::VerifiedPieces(std::shared_ptr<const MappedFile> file, const char* data,
                               std::size_t bytes, const char* digests)
    : file_(std::move(file)),
      data_(data),
      digests_(digests),
      bytes_(bytes),
      is_verified_((bytes + kPieceBytes - 1) / kPieceBytes),
      left_(is_verified_.size()) {}

void VerifiedPieces::verify_piece(std::size_t piece) const {
  if (is_verified_[piece].load(std::memory_order_acquire) != 0) return;
  const std::size_t begin = piece * kPieceBytes, end = std::min(bytes_, begin + kPieceBytes);
  const auto digest = Sha256().update(data_ + begin, end - begin).digest();
  if (std::memcmp(digest.data(), digests_ + piece * digest.size(), digest.size()) != 0)
    throw Error("the file is damaged: its content does not match its checksum")
        .at("{}: bytes {} to {}", file_->path().string(),
            data_ - file_->data() + static_cast<std::ptrdiff_t>(begin),
            data_ - file_->data() + static_cast<std::ptrdiff_t>(end) - 1);
  if (check_) check_(begin, end);
  if (is_verified_[piece].exchange(1, std::memory_order_acq_rel) == 0) --left_;
}

void VerifiedPieces::verify(std::size_t begin, std::size_t end) const {
  WB_ASSERT(begin <= end && end <= bytes_);
  if (begin == end || left_ == 0) return;
  const std::size_t first = begin / kPieceBytes, last = (end - 1) / kPieceBytes;
  if (last - first < kPiecesPerBlock) {
    for (std::size_t piece = first; piece <= last; ++piece) verify_piece(piece);
    return;
  }
  for_each_range(static_cast<std::int64_t>(last - first + 1), kPiecesPerBlock,
                 [&](std::int64_t from, std::int64_t to) {
                   for (auto i = static_cast<std::size_t>(from); i < static_cast<std::size_t>(to);
                        ++i)
                     verify_piece(first + i);
                 });
}

void VerifiedPieces::verify_all() const {
  constexpr std::size_t kReleased = std::size_t{1} << 25;
  for (std::size_t begin = 0; begin < bytes_ && left_ > 0; begin += kReleased) {
    const std::size_t end = std::min(bytes_, begin + kReleased);
    verify(begin, end);
    file_->release(data_ + begin, end - begin);
  }
}

}  // namespace wordbridge
