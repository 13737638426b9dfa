#pragma once

#include <cstdint>
#include <optional>

#include "models/model_options.h"
#include "models/output/output_options.h"
#include "models/sequences/sequence_options.h"

namespace wordbridge {

/// Options of the Transformer language model.
struct TransformerOptions : ModelOptions {
  enum class Positions { learned, sinusoidal, rotary, none };
  enum class FirstLayer { attention, window, words };
  enum class Vectors { features, output };

  std::optional<std::int64_t> dim;     // d, width of all layers
  std::optional<std::int64_t> layers;  // L
  std::int64_t heads = 4;
  std::int64_t hidden = 0;  // units of the feed-forward layers; 0: 4 d
  Positions positions = Positions::learned;
  std::int64_t window = 0;  // words that a word attends to, itself included; 0: all before it
  FirstLayer first_layer = FirstLayer::attention;
  std::int64_t first_words = 5;   // read by a first layer of kind window or words
  std::optional<double> dropout;  // without a value: 0
  bool tied = true;               // weight tying: U = C
  SequenceOptions sequences;
  OutputOptions output;
  Vectors export_vectors = Vectors::features;

  std::int64_t hidden_units() const { return hidden > 0 ? hidden : 4 * dim.value(); }
  FieldGroup describe() override;
  void choose(const TextSize& text, int effort, ChosenSettings& chosen) override;
  void validate(Problems& problems, const std::string& prefix) const override;
};

}  // namespace wordbridge
