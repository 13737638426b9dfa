#pragma once

#include <cstdint>
#include <memory>

#include "core/io/file.h"

namespace wordbridge {

/// A sequence of word ids whose n-grams are counted.
struct NgramStream {
  const std::int32_t* ids = nullptr;  // [size] in [0, types)
  std::int64_t size = 0, types = 0;
  /// Id at which histories end, as their farthest word; -1: none. A boundary also precedes the
  /// stream, as the only word of the first history; without one, the first history is empty.
  std::int32_t boundary = -1;
  std::shared_ptr<const MappedFile> file = nullptr;  // that `ids` are mapped from; null: in memory
};

}  // namespace wordbridge
