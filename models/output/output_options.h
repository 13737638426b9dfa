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

/// By the names in the configuration.
EnumNames<OutputType> output_type_names();

/// The `output:` section of a language model: how scores become P(word | context). It has the type
/// of the layer and a section for each type, named like it.
struct OutputOptions {
  OutputType type = OutputType::full;
#define X(type, Layer) Layer##Options type;
  WB_OUTPUT_LAYERS(X)
#undef X

  /// Whether each word has an output row.
  bool has_word_rows() const;
  /// "a row for each word, which TYPE does not have; ... do"
  std::string word_rows_advice() const;
  FieldGroup describe();
  /// `tied`: whether the output rows are the features of the words.
  void validate(Problems& problems, const std::string& prefix, bool tied) const;
};

}  // namespace wordbridge
