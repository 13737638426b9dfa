#pragma once

#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// The words that all tables have with a direction, in the order of the first table, with their
/// rows in one space: scaled to unit length (with `center`, the mean is subtracted and they are
/// scaled again), and mapped by generalised_procrustes(). No table is the reference, so cosines
/// between the results do not depend on the order of the tables, apart from rounding. Error if
/// there is no such word.
std::vector<EmbeddingTable> in_common_space(const std::vector<EmbeddingTable>& tables, bool center);

}  // namespace wordbridge
