#pragma once

#include <cstdint>
#include <optional>

#include "models/model_options.h"
#include "models/output/output_options.h"
#include "models/sequences/sequence_options.h"

namespace wordbridge {

/// Options of the deep NPLM of Sun and Iyyer (2021).
struct DeepNplmOptions : ModelOptions {
  enum class Vectors { features, output };

  std::optional<std::int64_t> dim;      // d, width of all layers
  std::optional<std::int64_t> layers;   // L, with the first
  std::optional<std::int64_t> words;    // n - 1, concatenated
  std::optional<std::int64_t> distant;  // D, words before those; 0: no aggregates
  std::int64_t aggregates = 5;          // G
  std::optional<std::int64_t> mid;      // units of the first layer; 0: none
  std::int64_t hidden = 0;              // units of the other layers; 0: 4 d
  bool residual = true, norm = true;
  std::optional<double> dropout;  // without a value: 0
  bool tied = true;               // weight tying: U = C
  SequenceOptions sequences;
  OutputOptions output;
  Vectors export_vectors = Vectors::features;

  std::int64_t hidden_units() const { return hidden > 0 ? hidden : 4 * dim.value(); }
  /// The number of feature vectors that the first layer reads.
  std::int64_t blocks() const { return words.value() + (distant.value() > 0 ? aggregates : 0); }
  FieldGroup describe() override;
  void choose(const TextSize& text, int effort, ChosenSettings& chosen) override;
  void validate(Problems& problems, const std::string& prefix) const override;
};

}  // namespace wordbridge
