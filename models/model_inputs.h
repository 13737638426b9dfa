#pragma once

#include <cstdint>
#include <vector>

#include "data/text/vocabulary.h"

namespace wordbridge {

/// The data from which a GradientModel is built, in addition to its options.
struct ModelInputs {
  const Vocabulary& vocabulary;
  /// Word counts in the training split [V]; the output bias can be initialised from them.
  const std::vector<std::int64_t>& counts;
  std::uint64_t seed;
  /// Ids of the training split, from which word classes and bigrams are learned; null when a
  /// trained model is loaded.
  const std::int32_t* train_ids = nullptr;
  std::int64_t train_size = 0;
};

}  // namespace wordbridge
