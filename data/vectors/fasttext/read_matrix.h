#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/error.h"

/// The form of fastText's models. For data/vector_files_fasttext*.cpp only.
namespace wordbridge {

constexpr std::string_view kFastTextMagic = "\xba\x16\x4f\x2f";
/// The newest version; the program 0.9.2 writes it too.
constexpr std::int32_t kFastTextVersion = 12;
/// In place of the number of n-grams that pruning has left.
constexpr std::int64_t kFastTextNotPruned = -1;

/// The options as they stand in the file: dimensions, window, epochs, least count of a word,
/// negative samples, length of n-grams of words, loss, model, buckets, least and most characters of
/// an n-gram, words between changes of the learning rate; then the threshold of subsampling.
struct FastTextOptions {
  std::array<std::int32_t, 12> numbers;
  double sampling;
};
static_assert(sizeof(FastTextOptions) == 56);

/// Goes through a file from its start; what ends too early is an Error with the byte.
class FastTextCursor {
 public:
  FastTextCursor(std::string_view content, const std::string& name)
      : content_(content), name_(name) {}

  /// An error of this file, here.
  Error error(const std::string& what) const;
  std::size_t left() const { return content_.size() - at_; }
  /// Whether `count` things of `bytes` bytes or more could still come.
  bool could_hold(std::int64_t count, std::int64_t bytes) const {
    return count >= 0 &&
           static_cast<std::uint64_t>(count) <= left() / static_cast<std::size_t>(bytes);
  }
  std::string_view read_bytes(std::size_t size);
  /// Text that ends with a zero byte.
  std::string_view read_text();
  template <class T>
  T read() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    std::memcpy(&value, read_bytes(sizeof value).data(), sizeof value);
    return value;
  }
  /// A byte 0 or 1.
  bool read_flag();

 private:
  std::string_view content_;
  std::size_t at_ = 0;
  const std::string& name_;
};

/// The rows stay in the file.
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

/// Each takes a matrix from the file. Error if its size can't be right or it is cut short.
std::unique_ptr<const FastTextMatrix> read_dense_matrix(FastTextCursor& cursor);
/// A product quantiser's (Joulin et al. 2016, FastText.zip): of each few columns of a row, which of
/// 256 centroids they are nearest to; where norms are apart, the same of the row's norm.
std::unique_ptr<const FastTextMatrix> read_quantised_matrix(FastTextCursor& cursor);

}  // namespace wordbridge
