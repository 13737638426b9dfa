#pragma once

#include <cstdint>
#include <vector>

#include "models/output/class_softmax_options.h"
#include "models/output/row_list_loss.h"
#include "models/output/word_rows.h"

// Shapes: B batch size, V vocabulary size, C classes, E width of a feature vector.

namespace wordbridge {

/// The class-based softmax: P(w | context) = P(c(w) | context) P(w | c(w), context), the product of
/// a softmax over the classes and a softmax over the words of the class (Goodman 2001, ICASSP;
/// Mikolov et al. 2011, ICASSP). With about sqrt(V) classes, training costs about 2 sqrt(V) rows
/// per word instead of V.
class ClassSoftmax : public WordRows {
 public:
  /// Classes that are learned or read from a file are only available if the inputs have training
  /// ids. Otherwise all words are in one class until structure_restored(). Error if there are more
  /// classes than words.
  ClassSoftmax(const ClassSoftmaxOptions& options, const OutputShape& shape,
               const ModelInputs& inputs);

  torch::Tensor loss(const BodyOutput& body, const torch::Tensor& targets_B) override;
  torch::Tensor log_prob(const BodyOutput& body, const torch::Tensor& targets_B) override;
  torch::Tensor logits(const BodyOutput& body) override;
  void structure_restored() override;
  double flops_per_word() const override;

  std::vector<torch::Tensor> class_weights;  // [C,E_i]: "U_class", "W_class"
  torch::Tensor b_class;                     // [C]
  torch::Tensor word_class;                  // [V] int64, a buffer

 private:
  std::int64_t classes() const { return b_class.size(0); }
  std::vector<LinearTerm> class_terms(const BodyOutput& body) const;
  torch::Tensor classes_of(const torch::Tensor& words_B) const;
  /// ln P(target | its class), by LibTorch operations -> [B].
  torch::Tensor plain_within(const BodyOutput& body, const torch::Tensor& targets_B) const;
  /// The rows of the words in each target's class, and the cross-entropy of the target among them.
  RowLists class_rows(const torch::Tensor& targets_B) const;
  ExampleLoss loss_within(const torch::Tensor& targets_B) const;
  /// Sets the classes and rebuilds everything derived from them.
  void set_classes(std::vector<std::int64_t> class_of);
  void start_biases(double smoothing);

  std::vector<std::int64_t> counts_;    // [V] in the training split
  std::vector<std::int64_t> class_of_;  // [V]
  std::vector<std::int64_t> begin_;     // [C+1] start of each class in members_
  std::vector<std::int64_t> members_;   // [V] words by class, ascending
  std::vector<std::int64_t> place_;     // [V] position of each word in members_
};

}  // namespace wordbridge
