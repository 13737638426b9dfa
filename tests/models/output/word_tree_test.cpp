#include "models/output/word_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "core/error.h"
#include "core/rng.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using Ids = std::vector<std::int64_t>;

/// The branches on the path to a word, such as "011".
std::string code(const TreePaths& paths, std::size_t word) {
  std::string text;
  for (auto step = paths.begin[word]; step < paths.begin[word + 1]; ++step)
    text += paths.sign[static_cast<std::size_t>(step)] > 0 ? '1' : '0';
  return text;
}

TEST(HuffmanTree, HasTheCodesWorkedOutByHand) {
  // 1 + 2 = 3 (node 4). Word 2 and node 4 both have weight 3; words come first, so word 2 is the
  // lighter: 6 (node 5). 5 + 6 = 11 (node 6, the root).
  const TreePaths paths = tree_paths(huffman_tree({1, 2, 3, 5}));
  EXPECT_EQ(code(paths, 3), "1");
  EXPECT_EQ(code(paths, 2), "01");
  EXPECT_EQ(code(paths, 1), "000");
  EXPECT_EQ(code(paths, 0), "001");
  EXPECT_EQ(huffman_tree({1, 2, 3, 5}).parent, (Ids{4, 4, 5, 6, 5, 6, -1}));
}

TEST(HuffmanTree, WeightedDepthIsTheSumOfTheMergedWeights) {
  Rng rng(3, "weights");
  Ids weights;
  for (int w = 0; w < 300; ++w) weights.push_back(static_cast<std::int64_t>(rng.below(1000)));
  const TreePaths paths = tree_paths(huffman_tree(weights));
  std::int64_t depth = 0;
  for (std::size_t w = 0; w < 300; ++w) depth += weights[w] * (paths.begin[w + 1] - paths.begin[w]);
  // The naive algorithm repeatedly adds the two smallest weights.
  std::int64_t naive = 0;
  std::vector<std::int64_t> left = weights;
  while (left.size() > 1) {
    std::sort(left.begin(), left.end(), std::greater<>());
    const auto sum = left[left.size() - 1] + left[left.size() - 2];
    left.pop_back();
    left.back() = sum;
    naive += sum;
  }
  EXPECT_EQ(depth, naive);
}

TEST(HuffmanTree, OfOneWordHasNoSteps) {
  const TreePaths paths = tree_paths(huffman_tree({7}));
  EXPECT_EQ(paths.begin, (Ids{0, 0}));
}

TEST(ClassTree, JoinsTheTreesOfTheClasses) {
  // Class 0: words 0, 3 (node 5, weight 5); class 1: words 1, 2, 4: 1 + 1 = 2 (node 6), 2 + 8
  // (node 7, weight 10); the root is node 8, class 1 at branch 0.
  const WordTree tree = class_tree({4, 1, 8, 1, 1}, {0, 1, 1, 0, 1}, 2);
  EXPECT_EQ(tree.parent, (Ids{5, 6, 7, 5, 6, 8, 7, 8, -1}));
  const TreePaths paths = tree_paths(tree);
  EXPECT_EQ(code(paths, 0), "10");
  EXPECT_EQ(code(paths, 3), "11");
  EXPECT_EQ(code(paths, 2), "00");
  EXPECT_EQ(code(paths, 1), "011");
  EXPECT_EQ(code(paths, 4), "010");
}

TEST(TreePaths, OfWhatIsNoTreeAreAnError) {
  const WordTree good = huffman_tree({1, 2, 3, 5});
  const auto broken = [&](std::size_t node, std::int64_t parent, std::int64_t branch) {
    WordTree tree = good;
    tree.parent[node] = parent;
    tree.branch[node] = branch;
    return message_of<Error>([&] { tree_paths(tree); });
  };
  const std::string message = "the word tree is not a binary tree";
  EXPECT_NO_THROW(tree_paths(good));
  EXPECT_NE(broken(0, 4, 0).find(message), std::string::npos);
  EXPECT_NE(broken(0, 4, 2).find(message), std::string::npos);
  EXPECT_NE(broken(0, -1, 0).find(message), std::string::npos);
  EXPECT_NE(broken(0, 9, 0).find(message), std::string::npos);
  EXPECT_NE(broken(0, 2, 0).find(message), std::string::npos);
  // Two children per node and one root, but 5 and 6 are each other's parents.
  const WordTree cycle{{4, 4, 5, 6, -1, 6, 5}, {0, 1, 0, 0, 0, 1, 1}};
  EXPECT_NE(message_of<Error>([&] { tree_paths(cycle); }).find(message), std::string::npos);
}

TEST(BranchLogOdds, AreThoseOfTheWeightsBelow) {
  const auto odds = branch_log_odds(tree_paths(huffman_tree({1, 2, 3, 5})), {1, 2, 3, 5});
  ASSERT_EQ(odds.size(), 3U);
  EXPECT_NEAR(odds[0], std::log(1.0 / 2), 1e-6);
  EXPECT_NEAR(odds[1], std::log(3.0 / 3), 1e-6);
  EXPECT_NEAR(odds[2], std::log(5.0 / 6), 1e-6);
}

}  // namespace
}  // namespace wordbridge
