#pragma once

#include <cstdint>
#include <string>

#include "core/config/fields.h"
#include "models/sampling/noise.h"

namespace wordbridge {

/// Options of Nce.
struct NceOptions {
  static constexpr bool kHasWordRows = true;
  std::int64_t samples = 100;  // noise words per example
  Noise noise = Noise::unigram;
  double power = 1.0;  // exponent, for unigram
  bool shared = true;  // groups of examples share their noise words

  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

}  // namespace wordbridge
