#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

struct ChangedWord {
  std::string word;
  double distance = 0;  // 1 - cosine
};

/// The words of both tables, whose spaces are aligned, by the cosine distance of their two vectors:
/// the largest first, equal distances in the order of `a`. Words without a direction in one of them
/// are left out.
std::vector<ChangedWord> changed_words(const EmbeddingTable& a, const EmbeddingTable& b);

}  // namespace wordbridge
