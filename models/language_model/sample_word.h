#pragma once

#include <cstdint>
#include <vector>

#include "core/rng.h"
#include "models/language_model/language_model.h"

namespace wordbridge {

/// How the next word of a generated text is drawn: from P^(1 / temperature), normalised over the
/// `top_k` most probable words (0: all). Temperature 0: always the most probable word.
struct SamplingOptions {
  double temperature = 1;
  std::int64_t top_k = 0;
};

/// Draws the word after `ids`, oldest first.
std::int32_t sample_word(const LanguageModel& model, const std::vector<std::int32_t>& ids,
                         const SamplingOptions& options, Rng& rng);

}  // namespace wordbridge
