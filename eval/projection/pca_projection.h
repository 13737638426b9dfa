#pragma once

#include <cstdint>

#include "data/vectors/embedding_table.h"
#include "eval/projection/projection.h"

namespace wordbridge {

/// The first `count` rows (0: all) along the two directions of largest variance: principal
/// component analysis (Hotelling 1933), in double precision. The point that is farthest along an
/// axis stands on its positive side; an axis without variance is 0. Tables of one or two dimensions
/// give the rows themselves. Error if a row is farther than 1e18 from the rows' mean.
Projection pca_projection(const EmbeddingTable& table, std::int64_t count);

}  // namespace wordbridge
