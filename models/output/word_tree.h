#pragma once

#include <cstdint>
#include <vector>

namespace wordbridge {

/// A binary tree whose leaves are the V words. Nodes are numbered: word w is node w, and the V - 1
/// inner nodes are V, V + 1, ..., 2V - 2.
struct WordTree {
  std::vector<std::int64_t> parent;  // [2V-1] a node; -1 of the root
  std::vector<std::int64_t> branch;  // [2V-1] 0 or 1: which of the parent's children; 0 of the root
};

/// The tree that makes sum_w weight[w] depth(w) smallest (Huffman 1952): the two lightest nodes
/// become the children of a new one, the heavier of them at branch 0. Of equal ones words go before
/// inner nodes, and lower numbers first. Weights >= 0.
WordTree huffman_tree(const std::vector<std::int64_t>& weights);

/// The tree that word2vec's program and fastText make of words by descending count. Of equal ones
/// inner nodes go before words, and higher numbers first.
WordTree word2vec_tree(const std::vector<std::int64_t>& counts);

/// Huffman's tree over the classes, whose leaves are Huffman's trees over the classes' words. No
/// class is empty.
WordTree class_tree(const std::vector<std::int64_t>& weights,
                    const std::vector<std::int32_t>& class_of, std::int64_t classes);

/// The ways from the root to the words.
struct TreePaths {
  std::vector<std::int64_t> begin;  // [V+1]: word w has the steps begin[w] .. begin[w+1]-1
  std::vector<std::int32_t> inner;  // [steps] the inner node less V: 0 .. V-2
  std::vector<float> sign;          // [steps] +1 where the way goes to branch 1, -1 to branch 0
};
/// Error if it is no tree: one root, two children of each inner node, a way to each word.
TreePaths tree_paths(const WordTree& tree);

/// ln((weight below branch 1) / (weight below branch 0)) of each inner node -> [V-1], weights > 0.
std::vector<float> branch_log_odds(const TreePaths& paths, const std::vector<double>& weights);

}  // namespace wordbridge
