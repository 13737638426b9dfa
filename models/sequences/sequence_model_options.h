#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "models/layers/feature_options.h"
#include "models/model_options.h"
#include "models/output/output_options.h"
#include "models/sequences/sequence_options.h"

namespace wordbridge {

/// What the language models that read sequences have in common.
struct SequenceModelOptions : ModelOptions {
  enum class Vectors { features, output, contexts };
  enum class Precision { float32, bfloat16 };

  std::optional<std::int64_t> dim;     // d, width of all layers
  std::optional<std::int64_t> layers;  // L
  std::int64_t hidden = 0;             // units of a feed-forward layer; 0: 4 d
  std::optional<double> dropout;       // without a value: 0
  bool tied = true;                    // weight tying: U = C
  Precision precision = Precision::float32;
  SequenceOptions sequences;
  FeatureOptions features{0.02, FeatureOptions::Norms::scaled};  // C
  OutputOptions output;
  Vectors export_vectors = Vectors::features;
  ContextOptions contexts;

  std::int64_t hidden_units() const { return hidden > 0 ? hidden : 4 * dim.value(); }
  /// The name of the model's section: "transformer".
  virtual std::string section() const = 0;
  /// Whether the model has a state that sequences can start from.
  virtual bool has_state() const { return false; }
  void choose(const TextSize& text, int effort, ChosenSettings& chosen) override;
  void validate(Problems& problems, const std::string& prefix) const override;
  void validate_files(Problems& problems, const std::string& prefix) const override {
    features.validate_files(problems, prefix);
  }
  const ContextOptions* exported_contexts() const override {
    return export_vectors == Vectors::contexts ? &contexts : nullptr;
  }

 protected:
  /// The fields above, before and after those of one model.
  void describe_width(FieldGroup& group);
  void describe_rest(FieldGroup& group);
  /// Chooses the settings of one model; those above have their values.
  virtual void choose_more(const std::string& /*prefix*/, ChosenSettings& /*chosen*/) {}
};

}  // namespace wordbridge
