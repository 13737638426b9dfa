#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "data/corpus/corpus.h"

namespace wordbridge {

/// A sequence of ids with the start positions of its documents.
struct IdStream {
  const std::int32_t* ids = nullptr;  // [tokens] in [0, types)
  std::int64_t tokens = 0, types = 0;
  std::vector<std::int64_t> documents = {0};         // ascending, first 0, each below `tokens`
  std::shared_ptr<const MappedFile> file = nullptr;  // that `ids` are mapped from; null: in memory
};

/// The training split. A document that crosses the split's border contributes the part inside the
/// split.
IdStream training_stream(const Corpus& corpus);

}  // namespace wordbridge
