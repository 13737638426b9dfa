#pragma once

#include <cstdint>
#include <string>

#include "core/config/fields.h"

namespace wordbridge {

/// Options of HierarchicalSoftmax.
struct HierarchicalSoftmaxOptions {
  enum class Tree { huffman, classes };

  static constexpr bool kHasWordRows = false;
  Tree tree = Tree::huffman;
  std::int64_t classes = 0;  // for tree: classes; 0: round(sqrt(V))

  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

}  // namespace wordbridge
