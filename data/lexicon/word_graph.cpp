#include "data/lexicon/word_graph.h"

#include <algorithm>
#include <optional>

#include "core/error.h"
#include "core/index.h"

namespace wordbridge {

WordGraph::WordGraph(std::int64_t words, const std::vector<Edge>& edges) {
  std::vector<Edge> both;
  both.reserve(2 * edges.size());
  for (const auto& [a, b] : edges) {
    WB_ASSERT(a >= 0 && a < words && b >= 0 && b < words, "edge {} - {} of {} words", a, b, words);
    if (a == b) continue;
    both.emplace_back(a, b);
    both.emplace_back(b, a);
  }
  std::sort(both.begin(), both.end());
  both.erase(std::unique(both.begin(), both.end()), both.end());
  starts_.assign(at(words) + 1, 0);
  for (const auto& edge : both) ++starts_[at(edge.first) + 1];
  for (std::size_t i = 1; i < starts_.size(); ++i) starts_[i] += starts_[i - 1];
  neighbors_.reserve(both.size());
  for (const auto& edge : both) neighbors_.push_back(edge.second);
}

WordGraph::Neighbors WordGraph::neighbors(std::int64_t row) const {
  return {neighbors_.data() + starts_[at(row)], neighbors_.data() + starts_[at(row) + 1]};
}

bool WordGraph::has_edge(std::int64_t a, std::int64_t b) const {
  const auto all = neighbors(a);
  return std::binary_search(all.begin(), all.end(), b);
}

std::vector<std::int64_t> WordGraph::connected() const {
  std::vector<std::int64_t> rows;
  for (std::int64_t row = 0; row < words(); ++row)
    if (neighbors(row).size() > 0) rows.push_back(row);
  return rows;
}

WordGraph WordGraph::without(const WordGraph& other) const {
  std::vector<Edge> left;
  for (std::int64_t row = 0; row < words(); ++row)
    for (const auto neighbor : neighbors(row))
      if (row < neighbor && !other.has_edge(row, neighbor)) left.emplace_back(row, neighbor);
  return WordGraph(words(), left);
}

}  // namespace wordbridge
