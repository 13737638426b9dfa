#pragma once

#include <cstdint>
#include <string>

#include "core/config/fields.h"

namespace wordbridge {

/// Options of SampledSoftmax.
struct SampledSoftmaxOptions {
  enum class Proposal { unigram, log_uniform, uniform, bigram };

  static constexpr bool kHasWordRows = true;
  std::int64_t samples = 1000;  // sampled words per batch; bigram: per example
  Proposal proposal = Proposal::unigram;
  double power = 1.0;       // exponent, for unigram and within bigram
  double adaptation = 0.0;  // rate at which bigram adapts to the network

  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

}  // namespace wordbridge
