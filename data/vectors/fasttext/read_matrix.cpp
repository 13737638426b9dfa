#include "data/vectors/fasttext/read_matrix.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "core/index.h"
#include "data/vectors/parsed_vectors.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kCentroids = 256;

class DenseMatrix : public FastTextMatrix {
 public:
  DenseMatrix(std::int64_t rows, std::int64_t dim, std::string_view bytes)
      : FastTextMatrix(rows, dim), bytes_(bytes.data()) {}

  void add_row(std::int64_t index, float* sum) const override {
    // The address may not be a multiple of four.
    const char* const from = bytes_ + index * dim_ * static_cast<std::int64_t>(sizeof(float));
    for (std::int64_t i = 0; i < dim_; ++i) {
      float value = 0;
      std::memcpy(&value, from + i * static_cast<std::int64_t>(sizeof(float)), sizeof value);
      sum[i] += value;
    }
  }

 private:
  const char* bytes_;
};

/// Centroids of each part of a row. All parts have `part` columns, except the last, which has
/// `last`.
struct Codebook {
  std::int64_t dim = 0, parts = 0, part = 0, last = 0;
  std::vector<float> centroids;

  explicit Codebook(FastTextCursor& cursor) {
    dim = cursor.read<std::int32_t>();
    parts = cursor.read<std::int32_t>();
    part = cursor.read<std::int32_t>();
    last = cursor.read<std::int32_t>();
    if (dim < 1 || parts < 1 || part < 1 || last < 1 || last > part ||
        dim != (parts - 1) * part + last)
      throw cursor.error("invalid quantiser in the fastText model")
          .got("{} columns in {} parts of {}, the last of {}", dim, parts, part, last);
    const std::string_view bytes =
        cursor.read_bytes(static_cast<std::size_t>(dim * kCentroids) * sizeof(float));
    centroids.resize(bytes.size() / sizeof(float));
    std::memcpy(centroids.data(), bytes.data(), bytes.size());
    if (first_not_finite(centroids.data(), dim * kCentroids) >= 0)
      throw cursor.error("the quantiser of the fastText model contains NaN or infinity");
  }

  const float* centroid(std::int64_t which, std::uint8_t code) const {
    const std::int64_t width = which == parts - 1 ? last : part;
    return centroids.data() + which * kCentroids * part + code * width;
  }
};

class QuantisedMatrix : public FastTextMatrix {
 public:
  explicit QuantisedMatrix(FastTextCursor& cursor) : FastTextMatrix(0, 0) {
    const bool norms_apart = cursor.read_flag();
    rows_ = cursor.read<std::int64_t>();
    dim_ = cursor.read<std::int64_t>();
    const auto size = cursor.read<std::int32_t>();
    if (size < 0) throw cursor.error("invalid matrix in the fastText model").got("{} codes", size);
    codes_ = cursor.read_bytes(static_cast<std::size_t>(size));
    values_ = std::make_unique<const Codebook>(cursor);
    if (rows_ < 1 || rows_ > size || dim_ != values_->dim || rows_ * values_->parts != size)
      throw cursor.error("invalid matrix in the fastText model")
          .got("{} x {} numbers as {} codes, {} per row", rows_, dim_, size, values_->parts);
    if (!norms_apart) return;
    norm_codes_ = cursor.read_bytes(static_cast<std::size_t>(rows_));
    norms_ = std::make_unique<const Codebook>(cursor);
  }

  void add_row(std::int64_t index, float* sum) const override {
    const auto code_at = [](std::string_view codes, std::int64_t i) {
      return static_cast<std::uint8_t>(codes[at(i)]);
    };
    const float norm = norms_ ? *norms_->centroid(0, code_at(norm_codes_, index)) : 1.0F;
    for (std::int64_t p = 0; p < values_->parts; ++p) {
      const float* const from = values_->centroid(p, code_at(codes_, index * values_->parts + p));
      const std::int64_t width = p == values_->parts - 1 ? values_->last : values_->part;
      for (std::int64_t i = 0; i < width; ++i) sum[p * values_->part + i] += norm * from[i];
    }
  }

 private:
  std::string_view codes_, norm_codes_;
  std::unique_ptr<const Codebook> values_, norms_;
};

}  // namespace

Error FastTextCursor::error(const std::string& what) const {
  return Error(what).at("{}: byte {}", name_, at_);
}

std::string_view FastTextCursor::read_bytes(std::size_t size) {
  if (size > left())
    throw error("the vector file is truncated")
        .expected("{} more bytes of the fastText model", size)
        .got("{}", left());
  at_ += size;
  return content_.substr(at_ - size, size);
}

std::string_view FastTextCursor::read_text() {
  const std::size_t end = content_.find('\0', at_);
  if (end == content_.npos)
    throw error("the vector file is truncated")
        .expected("the end of a word")
        .got("the end of the file");
  const std::string_view text = content_.substr(at_, end - at_);
  at_ = end + 1;
  return text;
}

bool FastTextCursor::read_flag() {
  const auto byte = read<std::uint8_t>();
  if (byte > 1)
    throw error("invalid flag in the fastText model")
        .expected("0 or 1: whether a matrix is quantised")
        .got("{}", byte);
  return byte == 1;
}

std::unique_ptr<const FastTextMatrix> read_dense_matrix(FastTextCursor& cursor) {
  const auto rows = cursor.read<std::int64_t>(), dim = cursor.read<std::int64_t>();
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 8;
  if (rows < 0 || dim < 1 || rows > kMost / dim)
    throw cursor.error("invalid matrix in the fastText model").got("{} x {}", rows, dim);
  const std::string_view bytes =
      cursor.read_bytes(static_cast<std::size_t>(rows * dim) * sizeof(float));
  return std::make_unique<const DenseMatrix>(rows, dim, bytes);
}

std::unique_ptr<const FastTextMatrix> read_quantised_matrix(FastTextCursor& cursor) {
  return std::make_unique<const QuantisedMatrix>(cursor);
}

}  // namespace wordbridge
