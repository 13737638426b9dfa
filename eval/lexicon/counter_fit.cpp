#include "eval/lexicon/counter_fit.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/threads.h"
#include "eval/statistics/cosine.h"
#include "kernels/search/products.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kWordsAtATime = 64;
constexpr std::int64_t kMostNear = 20'000'000;  // pairs; each takes about 100 bytes

/// Scales a row to unit length; a zero row stays zero.
void scale_to_unit(float* row, std::int64_t dim) {
  const double length = norm(row, dim);
  if (length == 0) return;
  for (std::int64_t d = 0; d < dim; ++d) row[d] = static_cast<float>(row[d] / length);
}

/// Pairs of rows of unit length whose distance is at most rho.
std::vector<WordGraph::Edge> near_pairs(const std::vector<float>& rows, std::int64_t dim,
                                        double rho) {
  const std::int64_t words = static_cast<std::int64_t>(rows.size()) / dim;
  const auto least = static_cast<float>(1 - rho);
  const ProductPanels panels(rows.data(), words, dim);
  std::vector<std::vector<WordGraph::Edge>> found(at((words + kWordsAtATime - 1) / kWordsAtATime));
  std::atomic<std::int64_t> pairs{0};
  for_each_range(words, kWordsAtATime, [&](std::int64_t begin, std::int64_t end) {
    if (pairs > kMostNear) return;
    std::vector<float> products(at((end - begin) * kProductPanel));
    for (std::int64_t panel = begin / kProductPanel; panel < panels.panels(); ++panel) {
      panels.products(panel, rows.data() + begin * dim, end - begin, products.data(),
                      kProductPanel);
      for (std::int64_t i = begin; i < end; ++i)
        for (std::int64_t k = 0, j = panel * kProductPanel; j < words && k < kProductPanel;
             ++k, ++j)
          if (j > i && products[at((i - begin) * kProductPanel + k)] >= least)
            found[at(begin / kWordsAtATime)].emplace_back(i, j);
    }
    pairs += static_cast<std::int64_t>(found[at(begin / kWordsAtATime)].size());
  });
  if (pairs > kMostNear)
    throw Error("too many pairs of words are near each other")
        .expected("at most {} pairs of {} words within rho = {}", human_count(kMostNear), words,
                  rho)
        .hint(
            "vectors with a common direction are all near each other: center them first, choose a "
            "smaller rho, or use fewer words (--limit)");
  std::vector<WordGraph::Edge> all;
  for (const auto& some : found) all.insert(all.end(), some.begin(), some.end());
  return all;
}

double cosine_distance(const float* a, const float* b, std::int64_t dim) {
  return 1 - cosine(a, b, dim);
}

/// gradient += weight * derivative of the cosine distance of u and v by u:
///     (cos(u, v) u / |u| - v / |v|) / |u|
void add_derivative(const float* u, const float* v, std::int64_t dim, double weight,
                    double* gradient) {
  double product = 0, square_u = 0, square_v = 0;
  for (std::int64_t d = 0; d < dim; ++d) {
    const double x = u[d], y = v[d];
    product += x * y, square_u += x * x, square_v += y * y;
  }
  const double lengths = std::sqrt(square_u * square_v);
  const double of_u = weight * product / (lengths * square_u), of_v = weight / lengths;
  for (std::int64_t d = 0; d < dim; ++d) gradient[d] += of_u * u[d] - of_v * v[d];
}

}  // namespace

CounterFitting::CounterFitting(const std::vector<float>& rows, std::int64_t dim,
                               const WordGraph& related, WordGraph opposites,
                               const CounterFitOptions& options)
    : dim_(dim),
      options_(options),
      opposites_(std::move(opposites)),
      related_(related.without(opposites_)),
      near_(opposites_.words(), {}) {
  WB_ASSERT(static_cast<std::int64_t>(rows.size()) == related.words() * dim, "{} numbers",
            rows.size());
  if (options.k3 > 0 && options.rho > 0)
    near_ = WordGraph(related.words(), near_pairs(rows, dim, options.rho)).without(opposites_);
  for (std::int64_t word = 0; word < near_.words(); ++word)
    for (const auto other : near_.neighbors(word))
      distances_.push_back(
          cosine_distance(rows.data() + word * dim, rows.data() + other * dim, dim));
}

/// Calls use(other word, sign and weight of the distance in the loss, margin) for each pair of the
/// word whose term is not 0.
template <class Use>
void CounterFitting::for_terms(const std::vector<float>& rows, std::int64_t word,
                               const Use& use) const {
  const float* const row = rows.data() + word * dim_;
  const auto to = [&](std::int64_t other) {
    return cosine_distance(row, rows.data() + other * dim_, dim_);
  };
  for (const auto other : opposites_.neighbors(word))
    if (const double d = to(other); d < options_.delta)
      use(other, -options_.k1, options_.delta - d);
  for (const auto other : related_.neighbors(word))
    if (const double d = to(other); d > options_.gamma) use(other, options_.k2, d - options_.gamma);
  const auto near = near_.neighbors(word);
  for (const auto* other = near.begin(); other != near.end(); ++other) {
    const double before = distances_[static_cast<std::size_t>(near_.place(other))];
    if (const double d = to(*other); d > before) use(*other, options_.k3, d - before);
  }
}

double CounterFitting::loss(const std::vector<float>& rows) const {
  double sum = 0;
  for (std::int64_t word = 0; word < near_.words(); ++word)
    for_terms(rows, word, [&](std::int64_t other, double weight, double excess) {
      if (word < other) sum += std::abs(weight) * excess;
    });
  return sum;
}

std::int64_t CounterFitting::gradient(const std::vector<float>& rows, std::int64_t word,
                                      double* gradient) const {
  std::fill_n(gradient, dim_, 0.0);
  std::int64_t terms = 0;
  for_terms(rows, word, [&](std::int64_t other, double weight, double) {
    add_derivative(rows.data() + word * dim_, rows.data() + other * dim_, dim_, weight, gradient);
    ++terms;
  });
  return terms;
}

void CounterFitting::step(std::vector<float>& rows) const {
  const std::vector<float> before = rows;
  for_each_range(near_.words(), kWordsAtATime, [&](std::int64_t begin, std::int64_t end) {
    std::vector<double> slope(at(dim_));
    for (std::int64_t word = begin; word < end; ++word) {
      const auto terms = gradient(before, word, slope.data());
      if (terms == 0) continue;
      float* const row = rows.data() + word * dim_;
      for (std::int64_t d = 0; d < dim_; ++d)
        row[d] = static_cast<float>(row[d] - slope[at(d)] / static_cast<double>(terms));
      scale_to_unit(row, dim_);
    }
  });
}

void counter_fit(std::vector<float>& rows, std::int64_t dim, const WordGraph& related,
                 const WordGraph& opposites, const CounterFitOptions& options) {
  for (std::int64_t word = 0; word < related.words(); ++word)
    scale_to_unit(rows.data() + word * dim, dim);
  const CounterFitting fitting(rows, dim, related, opposites, options);
  log("counter-fit", "pairs of words: {} related, {} opposite, {} near",
      human_count(static_cast<std::uint64_t>(fitting.related().edges())),
      human_count(static_cast<std::uint64_t>(fitting.opposites().edges())),
      human_count(static_cast<std::uint64_t>(fitting.near().edges())));
  for (std::int64_t i = 0; i < options.steps; ++i) fitting.step(rows);
}

}  // namespace wordbridge
