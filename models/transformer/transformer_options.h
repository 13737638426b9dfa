#pragma once

#include <cstdint>
#include <string>

#include "models/sequences/sequence_model_options.h"

namespace wordbridge {

/// Options of the Transformer language model.
struct TransformerOptions : SequenceModelOptions {
  enum class Positions { learned, sinusoidal, rotary, none };
  enum class FirstLayer { attention, window, words };

  std::int64_t heads = 4;
  Positions positions = Positions::learned;
  std::int64_t window = 0;  // words that a word attends to, itself included; 0: all before it
  FirstLayer first_layer = FirstLayer::attention;
  std::int64_t first_words = 5;  // read by a first layer of kind window or words

  std::string section() const override { return "transformer"; }
  FieldGroup describe() override;
  void validate(Problems& problems, const std::string& prefix) const override;
};

}  // namespace wordbridge
