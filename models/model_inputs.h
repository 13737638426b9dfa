#pragma once

#include <cstdint>
#include <vector>

#include "data/text/vocabulary.h"

namespace wordbridge {

/// The data that a model trained by gradients is built from, besides its options.
struct ModelInputs {
  const Vocabulary& vocabulary;
  /// Occurrences in the training split [V]; the output bias may start from them.
  const std::vector<std::int64_t>& counts;
  std::uint64_t seed;
  /// The training split's ids, for what is learned from them (word classes, bigrams); null where
  /// a trained model is loaded.
  const std::int32_t* train_ids = nullptr;
  std::int64_t train_size = 0;
};

}  // namespace wordbridge
