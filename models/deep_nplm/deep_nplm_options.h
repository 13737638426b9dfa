#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "models/sequences/sequence_model_options.h"

namespace wordbridge {

/// Options of the deep NPLM of Sun and Iyyer (2021).
struct DeepNplmOptions : SequenceModelOptions {
  std::optional<std::int64_t> words;    // n - 1, concatenated
  std::optional<std::int64_t> distant;  // D, words before those; 0: no aggregates
  std::int64_t aggregates = 5;          // G
  std::optional<std::int64_t> mid;      // units of the first layer; 0: none
  bool residual = true, norm = true;

  /// The number of feature vectors that the first layer reads.
  std::int64_t blocks() const { return words.value() + (distant.value() > 0 ? aggregates : 0); }
  std::string section() const override { return "deep_nplm"; }
  FieldGroup describe() override;
  void validate(Problems& problems, const std::string& prefix) const override;

 protected:
  void choose_more(const std::string& prefix, ChosenSettings& chosen) override;
};

}  // namespace wordbridge
