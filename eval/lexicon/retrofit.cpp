#include "eval/lexicon/retrofit.h"

#include <algorithm>

#include "core/error.h"
#include "core/index.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

// Columns of a block: a row's part is one line of the cache, and the parts of all rows may fit in
// it.
constexpr std::int64_t kColumns = 8;

/// A graph over its connected rows only, which are numbered in order.
struct Connected {
  std::vector<std::int64_t> rows;
  std::vector<std::int64_t> starts = {0};
  std::vector<std::int32_t> neighbors;

  explicit Connected(const WordGraph& graph) : rows(graph.connected()) {
    std::vector<std::int32_t> number(at(graph.words()), -1);
    for (std::size_t i = 0; i < rows.size(); ++i)
      number[at(rows[i])] = static_cast<std::int32_t>(i);
    for (const auto row : rows) {
      for (const auto neighbor : graph.neighbors(row)) neighbors.push_back(number[at(neighbor)]);
      starts.push_back(static_cast<std::int64_t>(neighbors.size()));
    }
  }
};

/// One block of columns: `q` [rows, kColumns] starts as `qhat`. Columns beyond the dimension are 0.
void sweep(const Connected& graph, const RetrofitOptions& options, const std::vector<double>& qhat,
           std::vector<double>& q) {
  for (std::size_t i = 0; i < graph.rows.size(); ++i) {
    double sum[kColumns] = {};
    for (auto k = graph.starts[i]; k < graph.starts[i + 1]; ++k) {
      const double* const neighbor = q.data() + graph.neighbors[at(k)] * kColumns;
      for (std::int64_t d = 0; d < kColumns; ++d) sum[d] += neighbor[d];
    }
    const double beta = 1 / static_cast<double>(graph.starts[i + 1] - graph.starts[i]);
    const auto row = i * static_cast<std::size_t>(kColumns);
    for (std::size_t d = 0; d < at(kColumns); ++d)
      q[row + d] = (beta * sum[d] + options.alpha * qhat[row + d]) / (1 + options.alpha);
  }
}

}  // namespace

void retrofit(std::vector<float>& rows, std::int64_t dim, const WordGraph& graph,
              const RetrofitOptions& options) {
  WB_ASSERT(static_cast<std::int64_t>(rows.size()) == graph.words() * dim, "{} numbers",
            rows.size());
  const Connected connected(graph);
  for_each_range(dim, kColumns, [&](std::int64_t begin, std::int64_t end) {
    std::vector<double> qhat(connected.rows.size() * static_cast<std::size_t>(kColumns));
    for (std::size_t i = 0; i < connected.rows.size(); ++i)
      std::copy_n(rows.data() + connected.rows[i] * dim + begin, end - begin,
                  qhat.data() + i * static_cast<std::size_t>(kColumns));
    std::vector<double> q = qhat;
    for (std::int64_t i = 0; i < options.sweeps; ++i) sweep(connected, options, qhat, q);
    for (std::size_t i = 0; i < connected.rows.size(); ++i)
      std::transform(q.data() + i * static_cast<std::size_t>(kColumns),
                     q.data() + i * static_cast<std::size_t>(kColumns) + (end - begin),
                     rows.data() + connected.rows[i] * dim + begin,
                     [](double value) { return static_cast<float>(value); });
  });
}

}  // namespace wordbridge
