#include "models/alignment/align.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/index.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/threads.h"
#include "models/alignment/alignment_maps.h"
#include "models/alignment/csls.h"
#include "models/alignment/prepared_rows.h"

namespace wordbridge {
namespace {

using Eigen::MatrixXd;

/// A table of the same words with the rows of changed_rows().
template <class Change>
EmbeddingTable changed_table(const EmbeddingTable& table, const PreparedRows& rows,
                             std::int64_t dim, const Change& change) {
  return table.with_rows(changed_rows(rows, dim, change), dim, table.origin());
}

/// One side of the alignment.
struct Space {
  Space(const EmbeddingTable& given, bool center)
      : table(given),
        known(alignable_rows(given)),
        prepared(changed_table(given, PreparedRows(given, known, {true, center, center}),
                               given.dim(),
                               [](std::int64_t, const MatrixXd& block) { return block; })) {}

  /// The prepared rows of these words.
  PreparedRows rows(const std::vector<std::int64_t>& words) const {
    return PreparedRows(prepared, words, {false, false, false});
  }
  EmbeddingTable mapped(const MatrixXd& map, std::int64_t size) const {
    const EmbeddingTable first = prepared.first(size);
    return changed_table(
        first, PreparedRows(first, alignable_rows(first), {false, false, false}), map.cols(),
        [&](std::int64_t, const MatrixXd& block) -> MatrixXd { return block * map; });
  }

  EmbeddingTable table;
  std::vector<std::int64_t> known;
  EmbeddingTable prepared;
};

void check_pairs(std::int64_t pairs, const Space& source, const Space& target) {
  const std::int64_t dim = std::min(source.table.dim(), target.table.dim());
  if (pairs < dim)
    warn("{} for {} dimensions: the map is not determined by them in all directions",
         counted(pairs, "pair"), dim);
}

AlignmentMaps fit(const Space& source, const Space& target, const std::vector<RowPair>& pairs,
                  const MapOptions& options) {
  check_pairs(static_cast<std::int64_t>(pairs.size()), source, target);
  std::vector<std::int64_t> from, to;
  for (const auto& [x, z] : pairs) {
    from.push_back(x);
    to.push_back(z);
  }
  const PreparedRows x = source.rows(from), z = target.rows(to);
  MatrixXd xx, zz;
  if (options.whiten) {
    xx = cross_products(x, x);
    zz = cross_products(z, z);
  }
  return alignment_maps(xx, zz, cross_products(x, z), options);
}

/// |x| (m_z + (x / |x| - m_x) W) for all rows.
EmbeddingTable moved_to_target(const Space& source, const Space& target, bool center,
                               const MatrixXd& map) {
  const PreparedRows rows(source.table, source.known, {true, center, false});
  const Eigen::RowVectorXd mean =
      PreparedRows(target.table, target.known, {true, center, false}).mean();
  return changed_table(
      source.table, rows, map.cols(), [&](std::int64_t first, const MatrixXd& block) -> MatrixXd {
        MatrixXd mapped = (block * map).rowwise() + mean;
        for (Eigen::Index i = 0; i < mapped.rows(); ++i)
          mapped.row(i) *=
              Eigen::Map<const Eigen::RowVectorXf>(source.table.row(first + i), source.table.dim())
                  .cast<double>()
                  .norm();
        return mapped;
      });
}

}  // namespace

std::vector<std::int64_t> alignable_rows(const EmbeddingTable& table) {
  std::vector<std::int64_t> rows(at(table.size()));
  constexpr std::int64_t kBlock = 4096;
  for_each_range(table.size(), kBlock, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const double length =
          Eigen::Map<const Eigen::RowVectorXf>(table.row(i), table.dim()).cast<double>().norm();
      rows[at(i)] = length > 0 && std::isfinite(length) ? i : -1;
    }
  });
  return rows;
}

Aligned align(const EmbeddingTable& source, const EmbeddingTable& target,
              std::vector<RowPair> pairs, const AlignOptions& options) {
  const MapOptions map_options{options.whiten, options.reweight, options.dewhiten};
  WB_ASSERT(!pairs.empty());
  WB_ASSERT(options.change_target || !map_options.changes_target());
  std::sort(pairs.begin(), pairs.end());
  const Space from(source, options.center), to(target, options.center);
  AlignmentMaps maps = fit(from, to, pairs, map_options);
  std::vector<std::int64_t> counts = {static_cast<std::int64_t>(pairs.size())};
  for (std::int64_t round = 1; round <= options.refine; ++round) {
    auto found = CslsSearch(from.mapped(maps.source, options.refine_words),
                            to.mapped(maps.target, options.refine_words))
                     .mutual_nearest();
    const bool is_stable = found == pairs;
    pairs = std::move(found);
    if (pairs.empty())
      throw Error("no two words are each other's nearest neighbour")
          .at("round {} of --refine", round)
          .hint("the first map may be wrong: use more pairs");
    log("align", "round {}: {} of mutual nearest neighbours", round,
        counted(static_cast<std::int64_t>(pairs.size()), "pair"));
    counts.push_back(static_cast<std::int64_t>(pairs.size()));
    if (is_stable) break;
    maps = fit(from, to, pairs, map_options);
  }
  if (options.change_target)
    return {from.mapped(maps.source, 0), to.mapped(maps.target, 0), counts};
  return {moved_to_target(from, to, options.center, maps.source), target, counts};
}

}  // namespace wordbridge
