#pragma once

#include <cstdint>
#include <string>

#include "models/model_options.h"
#include "models/output/output_options.h"

namespace wordbridge {

/// Options of the log-bilinear language model (Mnih and Hinton 2007).
struct LblOptions : ModelOptions {
  std::int64_t n = 5;
  std::int64_t m = 30;
  bool tied = true;
  OutputOptions output;
  std::string export_vectors = "features";  // features, output

  FieldGroup describe() override;
  void validate(Problems& problems, const std::string& prefix) const override;
};

}  // namespace wordbridge
