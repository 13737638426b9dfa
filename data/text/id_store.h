#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "core/io/file.h"
#include "core/shared_array.h"

namespace wordbridge {

/// Ids of a corpus while it is encoded, 4 bytes each. They are stored in memory or in a temporary
/// file; with a file, the corpus may be larger than memory.
class IdStore {
 public:
  /// Stores the ids in memory.
  IdStore() = default;
  /// Stores the ids in an unnamed file in `folder`. Error if it can't be created. If the disk is
  /// full later, logs a warning and continues in memory.
  explicit IdStore(const std::filesystem::path& folder);

  std::int64_t size() const { return size_; }
  bool in_memory() const { return file_ == nullptr; }
  void append(const std::int32_t* ids, std::size_t count);
  /// Copies the ids [begin, begin + count) to `ids`.
  void read(std::int64_t begin, std::int32_t* ids, std::size_t count) const;
  void write(std::int64_t begin, const std::int32_t* ids, std::size_t count);
  /// Keeps the first `size` ids.
  void cut(std::int64_t size);
  /// Returns all ids, mapped or moved, and leaves the store empty.
  SharedArray<std::int32_t> take();

 private:
  void move_to_memory();

  std::unique_ptr<ScratchFile> file_;
  std::vector<std::int32_t> memory_;
  std::int64_t size_ = 0;
};

}  // namespace wordbridge
