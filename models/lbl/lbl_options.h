#pragma once

#include <cstdint>
#include <optional>

#include "models/model_options.h"
#include "models/output/output_options.h"

namespace wordbridge {

/// Options of the log-bilinear language model (Mnih and Hinton 2007).
struct LblOptions : ModelOptions {
  enum class Vectors { features, output };

  std::int64_t n = 5;
  std::optional<std::int64_t> dim;  // m, features per word
  bool tied = true;
  OutputOptions output;
  Vectors export_vectors = Vectors::features;

  FieldGroup describe() override;
  void choose(const TextSize& text, int effort, ChosenSettings& chosen) override;
  void validate(Problems& problems, const std::string& prefix) const override;
};

}  // namespace wordbridge
