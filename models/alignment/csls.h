#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// Number of neighbours over which r(x) is a mean.
constexpr std::int64_t kCslsNeighbors = 10;

/// For each query, its best rows and their scores [queries, k], best first; -1 and -infinity where
/// there are fewer.
struct RankedRows {
  std::int64_t k = 0;
  std::vector<std::int64_t> rows;
  std::vector<float> scores;
};

/// Searches for the words of one space in another one, by the cosine or by
///
///     CSLS(x, y) = 2 cos(x, y) - r(x) - r(y),
///
/// where r(x) is the mean cosine of x and its k nearest rows of the other space (Conneau et al.
/// 2018, "Word Translation Without Parallel Data", section 2.3). Products are in single precision,
/// and are never all in memory. Rows without a direction are never found and find nothing. Equal
/// scores are in the order of the rows. Runs in parallel; results do not depend on the number of
/// threads. Throws Interrupted.
class CslsSearch {
 public:
  /// The tables must have the same dimension; their rows are copied.
  CslsSearch(const EmbeddingTable& source, const EmbeddingTable& target,
             std::int64_t neighbors = kCslsNeighbors);

  /// The nearest target rows of some source rows.
  RankedRows by_cosine(const std::vector<std::int64_t>& rows, std::int64_t k) const;
  /// The same by CSLS. The scores are complete: 2 cos(x, y) - r(x) - r(y).
  RankedRows by_csls(const std::vector<std::int64_t>& rows, std::int64_t k);
  /// Pairs of a source and a target row that are each the best of the other by CSLS, in the order
  /// of the source rows.
  std::vector<std::pair<std::int64_t, std::int64_t>> mutual_nearest();

 private:
  struct Side {
    std::int64_t size = 0;
    std::vector<float> rows;  // of unit length
    std::vector<float>
        half_means;  // -r/2, so that cos - r/2 orders rows as CSLS does; may be empty
  };

  Side side_of(const EmbeddingTable& table) const;
  RankedRows search(const Side& from, const std::vector<std::int64_t>& rows, const Side& in,
                    std::int64_t k, const float* offsets, const char* progress = nullptr) const;
  /// r of some rows.
  std::vector<float> means(const Side& from, const std::vector<std::int64_t>& rows, const Side& in,
                           const char* progress = nullptr) const;
  /// Computes r of all rows of a side, once.
  void need_means(Side& side, const Side& other);

  std::int64_t dim_, neighbors_;
  Side source_, target_;
};

}  // namespace wordbridge
