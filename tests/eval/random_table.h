#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/rng.h"
#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// Table with words w0, w1, ... and these rows.
inline EmbeddingTable numbered_table(std::vector<float> rows, std::int64_t dim) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < rows.size() / static_cast<std::size_t>(dim); ++i)
    words.push_back("w" + std::to_string(i));
  return EmbeddingTable(std::move(words), std::move(rows), dim, "test");
}

inline std::vector<float> normal_rows(std::int64_t count, std::int64_t dim, std::uint64_t seed) {
  Rng rng(seed, "test.rows");
  std::vector<float> rows(static_cast<std::size_t>(count * dim));
  for (float& value : rows) value = static_cast<float>(rng.normal());
  return rows;
}

/// Normally distributed rows around one of `clusters` centres: row i belongs to centre i modulo
/// their number. Each centre is on its own axis, at `distance` from the origin.
inline std::vector<float> clustered_rows(std::int64_t count, std::int64_t dim,
                                         std::int64_t clusters, float distance) {
  auto rows = normal_rows(count, dim, 5);
  for (std::int64_t i = 0; i < count; ++i)
    rows[static_cast<std::size_t>(i * dim + i % clusters)] += distance;
  return rows;
}

}  // namespace wordbridge
