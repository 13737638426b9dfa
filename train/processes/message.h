#pragma once

#include <cstdint>
#include <cstring>
#include <string>

#include "core/error.h"

namespace wordbridge {

/// Writes numbers into the bytes that one process sends to the others.
class MessageWriter {
 public:
  template <class T>
  void add(const T& value) {
    add(&value, 1);
  }
  template <class T>
  void add(const T* values, std::int64_t count) {
    bytes_.append(reinterpret_cast<const char*>(values),
                  static_cast<std::size_t>(count) * sizeof(T));
  }
  void reserve(std::size_t bytes) { bytes_.reserve(bytes); }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// Reads what a MessageWriter has written, in the same order. The bytes must outlive it.
class MessageReader {
 public:
  explicit MessageReader(const std::string& bytes) : bytes_(bytes) {}
  template <class T>
  T value() {
    T result;
    read(&result, 1);
    return result;
  }
  template <class T>
  void read(T* values, std::int64_t count) {
    const auto size = static_cast<std::size_t>(count) * sizeof(T);
    WB_ASSERT(at_ + size <= bytes_.size(), "message of another process too short");
    std::memcpy(values, bytes_.data() + at_, size);
    at_ += size;
  }

 private:
  const std::string& bytes_;
  std::size_t at_ = 0;
};

}  // namespace wordbridge
