#pragma once

#include <cstdint>
#include <string>

#include "core/config/fields.h"

namespace wordbridge {

/// Options of SampledSoftmax.
struct SampledSoftmaxOptions {
  enum class Proposal { unigram, log_uniform, uniform, bigram };

  static constexpr bool kHasWordRows = true;
  std::int64_t samples = 1000;  // words drawn for a batch; bigram: for each example
  Proposal proposal = Proposal::unigram;
  double power = 1.0;       // of unigram, also within bigram
  double adaptation = 0.0;  // rate at which bigram follows the network

  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

}  // namespace wordbridge
