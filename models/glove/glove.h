#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernels/glove_steps.h"
#include "kernels/simd/scratch.h"
#include "models/glove/count_tiles.h"
#include "models/glove/glove_options.h"
#include "models/streaming_model.h"

namespace wordbridge {

/// GloVe; see README.md. A step trains on one stratum: the tiles of each group of words with
/// another group of contexts. An epoch has as many strata as there are groups, each tile once.
class Glove : public StreamingModel {
 public:
  /// Vectors and biases are initialised uniformly in [-1/(2 dim), 1/(2 dim)), accumulators with 1.
  Glove(const GloveOptions& options, const Corpus& corpus, std::uint64_t seed);

  /// Counts co-occurrences. Error if all are 1, and those of open_counts().
  void prepare() override;
  std::int64_t dim() const override { return options_.dim.value(); }
  double epochs() const override { return options_.epochs.value(); }
  std::int64_t epoch_steps() const override { return groups_.groups(); }
  std::int64_t epoch_size() const override { return tiles_.size(); }
  std::string unit() const override { return "counts"; }
  std::int64_t log_steps() const override { return 0; }
  /// An example is a count greater than 0.
  StepResult train(std::int64_t step) override;
  std::vector<Array> arrays() override;
  std::string inputs() const override;
  EmbeddingTable vectors() const override;
  std::vector<std::pair<std::string, EmbeddingTable>> tables() const override;
  std::optional<EmbeddingTable> contexts() const override;
  std::string hint_without_examples() const override;
  double loss_at_zero() const override { return loss_at_zero_; }
  /// A bias changes by the whole difference in its first step, so early losses can be high.
  double divergence_factor() const override { return 100; }
  double estimated_bytes() const override;
  std::string summary() const override;

 private:
  EmbeddingTable table(GloveOptions::Vectors which) const;

  GloveOptions options_;
  const Corpus& corpus_;
  std::uint64_t seed_;
  GloveSettings settings_;
  TileGroups groups_;
  Scratch memory_[2];
  float *words_, *contexts_;  // [groups_.rows(), row size]
  CountTiles tiles_;
  mutable std::optional<std::string> inputs_;  // once they have been hashed
  double loss_at_zero_ = 0;
};

}  // namespace wordbridge
