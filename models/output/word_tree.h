#pragma once

#include <cstdint>
#include <vector>

namespace wordbridge {

/// A binary tree whose leaves are the V words. Nodes are numbered: word w is node w, and the V - 1
/// inner nodes are V, V + 1, ..., 2V - 2.
struct WordTree {
  std::vector<std::int64_t> parent;  // [2V-1] parent node; -1 for the root
  std::vector<std::int64_t> branch;  // [2V-1] branch of the parent, 0 or 1; 0 for the root
};

/// The Huffman tree (1952), which minimises sum_w weight[w] depth(w): the two lightest nodes
/// repeatedly become the children of a new node, the heavier one at branch 0. Ties: words before
/// inner nodes, then lower numbers first. Weights >= 0.
WordTree huffman_tree(const std::vector<std::int64_t>& weights);

/// The Huffman tree as built by the word2vec tool and fastText, for words in order of descending
/// count. Ties: inner nodes before words, then higher numbers first.
WordTree word2vec_tree(const std::vector<std::int64_t>& counts);

/// The Huffman tree of the classes, in which each leaf is replaced by the Huffman tree of the words
/// of that class. No class may be empty.
WordTree class_tree(const std::vector<std::int64_t>& weights,
                    const std::vector<std::int32_t>& class_of, std::int64_t classes);

/// The paths from the root to the words.
struct TreePaths {
  std::vector<std::int64_t> begin;  // [V+1]: word w has the steps begin[w] .. begin[w+1]-1
  std::vector<std::int32_t> inner;  // [steps] the inner node minus V: 0 .. V-2
  std::vector<float> sign;          // [steps] +1 where the path takes branch 1, -1 for branch 0
};
/// Error unless the tree has one root, two children per inner node and a path to each word.
TreePaths tree_paths(const WordTree& tree);

/// ln((weight below branch 1) / (weight below branch 0)) of each inner node -> [V-1]. Weights > 0.
std::vector<float> branch_log_odds(const TreePaths& paths, const std::vector<double>& weights);

}  // namespace wordbridge
