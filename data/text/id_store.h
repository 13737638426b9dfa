#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "core/io/file.h"
#include "core/shared_array.h"

namespace wordbridge {

/// The ids of a text as they are made, 4 bytes each: in a temporary file, so that the text may be
/// larger than the memory, or in memory.
class IdStore {
 public:
  /// In memory.
  IdStore() = default;
  /// In a file without a name, in this folder. Error if it can't be made. If the disk is full
  /// later, this is said, and memory is used.
  explicit IdStore(const std::filesystem::path& folder);

  std::int64_t size() const { return size_; }
  bool in_memory() const { return file_ == nullptr; }
  void append(const std::int32_t* ids, std::size_t count);
  /// The ids [begin, begin + count).
  void read(std::int64_t begin, std::int32_t* ids, std::size_t count) const;
  void write(std::int64_t begin, const std::int32_t* ids, std::size_t count);
  /// Keeps the first ones.
  void cut(std::int64_t size);
  /// All of them, mapped or taken over; the store is empty then.
  SharedArray<std::int32_t> take();

 private:
  void move_to_memory();

  std::unique_ptr<ScratchFile> file_;
  std::vector<std::int32_t> memory_;
  std::int64_t size_ = 0;
};

}  // namespace wordbridge
