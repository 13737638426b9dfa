#pragma once

#include <cstdint>

#include "models/model_options.h"

namespace wordbridge {

struct CacheOptions : ModelOptions {
  std::int64_t order = 1;
  std::int64_t window = 2000;
  double decay = 0.995;
  double prior = 1;

  FieldGroup describe() override;
  void validate(Problems&, const std::string&) const override {}
};

}  // namespace wordbridge
