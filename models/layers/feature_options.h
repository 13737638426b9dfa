#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "models/model_options.h"

namespace wordbridge {

/// The initial word features C [V,d] of a network, and whether they are trained: random features,
/// or those of a file of vectors for the words that it has. Part of the section `init` of a model.
struct FeatureOptions {
  enum class Norms { given, scaled, log_counts };

  double scale;                    // standard deviation of random features, normally distributed
  Norms norms;                     // of the rows; given: as drawn, or as in the file
  std::string vectors = {};        // file with the initial features
  bool frozen = false;             // the features are never trained
  std::int64_t frozen_epochs = 0;  // the features are not trained in the first epochs

  void describe(FieldGroup& init);
  /// `dim`: the number of columns of the file, unless it is given.
  void choose_dim(const std::string& key, std::optional<std::int64_t>& dim,
                  ChosenSettings& chosen) const;
  /// `prefix`: that of the model's section, "model.nplm".
  void validate(Problems& problems, const std::string& prefix, const ModelOptions& model) const;
  /// As ModelOptions::validate_files().
  void validate_files(Problems& problems, const std::string& prefix) const;
};

}  // namespace wordbridge
