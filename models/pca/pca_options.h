#pragma once

#include <cstdint>
#include <optional>

#include "data/counts/count_options.h"
#include "models/model_options.h"

namespace wordbridge {

/// Principal component analysis of word-by-context counts X: rows are words.
struct PcaOptions : ModelOptions {
  enum class Transform { raw, log, sqrt, hellinger, ppmi };  // log: log(1 + x)
  static EnumNames<Transform> transform_names();
  enum class Solver { automatic, exact, randomized };

  std::int64_t dim = 100;
  CountOptions counts;
  Transform transform = Transform::ppmi;
  double ppmi_smoothing = 1.0;  // ppmi: exponent of the context counts (Levy et al. 2015: 0.75)
  double ppmi_shift = 1.0;      // ppmi: k of max(0, PMI - log k)
  bool center = true;           // subtract the column means (PCA); false: SVD of X
  std::optional<double> power;  // vectors U S^power: 0, 0.5 or 1; without a value: 1
  bool add_contexts = false;    // vectors (U + V) S^power: word vectors plus context vectors
  Solver solver = Solver::automatic;  // exact when min(rows, cols) <= exact_limit
  std::int64_t exact_limit = 1000;
  double tolerance = 1e-5;  // randomized: relative residual of each component

  FieldGroup describe() override;
  void choose(const TextSize& text, int effort, ChosenSettings& chosen) override;
  bool predicts_tokens() const override { return false; }
  const CountOptions* counted_contexts() const override { return &counts; }
  void validate(Problems& problems, const std::string& prefix) const override;
  void validate_files(Problems& problems, const std::string& prefix) const override;
};

}  // namespace wordbridge
