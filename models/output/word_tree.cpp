#include "models/output/word_tree.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/index.h"

namespace wordbridge {
namespace {

struct Node {
  std::int64_t weight, number;
};

class Builder {
 public:
  explicit Builder(std::int64_t words) : next_(words) {
    tree_.parent.assign(at(2 * words - 1), -1);
    tree_.branch.assign(at(2 * words - 1), 0);
  }

  /// Joins the nodes, lightest first, and returns their root. New nodes are created in ascending
  /// order of weight, so two queues suffice.
  Node join(std::vector<Node> leaves, bool inner_first = false) {
    std::stable_sort(leaves.begin(), leaves.end(),
                     [](const Node& a, const Node& b) { return a.weight < b.weight; });
    // Breaks ties between a leaf and an inner node.
    const auto leaf_goes = [inner_first](std::int64_t leaf, std::int64_t node) {
      return inner_first ? leaf < node : leaf <= node;
    };
    std::vector<Node> made;
    std::size_t leaf = 0, inner = 0;
    const auto lightest = [&] {
      const bool from_leaves =
          inner == made.size() ||
          (leaf < leaves.size() && leaf_goes(leaves[leaf].weight, made[inner].weight));
      return from_leaves ? leaves[leaf++] : made[inner++];
    };
    for (std::size_t i = 1; i < leaves.size(); ++i) {
      const Node light = lightest(), heavy = lightest();
      const Node node{light.weight + heavy.weight, next_++};
      set(light.number, node.number, 1);
      set(heavy.number, node.number, 0);
      made.push_back(node);
    }
    return lightest();
  }

  WordTree take() { return std::move(tree_); }

 private:
  void set(std::int64_t node, std::int64_t parent, std::int64_t branch) {
    tree_.parent[at(node)] = parent;
    tree_.branch[at(node)] = branch;
  }

  WordTree tree_;
  std::int64_t next_;
};

/// Whether each inner node has a child at each branch, and exactly one node has no parent.
bool well_formed(const WordTree& tree, std::int64_t words) {
  const auto nodes = static_cast<std::int64_t>(tree.parent.size());
  if (words < 1 || nodes != 2 * words - 1 || tree.branch.size() != tree.parent.size()) return false;
  std::vector<char> taken(at(2 * (words - 1)), 0);
  std::int64_t roots = 0;
  for (std::int64_t node = 0; node < nodes; ++node) {
    const auto parent = tree.parent[at(node)], branch = tree.branch[at(node)];
    if (parent == -1) {
      ++roots;
      continue;
    }
    if (parent < words || parent >= nodes || (branch != 0 && branch != 1)) return false;
    char& child = taken[at(2 * (parent - words) + branch)];
    if (child != 0) return false;
    child = 1;
  }
  return roots == 1;
}

}  // namespace

WordTree huffman_tree(const std::vector<std::int64_t>& weights) {
  return class_tree(weights, std::vector<std::int32_t>(weights.size(), 0), 1);
}

WordTree word2vec_tree(const std::vector<std::int64_t>& counts) {
  std::vector<Node> leaves;
  for (auto w = static_cast<std::int64_t>(counts.size()) - 1; w >= 0; --w)
    leaves.push_back({counts[at(w)], w});
  Builder builder(static_cast<std::int64_t>(counts.size()));
  builder.join(std::move(leaves), true);
  return builder.take();
}

WordTree class_tree(const std::vector<std::int64_t>& weights,
                    const std::vector<std::int32_t>& class_of, std::int64_t classes) {
  const auto V = static_cast<std::int64_t>(weights.size());
  std::vector<std::vector<Node>> members(at(classes));
  for (std::int64_t w = 0; w < V; ++w) {
    members[at(class_of[at(w)])].push_back({weights[at(w)], w});
  }
  Builder builder(V);
  std::vector<Node> roots;
  roots.reserve(members.size());
  for (auto& words : members) roots.push_back(builder.join(std::move(words)));
  builder.join(std::move(roots));
  return builder.take();
}

TreePaths tree_paths(const WordTree& tree) {
  const auto nodes = static_cast<std::int64_t>(tree.parent.size());
  const std::int64_t words = (nodes + 1) / 2;
  const Error error("the word tree is not a binary tree of the vocabulary");
  if (!well_formed(tree, words)) throw error;
  TreePaths paths;
  paths.begin.push_back(0);
  for (std::int64_t w = 0; w < words; ++w) {
    std::int64_t node = w;
    while (tree.parent[at(node)] != -1) {
      if (static_cast<std::int64_t>(paths.inner.size()) - paths.begin.back() == nodes) throw error;
      paths.sign.push_back(tree.branch[at(node)] == 1 ? 1.0f : -1.0f);
      node = tree.parent[at(node)];
      paths.inner.push_back(static_cast<std::int32_t>(node - words));
    }
    std::reverse(paths.inner.begin() + paths.begin.back(), paths.inner.end());
    std::reverse(paths.sign.begin() + paths.begin.back(), paths.sign.end());
    paths.begin.push_back(static_cast<std::int64_t>(paths.inner.size()));
  }
  return paths;
}

std::vector<float> branch_log_odds(const TreePaths& paths, const std::vector<double>& weights) {
  std::vector<double> one(weights.size() - 1, 0.0), zero(weights.size() - 1, 0.0);
  for (std::size_t w = 0; w < weights.size(); ++w) {
    for (auto step = paths.begin[w]; step < paths.begin[w + 1]; ++step) {
      auto& side = paths.sign[at(step)] > 0 ? one : zero;
      side[at(paths.inner[at(step)])] += weights[w];
    }
  }
  std::vector<float> odds;
  for (std::size_t node = 0; node < one.size(); ++node)
    odds.push_back(static_cast<float>(std::log(one[node] / zero[node])));
  return odds;
}

}  // namespace wordbridge
