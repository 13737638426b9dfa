#pragma once

#include <cstdint>
#include <optional>

#include "data/counts/count_options.h"
#include "models/model_options.h"

namespace wordbridge {

/// GloVe (Pennington, Socher and Manning 2014).
struct GloveOptions : ModelOptions {
  enum class Vectors { words, contexts, sum };
  static const EnumNames<Vectors>& vector_kinds();

  GloveOptions();  // the window of the paper

  std::optional<std::int64_t> dim;
  CountOptions counts;
  double x_max = 10;
  double alpha = 0.75;
  Vectors export_vectors = Vectors::sum;
  bool keep_contexts = false;

  FieldGroup describe() override;
  bool predicts_tokens() const override { return false; }
  const CountOptions* counted_contexts() const override { return &counts; }
  void choose(const TextSize& text, int effort, ChosenSettings& chosen) override;
  Efforts efforts() const override { return {0, 1}; }
  void validate(Problems& problems, const std::string& prefix) const override;
  void validate_files(Problems& problems, const std::string& prefix) const override;
};

}  // namespace wordbridge
