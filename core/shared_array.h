#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace wordbridge {

/// Immutable array, backed by a vector that it owns or by a mapped file. Copies share the data.
template <class T>
class SharedArray {
 public:
  SharedArray() = default;
  explicit SharedArray(std::vector<T> values) {
    const auto owned = std::make_shared<const std::vector<T>>(std::move(values));
    data_ = owned->data();
    size_ = static_cast<std::int64_t>(owned->size());
    keeper_ = owned;
  }
  /// `keeper` keeps the data alive.
  SharedArray(std::shared_ptr<const void> keeper, const T* data, std::int64_t size)
      : keeper_(std::move(keeper)), data_(data), size_(size) {}

  const T* data() const { return data_; }
  std::int64_t size() const { return size_; }
  const T& operator[](std::int64_t i) const { return data_[i]; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }

 private:
  std::shared_ptr<const void> keeper_;
  const T* data_ = nullptr;
  std::int64_t size_ = 0;
};

}  // namespace wordbridge
