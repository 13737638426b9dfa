#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "data/corpus.h"
#include "data/embedding_table.h"
#include "models/model_options.h"

namespace wordbridge {

/// A model computed from the corpus at once. Deterministic in (corpus, options, seed).
class ClosedFormModel {
 public:
  virtual ~ClosedFormModel() = default;
  /// Computes the model; checks interrupted() between its stages and throws Interrupted.
  virtual void fit(const Corpus& corpus, std::uint64_t seed) = 0;
  /// Valid after fit(): words of the vocabulary and their vectors [V, dim].
  virtual EmbeddingTable vectors() const = 0;
  /// Scalars worth a line in metrics.jsonl (explained variance, ...), in a fixed order.
  virtual std::vector<std::pair<std::string, double>> metrics() const = 0;
  /// Rough need before fit(), bytes of memory.
  virtual double estimated_bytes(const Corpus& corpus) const = 0;
};

}  // namespace wordbridge
