#pragma once

#include <string>

#include "models/sequences/sequence_model_options.h"

namespace wordbridge {

/// Options of the LSTM language model.
struct LstmOptions : SequenceModelOptions {
  LstmOptions();

  std::string section() const override { return "lstm"; }
  bool has_state() const override { return true; }
  FieldGroup describe() override;
  void choose(const TextSize& text, int effort, ChosenSettings& chosen) override;
};

}  // namespace wordbridge
