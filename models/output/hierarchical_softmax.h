#pragma once

#include <cstdint>
#include <vector>

#include "models/output/hierarchical_softmax_options.h"
#include "models/output/output_layer.h"
#include "models/output/row_list_loss.h"
#include "models/output/word_tree.h"

// Shapes: B batch size, V vocabulary size, E width of a feature vector.

namespace wordbridge {

/// The hierarchical softmax: P(w | context) = product over the inner nodes n on the path from the
/// root to w of sigma(+-(b[n] + sum over the inputs of weight_i[n] . x_i)), with + where the path
/// takes branch 1 (Morin and Bengio 2005, AISTATS; with a Huffman tree: Mikolov et al. 2013,
/// section 2.1).
class HierarchicalSoftmax : public OutputLayer {
 public:
  /// The tree of classes is only available if the inputs have training ids. Otherwise the tree is
  /// the Huffman tree until structure_restored().
  HierarchicalSoftmax(const HierarchicalSoftmaxOptions& options, const OutputShape& shape,
                      const ModelInputs& inputs);

  torch::Tensor loss(const BodyOutput& body, const torch::Tensor& targets_B) override;
  torch::Tensor log_prob(const BodyOutput& body, const torch::Tensor& targets_B) override;
  torch::Tensor logits(const BodyOutput& body) override;
  void structure_restored() override;
  double flops_per_word() const override;

  std::vector<torch::Tensor> weights;  // [V-1,E_i] of the inner nodes: "U", "W"
  torch::Tensor b;                     // [V-1]
  torch::Tensor parent, branch;        // [2V-1] int64, buffers: the WordTree

 private:
  /// The nodes at one depth of the tree: the position of the parent on the level above, the
  /// parent's row, and the sign (+1 or -1).
  struct Level {
    torch::Tensor place_L, row_L, sign_L;
  };

  std::vector<LinearTerm> terms(const BodyOutput& body) const;
  /// The rows of the inner nodes above each target, and the negative logarithm of the product.
  RowLists path_rows(const torch::Tensor& targets_B) const;
  ExampleLoss loss_along_path(const torch::Tensor& targets_B) const;
  /// ln P(target), by LibTorch operations -> [B].
  torch::Tensor plain_log_prob(const BodyOutput& body, const torch::Tensor& targets_B) const;
  void set_tree(const WordTree& tree);

  std::vector<std::int64_t> counts_;  // [V] in the training split
  TreePaths paths_;
  std::vector<Level> levels_;   // from the root's children down
  torch::Tensor word_place_V_;  // position of each word among the nodes of all levels
};

}  // namespace wordbridge
