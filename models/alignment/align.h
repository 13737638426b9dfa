#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// A row of the source and one of the target.
using RowPair = std::pair<std::int64_t, std::int64_t>;

struct AlignOptions {
  /// The rows that the map is fitted to are scaled to unit length; with `center`, the mean of all
  /// rows is then subtracted and they are scaled again (Artetxe et al. 2016).
  bool center = true;
  bool whiten = false, dewhiten = false;
  double reweight = 0;
  /// Whether the target is written as it is prepared and mapped. Needed by the three steps above.
  bool change_target = false;
  std::int64_t refine = 0;  // rounds of self-learning
  std::int64_t refine_words = 20000;
};

/// Two tables in one space.
struct Aligned {
  EmbeddingTable source, target;
  std::vector<std::int64_t> pairs;  // of each round: those given, then those found
};

/// For each row, its index, or -1 if it has no direction: it is zero, or not finite.
std::vector<std::int64_t> alignable_rows(const EmbeddingTable& table);

/// Maps the source into the space of the target by pairs of rows, which must have directions. W is
/// the map of alignment_maps() for the prepared rows f(x) and f(z) of the pairs. In each further
/// round, the pairs are the mutual nearest neighbours by CSLS among the first `refine_words`
/// prepared and mapped rows of both; rounds end early if the pairs stay the same.
///
/// If the target does not change, a row x becomes
///
///     |x| (m_z + (x / |x| - m_x) W)
///
/// with the means m of the unit rows, or x W without `center`: the translation that makes distances
/// between unit rows those between centred rows, and the length that x had. If it changes, the rows
/// become f(x) W and f(z) W_z. Rows without a direction become zero. The words stay, and so do
/// origin() and steps(). Error if there are no pairs, or if the mutual nearest neighbours run out;
/// a warning if there are fewer pairs than dimensions. The result does not depend on the number of
/// threads or the order of the pairs. Throws Interrupted.
Aligned align(const EmbeddingTable& source, const EmbeddingTable& target,
              std::vector<RowPair> pairs, const AlignOptions& options);

}  // namespace wordbridge
