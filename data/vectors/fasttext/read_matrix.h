#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/error.h"

/// Low-level reading of fastText models. For data/vectors/fasttext/*.cpp only.
namespace wordbridge {

constexpr std::string_view kFastTextMagic = "\xba\x16\x4f\x2f";
/// The newest version, which the program fastText 0.9.2 also writes.
constexpr std::int32_t kFastTextVersion = 12;
/// Stored in place of the number of remaining n-grams if the model is not pruned.
constexpr std::int64_t kFastTextNotPruned = -1;

/// Options as stored in the file: dimensions, window, epochs, minimum count of a word, negative
/// samples, length of word n-grams, loss, model, buckets, minimum and maximum length of a character
/// n-gram, words between updates of the learning rate; then the subsampling threshold.
struct FastTextOptions {
  std::array<std::int32_t, 12> numbers;
  double sampling;
};
static_assert(sizeof(FastTextOptions) == 56);

/// Reads a file from its start. Error with the byte if the file ends too early.
class FastTextCursor {
 public:
  FastTextCursor(std::string_view content, const std::string& name)
      : content_(content), name_(name) {}

  /// An error at the current position in this file.
  Error error(const std::string& what) const;
  std::size_t left() const { return content_.size() - at_; }
  /// Whether `count` items of at least `bytes` bytes each could follow.
  bool could_hold(std::int64_t count, std::int64_t bytes) const {
    return count >= 0 &&
           static_cast<std::uint64_t>(count) <= left() / static_cast<std::size_t>(bytes);
  }
  std::string_view read_bytes(std::size_t size);
  /// Text terminated by a zero byte.
  std::string_view read_text();
  template <class T>
  T read() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    std::memcpy(&value, read_bytes(sizeof value).data(), sizeof value);
    return value;
  }
  /// A byte that is 0 or 1.
  bool read_flag();

 private:
  std::string_view content_;
  std::size_t at_ = 0;
  const std::string& name_;
};

/// A matrix whose rows stay in the file.
class FastTextMatrix {
 public:
  virtual ~FastTextMatrix() = default;
  std::int64_t rows() const { return rows_; }
  std::int64_t dim() const { return dim_; }
  /// Adds row `index` to `sum` [dim].
  virtual void add_row(std::int64_t index, float* sum) const = 0;

 protected:
  FastTextMatrix(std::int64_t rows, std::int64_t dim) : rows_(rows), dim_(dim) {}
  std::int64_t rows_, dim_;
};

/// Each reads a matrix from the file. Error if its size is invalid or the file is truncated.
std::unique_ptr<const FastTextMatrix> read_dense_matrix(FastTextCursor& cursor);
/// A product-quantised matrix (Joulin et al. 2016, FastText.zip): for each group of columns of a
/// row, the nearest of 256 centroids; if norms are quantised separately, the same for the row's
/// norm.
std::unique_ptr<const FastTextMatrix> read_quantised_matrix(FastTextCursor& cursor);

}  // namespace wordbridge
