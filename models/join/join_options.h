#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/model_options.h"

namespace wordbridge {

/// How the word vectors of several models are joined (joined_table.h).
struct JoinSettings {
  enum class Method { concatenation, average, svd, procrustes, gpa, gcca };
  enum class Words { shared, all };

  Method method = Method::concatenation;
  std::int64_t dim = 0;  // of svd and gcca; 0: the largest of the inputs
  Words words = Words::shared;
  std::vector<double> weights;  // of the inputs; empty: all 1
  bool unit = true, center = false;

  static const EnumNames<Method>& methods();
  static const EnumNames<Words>& word_sets();
  /// The fields, for YAML and the command line.
  std::vector<Field> fields();
  /// What is wrong with the settings for this number of inputs; empty if nothing is.
  std::string problem(std::size_t inputs) const;
  /// Whether the method uses `dim`.
  bool has_dim() const;
  /// "svd,dim=100": the method and what differs from the defaults.
  std::string text() const;
};

/// Options of the model `join`.
struct JoinOptions : ModelOptions {
  std::vector<std::string> inputs;
  JoinSettings settings;

  FieldGroup describe() override;
  void validate(Problems& problems, const std::string& prefix) const override;
  bool predicts_tokens() const override { return false; }
};

}  // namespace wordbridge
