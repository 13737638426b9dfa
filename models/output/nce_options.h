#pragma once

#include <cstdint>
#include <string>

#include "core/config/fields.h"
#include "models/sampling/noise.h"

namespace wordbridge {

/// Options of Nce.
struct NceOptions {
  static constexpr bool kHasWordRows = true;
  std::int64_t samples = 100;  // noise words for each example
  Noise noise = Noise::unigram;
  double power = 1.0;  // of unigram
  bool shared = true;  // groups of examples have the same noise words

  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

}  // namespace wordbridge
