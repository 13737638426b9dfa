#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/fields.h"

namespace wordbridge {

/// The `output:` section of a language model: how scores become P(word | context).
struct OutputOptions {
  std::string type = "full";  // full, hierarchical, classes, adaptive, nce, sampled

  /// The softmax over all words.
  struct Full {
    std::string precision = "float32";  // float32, bfloat16: of the products in training
    double filter = 0.0;  // gradients of blocks whose probabilities are all below are skipped
  } full;

  FieldGroup describe();
  /// `tied`: whether the output rows are the features of the words.
  void validate(Problems& problems, const std::string& prefix, bool tied) const;
};

}  // namespace wordbridge
