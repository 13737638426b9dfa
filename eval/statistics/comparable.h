#pragma once

#include <cstdint>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// For each of the rows [count, dim], the first row with the same direction: a cosine() of 1. The
/// row itself if there is none before, or if the row has no direction. Runs in parallel; the result
/// does not depend on the number of threads.
std::vector<std::int64_t> first_of_direction(const float* rows, std::int64_t count,
                                             std::int64_t dim);

/// A table for searches by cosine similarity in single precision. The words have the directions of
/// the given table, but
/// - rows of equal direction have equal numbers, so that all their scores tie, which rounding would
///   otherwise decide;
/// - lengths are in a range where no product of a row with a unit vector overflows or vanishes.
/// Returns the table itself if that is so already, as for nearly all files; otherwise copies it.
EmbeddingTable comparable(const EmbeddingTable& table);

}  // namespace wordbridge
