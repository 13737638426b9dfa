#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/model_options.h"

namespace wordbridge {

struct MixtureOptions : ModelOptions {
  enum class Weights { fixed, likelihood, bins };

  std::vector<std::string> components;
  Weights weights = Weights::likelihood;
  std::vector<double> fixed;
  std::int64_t bin_context = 2;
  std::int64_t em_iterations = 500;

  FieldGroup describe() override;
  void validate(Problems& problems, const std::string& prefix) const override;
};

}  // namespace wordbridge
