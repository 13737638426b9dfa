#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/simd/scratch.h"
#include "kernels/softmax/softmax_problem.h"
#include "kernels/softmax/tiles.h"

namespace wordbridge {

// A block's weights (126 x 100 floats) and its tile for a panel stay in a core's second-level and
// first-level cache; 126 is a multiple of the heights of the register tiles.
constexpr std::int64_t kWordBlock = 126;
// Workers take shares of the blocks. A fixed number, whatever the threads.
constexpr std::int64_t kShares = 16;
// Examples whose exponentials are kept at a time: enough that reading the weights and adding to
// their gradients, once each time, costs little beside the products.
constexpr std::int64_t kExampleBlock = 128;
constexpr std::int64_t kPanels = kExampleBlock / kPanel;

/// What both passes over the vocabulary share for a block of at most kExampleBlock examples: the
/// working memory of linear_softmax.h. Products in float32.
class ExampleBlock {
 public:
  /// `keeps_exponentials`: for backward(). The memory is the calling thread's: one at a time.
  ExampleBlock(const LinearSoftmax& softmax, bool keeps_exponentials);
  virtual ~ExampleBlock() = default;
  ExampleBlock(const ExampleBlock&) = delete;
  ExampleBlock& operator=(const ExampleBlock&) = delete;

  /// Examples [begin, end): ln P(target) of each.
  void forward(std::int64_t begin, std::int64_t end);
  const double* log_prob() const { return log_prob_; }
  /// Their gradients; `adds`: to the weights' gradients that are there.
  void backward(const SoftmaxOptions& options, bool adds);

 protected:
  /// The examples of a panel, from rows to what the products read.
  virtual void pack(std::int64_t panel);
  /// Before the panels of a block: what the share's products need of its weights.
  virtual void pack_forward(std::int64_t /*share*/, std::int64_t /*block*/) {}
  /// Keeps the exponentials of a block and a panel, relative to their maxima, and sums them.
  virtual void exponentials(std::int64_t share, std::int64_t block, std::int64_t panel,
                            float* maxima, float* sums);
  /// x_part [panels, width, kPanel] += a block's part; weight_part [words, stride] = its gradients.
  virtual void gradients(std::int64_t share, std::int64_t block, const SoftmaxOptions& options,
                         float* x_part, float* weight_part);

  std::int64_t block_words(std::int64_t block) const {
    const auto left = V_ - block * kWordBlock;
    return left < kWordBlock ? left : kWordBlock;
  }
  std::vector<TileTerm> terms_of(std::int64_t block) const;
  float scale() const { return 1.0f / static_cast<float>(softmax_.examples); }
  /// Whether the filter leaves the block's gradients of a panel out: no probability reaches it, and
  /// no target is there. `largest` as tile_probabilities() returns it.
  bool negligible(std::int64_t block, std::int64_t panel, float largest,
                  const SoftmaxOptions& options) const {
    bool target = false;
    for_each_target(block, panel, [&target](std::int64_t, std::int64_t, float) { target = true; });
    return !target && largest < options.filter * scale();
  }
  /// ln of what the kept exponentials are to be multiplied with to be probabilities [kPanel].
  void exponents(std::int64_t block, std::int64_t panel, float* exponents) const;
  /// Calls `set(word, example, gradient by the logit)` where a word of the block is the target of
  /// an example of the panel.
  template <class Set>
  void for_each_target(std::int64_t block, std::int64_t panel, const Set& set) const {
    for (std::int64_t i = 0; i < kPanel && panel * kPanel + i < size_; ++i) {
      const auto r = panel * kPanel + i;
      const auto word = softmax_.targets[begin_ + r] - block * kWordBlock;
      if (word >= 0 && word < block_words(block))
        set(word, i, scale() * static_cast<float>(std::expm1(log_prob_[r])));
    }
  }
  void keep_x_parts(float* memory) { x_parts_ = memory; }
  /// Asks for a part of the next block's weights, one part for each panel of this block.
  void prefetch_weights(std::int64_t block, std::int64_t panel) const;

  const LinearSoftmax& softmax_;
  const std::int64_t V_;
  std::int64_t width_ = 0, stride_, blocks_, shares_;
  std::int64_t begin_ = 0, size_ = 0, panels_ = 0;
  float* columns_;  // [kPanels, width, kPanel]: features, example beside example
  float* rows_;     // [kExampleBlock, stride]: the same, a one after each row, then zeros

 private:
  std::int64_t first_block(std::int64_t share) const { return blocks_ * share / shares_; }
  /// Exponentials of a block and a panel [words, kPanel].
  float* tile(std::int64_t share, std::int64_t block, std::int64_t panel) const;
  void forward_share(std::int64_t share);
  void sum_shares();
  void write_weight_gradients(std::int64_t block, const float* gradient, bool adds) const;
  void write_x_gradients(std::int64_t panel);

  float* exponentials_ = nullptr;  // [V, kExampleBlock], see tile()
  float* block_maxima_;            // [blocks, kExampleBlock]: what the exponentials are relative to
  float* running_;                 // [shares, 2, kExampleBlock]: maxima and sums of exponentials
  float* x_parts_ = nullptr;       // [shares, kPanels, width, kPanel]
  float* parts_;  // [shares]: a block's weight gradients [kWordBlock, stride], or a tile
  double log_sum_exp_[kExampleBlock], log_prob_[kExampleBlock];
};

/// Likewise with products in bfloat16; only where has_bf16_products().
std::unique_ptr<ExampleBlock> make_bf16_example_block(const LinearSoftmax& softmax);

}  // namespace wordbridge
