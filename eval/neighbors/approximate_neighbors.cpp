#include "eval/neighbors/approximate_neighbors.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/rng.h"
#include "eval/statistics/comparable.h"
#include "eval/statistics/cosine.h"
#include "kernels/search/products.h"
#include "kernels/search/top_k.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kRowsAtATime = 1024;

using Clock = std::chrono::steady_clock;
double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

void append_unit_row(const EmbeddingTable& table, const std::vector<float>& scales,
                     std::int64_t row, std::vector<float>& rows) {
  for (std::int64_t i = 0; i < table.dim(); ++i)
    rows.push_back(table.row(row)[i] * scales[at(row)]);
}

/// Cosine similarities of the `k` best rows except `self`, best first; fewer if there are fewer.
std::vector<float> best_cosines(const std::int64_t* rows, const float* cosines, std::int64_t count,
                                std::int64_t self, std::int64_t k) {
  std::vector<float> best;
  for (std::int64_t i = 0; i < count && static_cast<std::int64_t>(best.size()) < k; ++i)
    if (rows[i] >= 0 && rows[i] != self) best.push_back(cosines[i]);
  return best;
}

}  // namespace

ApproximateNeighbors::ApproximateNeighbors(const EmbeddingTable& table)
    : table_(table), index_(make_neighbor_index(table.dim())) {
  table.verify();
  table_ = comparable(table);
  scales_ = inverse_norms(table_, table_.size());
  for (std::int64_t row = 0; row < table_.size(); ++row)
    if (!std::isnan(scales_[at(row)])) rows_.push_back(row);
  const auto total = static_cast<std::int64_t>(rows_.size());
  Progress progress("index", static_cast<std::uint64_t>(total), "words");
  for (std::int64_t begin = 0; begin < total; begin += kRowsAtATime) {
    if (interrupted()) throw Interrupted("interrupted while the index was built");
    const auto end = std::min(begin + kRowsAtATime, total);
    std::vector<float> units;
    for (auto i = begin; i < end; ++i) append_unit_row(table_, scales_, rows_[at(i)], units);
    index_->add(units.data(), end - begin);
    progress.update(static_cast<std::uint64_t>(end));
  }
  progress.finish();
  log("neighbors", "index of {} words x {} in {}", human_count(static_cast<std::uint64_t>(total)),
      table_.dim(), human_duration(progress.seconds()));
}

void ApproximateNeighbors::search(const float* query, std::int64_t count, std::int64_t* rows,
                                  float* cosines) const {
  std::vector<std::int64_t> found(at(count));
  index_->search(query, count, found.data());
  found.erase(std::remove(found.begin(), found.end(), -1), found.end());
  for (auto& row : found) row = rows_[at(row)];
  // Use the arithmetic of the exact search, so that equal cosine similarities are equal here too.
  std::vector<float> vectors;
  for (const auto row : found)
    vectors.insert(vectors.end(), table_.row(row), table_.row(row) + table_.dim());
  std::vector<float> products(found.size());
  row_products(query, 1, vectors.data(), static_cast<std::int64_t>(found.size()), table_.dim(),
               products.data());
  std::vector<std::pair<float, std::int64_t>> order;
  for (std::size_t i = 0; i < found.size(); ++i)
    order.emplace_back(-products[i] * scales_[at(found[i])], found[i]);
  std::sort(order.begin(), order.end());
  for (std::int64_t i = 0; i < count; ++i) {
    const bool is_found = at(i) < order.size();
    rows[i] = is_found ? order[at(i)].second : -1;
    cosines[i] = is_found ? -order[at(i)].first : -std::numeric_limits<float>::infinity();
  }
}

NearestRows ApproximateNeighbors::function() const {
  return [this](const float* query, std::int64_t count, std::int64_t* rows, float* cosines) {
    search(query, count, rows, cosines);
  };
}

NeighborRecall ApproximateNeighbors::recall(std::int64_t k, std::int64_t words,
                                            std::uint64_t seed) const {
  auto sample = rows_;
  Rng rng(seed, "approximate neighbors");
  rng.shuffle(sample);
  sample.resize(std::min(sample.size(), at(words)));
  const auto queries = static_cast<std::int64_t>(sample.size());
  const auto count = std::min(k + 1, table_.size());  // including the word itself
  std::vector<float> units;
  for (const auto row : sample) append_unit_row(table_, scales_, row, units);

  std::vector<std::int64_t> exact_rows(at(queries * count)), rows(at(count));
  std::vector<float> exact_cosines(exact_rows.size()), cosines(rows.size());
  const auto exact_start = Clock::now();
  top_k_products(units.data(), queries, table_.data(), table_.size(), table_.dim(),
                 {scales_.data()}, count, exact_rows.data(), exact_cosines.data());
  const double exact_time = milliseconds_since(exact_start);

  NeighborRecall result{0, k, 0};
  const auto start = Clock::now();
  for (std::int64_t q = 0; q < queries; ++q) {
    search(units.data() + q * table_.dim(), count, rows.data(), cosines.data());
    const auto exact = best_cosines(exact_rows.data() + q * count, exact_cosines.data() + q * count,
                                    count, sample[at(q)], k);
    if (exact.empty()) continue;
    const auto found = best_cosines(rows.data(), cosines.data(), count, sample[at(q)], k);
    const auto hits = std::count_if(found.begin(), found.end(),
                                    [&](float cosine) { return cosine >= exact.back(); });
    result.recall += static_cast<double>(hits) / static_cast<double>(exact.size());
    ++result.words;
  }
  if (queries > 0)
    log("neighbors",
        "{} words: {:.3f} ms per word with the index, {:.3f} with an exact search of all at once",
        human_count(static_cast<std::uint64_t>(queries)),
        milliseconds_since(start) / static_cast<double>(queries),
        exact_time / static_cast<double>(queries));
  result.recall = result.words > 0 ? result.recall / static_cast<double>(result.words)
                                   : std::numeric_limits<double>::quiet_NaN();
  return result;
}

}  // namespace wordbridge
