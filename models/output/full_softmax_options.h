#pragma once

#include <string>

#include "core/config/fields.h"

namespace wordbridge {

/// Options of FullSoftmax.
struct FullSoftmaxOptions {
  enum class Precision { float32, bfloat16 };

  static constexpr bool kHasWordRows = true;
  Precision precision = Precision::float32;  // of the matrix products in training
  double filter = 0.0;  // blocks with all probabilities below this get no gradient

  FieldGroup describe();
  void validate(Problems& /*problems*/, const std::string& /*prefix*/) const {}
};

}  // namespace wordbridge
