#pragma once

#include <cstdint>
#include <string>

#include "core/config/fields.h"

namespace wordbridge {

/// Options of ClassSoftmax.
struct ClassSoftmaxOptions {
  enum class By { frequency, learned };

  static constexpr bool kHasWordRows = true;
  std::int64_t count = 0;  // 0: round(sqrt(V))
  By by = By::frequency;
  std::string file;  // word TAB class; replaces count and by

  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

}  // namespace wordbridge
