#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "core/io/file.h"

namespace wordbridge {

/// Bytes of a mapped file, each piece of which has a SHA-256 that is verified when the piece is
/// used for the first time. So a large file can be opened without reading it. Thread-safe.
class VerifiedPieces {
 public:
  static constexpr std::size_t kPieceBytes = std::size_t{1} << 16;
  /// A further check of the bytes [begin, end), after their SHA-256 has been verified. Throws.
  using Check = std::function<void(std::size_t begin, std::size_t end)>;

  /// `data` [bytes] is within the file, and so are `digests`, one of 32 bytes for each piece.
  VerifiedPieces(std::shared_ptr<const MappedFile> file, const char* data, std::size_t bytes,
                 const char* digests);

  const char* data() const { return data_; }
  std::size_t size() const { return bytes_; }
  const std::shared_ptr<const MappedFile>& file() const { return file_; }
  /// To be called before anything is verified.
  void also_check(Check check) { check_ = std::move(check); }

  /// Verifies the pieces of the bytes [begin, end) that have not been verified before. Error if one
  /// is damaged. Runs in parallel if there are many.
  void verify(std::size_t begin, std::size_t end) const;
  /// The same for all, and releases their memory (MappedFile::release()).
  void verify_all() const;

 private:
  void verify_piece(std::size_t piece) const;

  std::shared_ptr<const MappedFile> file_;
  const char *data_, *digests_;
  std::size_t bytes_;
  Check check_;
  mutable std::vector<std::atomic<std::uint8_t>> is_verified_;
  mutable std::atomic<std::size_t> left_;  // pieces that are not verified
};

}  // namespace wordbridge
