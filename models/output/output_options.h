#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/config/fields.h"
#include "models/model_options.h"
#include "models/output/output_layers.h"

namespace wordbridge {

enum class OutputType {
#define X(type, Layer) type,
  WB_OUTPUT_LAYERS(X)
#undef X
};

/// The output types with their names in the configuration.
EnumNames<OutputType> output_type_names();

/// The `output:` section of a language model, which defines P(word | context): the type of the
/// output layer, and for each type a section of the same name.
struct OutputOptions {
  std::optional<OutputType> type;  // without a value: full
#define X(type, Layer) Layer##Options type;
  WB_OUTPUT_LAYERS(X)
#undef X

  /// Chooses the type: the full softmax if training with it takes few operations, else the sampled
  /// softmax. `width`: of the input of the output layer.
  void choose(const std::string& key, double epochs, const TextSize& text, std::int64_t width,
              ChosenSettings& chosen);
  OutputType chosen_type() const { return type.value_or(OutputType::full); }
  /// Whether each word has an output row.
  bool has_word_rows() const;
  /// "one output row per word, which TYPE does not have; types that do: ..."
  std::string word_rows_advice() const;
  FieldGroup describe();
  /// `tied`: whether the output rows are tied to the word features.
  void validate(Problems& problems, const std::string& prefix, bool tied) const;
};

}  // namespace wordbridge
