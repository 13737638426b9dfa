#include "models/alignment/csls.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "core/error.h"
#include "core/index.h"
#include "core/interrupt.h"
#include "core/progress.h"
#include "core/threads.h"
#include "kernels/search/top_k.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kQueriesAtATime = 16384;

std::vector<std::int64_t> all_rows(std::int64_t size) {
  std::vector<std::int64_t> rows(at(size));
  std::iota(rows.begin(), rows.end(), std::int64_t{0});
  return rows;
}

}  // namespace

CslsSearch::CslsSearch(const EmbeddingTable& source, const EmbeddingTable& target,
                       std::int64_t neighbors)
    : dim_(source.dim()),
      neighbors_(neighbors),
      source_(side_of(source)),
      target_(side_of(target)) {
  WB_ASSERT(source.dim() == target.dim(), "{} and {}", source.dim(), target.dim());
}

CslsSearch::Side CslsSearch::side_of(const EmbeddingTable& table) const {
  Side side;
  side.size = table.size();
  side.rows.resize(at(table.size() * dim_));
  constexpr std::int64_t kBlock = 4096;
  for_each_range(table.size(), kBlock, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const float* const from = table.row(i);
      float* const to = side.rows.data() + i * dim_;
      double square = 0;
      for (std::int64_t j = 0; j < dim_; ++j) square += static_cast<double>(from[j]) * from[j];
      // A row without a direction becomes NaN, which no search finds.
      const double scale = 1 / std::sqrt(square);
      for (std::int64_t j = 0; j < dim_; ++j) to[j] = static_cast<float>(from[j] * scale);
    }
  });
  return side;
}

RankedRows CslsSearch::search(const Side& from, const std::vector<std::int64_t>& rows,
                              const Side& in, std::int64_t k, const float* offsets,
                              const char* progress) const {
  const auto count = static_cast<std::int64_t>(rows.size());
  RankedRows found;
  found.k = k;
  found.rows.resize(at(count * k));
  found.scores.resize(at(count * k));
  std::optional<Progress> shown;
  if (progress != nullptr && count > kQueriesAtATime)
    shown.emplace(progress, static_cast<std::uint64_t>(count), "words");
  std::vector<float> queries;
  for (std::int64_t begin = 0; begin < count; begin += kQueriesAtATime) {
    if (interrupted()) throw Interrupted("interrupted during the search for nearest words");
    const std::int64_t size = std::min(kQueriesAtATime, count - begin);
    queries.resize(at(size * dim_));
    for (std::int64_t i = 0; i < size; ++i)
      std::copy_n(from.rows.data() + rows[at(begin + i)] * dim_, dim_, queries.data() + i * dim_);
    top_k_products(queries.data(), size, in.rows.data(), in.size, dim_, {nullptr, offsets}, k,
                   found.rows.data() + begin * k, found.scores.data() + begin * k);
    if (shown) shown->update(static_cast<std::uint64_t>(begin + size));
  }
  return found;
}

std::vector<float> CslsSearch::means(const Side& from, const std::vector<std::int64_t>& rows,
                                     const Side& in, const char* progress) const {
  const RankedRows nearest = search(from, rows, in, neighbors_, nullptr, progress);
  std::vector<float> means;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    double sum = 0;
    std::int64_t found = 0;
    for (std::int64_t j = 0; j < neighbors_; ++j) {
      const std::size_t entry = i * at(neighbors_) + at(j);
      if (nearest.rows[entry] < 0) break;
      sum += nearest.scores[entry];
      ++found;
    }
    means.push_back(found > 0 ? static_cast<float>(sum / static_cast<double>(found))
                              : std::numeric_limits<float>::quiet_NaN());
  }
  return means;
}

void CslsSearch::need_means(Side& side, const Side& other) {
  if (!side.half_means.empty()) return;
  side.half_means = means(side, all_rows(side.size), other, "csls");
  for (float& mean : side.half_means) mean *= -0.5F;
}

RankedRows CslsSearch::by_cosine(const std::vector<std::int64_t>& rows, std::int64_t k) const {
  return search(source_, rows, target_, k, nullptr);
}

RankedRows CslsSearch::by_csls(const std::vector<std::int64_t>& rows, std::int64_t k) {
  need_means(target_, source_);
  RankedRows found = search(source_, rows, target_, k, target_.half_means.data(), "csls");
  const auto r = means(source_, rows, target_);
  for (std::size_t i = 0; i < found.scores.size(); ++i)
    found.scores[i] = 2 * found.scores[i] - r[i / at(k)];
  return found;
}

std::vector<std::pair<std::int64_t, std::int64_t>> CslsSearch::mutual_nearest() {
  need_means(source_, target_);
  need_means(target_, source_);
  const auto there =
      search(source_, all_rows(source_.size), target_, 1, target_.half_means.data(), "csls").rows;
  const auto back =
      search(target_, all_rows(target_.size), source_, 1, source_.half_means.data(), "csls").rows;
  std::vector<std::pair<std::int64_t, std::int64_t>> pairs;
  for (std::int64_t i = 0; i < source_.size; ++i)
    if (there[at(i)] >= 0 && back[at(there[at(i)])] == i) pairs.emplace_back(i, there[at(i)]);
  return pairs;
}

}  // namespace wordbridge
