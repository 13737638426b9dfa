#pragma once

#include <cstdint>

#include "data/vectors/embedding_table.h"
#include "eval/projection/projection.h"

namespace wordbridge {

/// Map of the first `count` rows (0: all) along the two directions of largest variance: principal
/// component analysis (Hotelling 1933), in double precision. The sign of an axis is chosen so that
/// the point farthest along it is on the positive side; an axis without variance is 0. For tables
/// of one or two dimensions, the map is the rows themselves. Error if a row is more than 1e18 from
/// the rows' mean.
Projection pca_projection(const EmbeddingTable& table, std::int64_t count);

}  // namespace wordbridge
