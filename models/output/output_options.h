#pragma once

#include <string>
#include <vector>

#include "core/config/fields.h"
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
  OutputType type = OutputType::full;
#define X(type, Layer) Layer##Options type;
  WB_OUTPUT_LAYERS(X)
#undef X

  /// Whether each word has an output row.
  bool has_word_rows() const;
  /// "one output row per word, which TYPE does not have; types that do: ..."
  std::string word_rows_advice() const;
  FieldGroup describe();
  /// `tied`: whether the output rows are tied to the word features.
  void validate(Problems& problems, const std::string& prefix, bool tied) const;
};

}  // namespace wordbridge
