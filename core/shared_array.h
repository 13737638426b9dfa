#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/index.h"
#include "core/io/file.h"

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
  SharedArray(const std::shared_ptr<const MappedFile>& file, const T* data, std::int64_t size)
      : keeper_(file), file_(file), data_(data), size_(size) {}

  const T* data() const { return data_; }
  std::int64_t size() const { return size_; }
  const T& operator[](std::int64_t i) const { return data_[i]; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }

  const std::shared_ptr<const void>& keeper() const { return keeper_; }
  /// The file that the data is mapped from; null: in memory.
  const std::shared_ptr<const MappedFile>& file() const { return file_; }
  /// Releases the memory of a part that has been read, if it is mapped: see MappedFile::release().
  void release(std::int64_t begin, std::int64_t end) const {
    if (file_ && begin < end) file_->release(data_ + begin, at(end - begin) * sizeof(T));
  }
  void release() const { release(0, size_); }

 private:
  std::shared_ptr<const void> keeper_;
  std::shared_ptr<const MappedFile> file_;
  const T* data_ = nullptr;
  std::int64_t size_ = 0;
};

}  // namespace wordbridge
