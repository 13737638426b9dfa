#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "core/huge_pages.h"
#include "core/index.h"
#include "core/io/file.h"
#include "core/shared_array.h"

namespace wordbridge {

/// A large array while it is written: in memory, or in a temporary file without a name.
template <class T>
class ArrayBuilder {
 public:
  /// `folder` of the file; empty: in memory.
  explicit ArrayBuilder(const fs::path& folder) {
    if (!folder.empty()) file_ = std::make_unique<ScratchFile>(folder);
  }

  std::int64_t size() const { return size_; }

  /// Error if the disk is full.
  void push(T value) {
    pushed_.push_back(value);
    if (pushed_.size() == kPushed) flush();
  }
  /// Not after push().
  void append(const T* values, std::int64_t size) {
    if (file_) {
      file_->append(values, at(size) * sizeof(T));
    } else {
      reserve(size_ + size);
      copy(size_, values, size);
    }
    size_ += size;
  }
  void append(const std::vector<T>& values) {
    append(values.data(), static_cast<std::int64_t>(values.size()));
  }

  /// For write(); new entries are undefined until written.
  void resize(std::int64_t size) {
    if (file_) {
      file_->resize(at(size) * sizeof(T));
    } else {
      reserve(size);
    }
    size_ = size;
  }
  /// Writes [position, position + size), which must be within the array. Different parts may be
  /// written by different threads at the same time.
  void write(std::int64_t position, const T* values, std::int64_t size) {
    if (file_) {
      file_->write(at(position) * sizeof(T), values, at(size) * sizeof(T));
    } else {
      copy(position, values, size);
    }
  }

  /// The array, mapped if it is in a file; this object is empty afterwards.
  SharedArray<T> take() {
    flush();
    const auto size = std::exchange(size_, 0);
    if (size == 0) return {};
    if (file_) {
      const auto file = std::exchange(file_, nullptr)->map();
      return SharedArray<T>(file, reinterpret_cast<const T*>(file->data()), size);
    }
    const auto memory = std::make_shared<GrowingMemory>(std::exchange(memory_, {}));
    capacity_ = 0;
    return SharedArray<T>(memory, static_cast<const T*>(memory->data()), size);
  }

 private:
  static constexpr std::size_t kPushed = std::size_t{1} << 13;

  void flush() {
    append(pushed_);
    pushed_.clear();
  }
  void reserve(std::int64_t size) {
    if (size <= capacity_) return;
    const std::int64_t capacity = std::max(size, capacity_ + capacity_ / 2);
    memory_.grow(at(capacity) * sizeof(T));
    capacity_ = capacity;
  }
  void copy(std::int64_t position, const T* values, std::int64_t size) {
    if (size > 0)
      std::memcpy(static_cast<T*>(memory_.data()) + position, values, at(size) * sizeof(T));
  }

  std::unique_ptr<ScratchFile> file_;
  GrowingMemory memory_;
  std::int64_t size_ = 0, capacity_ = 0;
  std::vector<T> pushed_;  // not yet appended
};

/// Writes a part of an ArrayBuilder from front to back.
template <class T>
class ArrayPart {
 public:
  ArrayPart(ArrayBuilder<T>& array, std::int64_t begin) : array_(array), position_(begin) {
    values_.reserve(kValues);
  }
  void push(T value) {
    values_.push_back(value);
    if (values_.size() == kValues) flush();
  }
  /// To be called at the end.
  void flush() {
    array_.write(position_, values_.data(), static_cast<std::int64_t>(values_.size()));
    position_ += static_cast<std::int64_t>(values_.size());
    values_.clear();
  }

 private:
  static constexpr std::size_t kValues = std::size_t{1} << 13;
  ArrayBuilder<T>& array_;
  std::int64_t position_;
  std::vector<T> values_;
};

}  // namespace wordbridge
