#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/simd/scratch.h"
#include "kernels/softmax/softmax_problem.h"
#include "kernels/softmax/tiles.h"

namespace wordbridge {

// The weights of a block (126 x 100 floats) stay in a core's second-level cache, its tile for a
// panel in the first-level cache. 126 is a multiple of the heights of the register tiles.
constexpr std::int64_t kWordBlock = 126;
// Examples whose exponentials are kept at a time. The weights are read and their gradients updated
// once per example block; with this size that costs little compared with the products.
constexpr std::int64_t kExampleBlock = 128;
constexpr std::int64_t kPanels = kExampleBlock / kPanel;

inline std::int64_t word_blocks(std::int64_t vocabulary) {
  return (vocabulary + kWordBlock - 1) / kWordBlock;
}

/// Memory of a block of examples from forward() to backward().
struct ExampleBlockMemory {
  Scratch columns, rows, exponentials, block_maxima, running;
};

/// State of both passes over the vocabulary for a block of at most kExampleBlock examples: the
/// working memory of linear_softmax.h. Products in float32.
class ExampleBlock {
 public:
  /// `keeps_exponentials`: needed for backward(). The memory belongs to the calling thread: at most
  /// one object per thread.
  ExampleBlock(const LinearSoftmax& softmax, bool keeps_exponentials);
  /// A block of a process that computes a part of the vocabulary. Several can be between forward()
  /// and backward() at the same time.
  ExampleBlock(const LinearSoftmax& softmax, const SoftmaxPart& part, ExampleBlockMemory& memory);
  virtual ~ExampleBlock() = default;
  ExampleBlock(const ExampleBlock&) = delete;
  ExampleBlock& operator=(const ExampleBlock&) = delete;

  /// Computes ln P(target) of the examples [begin, end).
  void forward(std::int64_t begin, std::int64_t end);
  /// The same in two halves, between which sums() of the shares of other processes and their
  /// target_logits() are filled in.
  void sum_own_shares(std::int64_t begin, std::int64_t end);
  void finish_forward();
  /// Maxima and sums of exponentials of a share.
  float* sums(std::int64_t share) { return running_ + share * kSums; }
  static constexpr std::int64_t kSums = 2 * kExampleBlock;
  /// Logits of the targets, NaN where the word belongs to another process.
  double* target_logits() { return target_logits_; }
  const double* log_prob() const { return log_prob_; }
  /// Computes their gradients. `adds`: adds to the existing weight gradients.
  void backward(const SoftmaxOptions& options, bool adds);

 protected:
  /// Converts the examples of a panel from rows to the layout that the products read.
  virtual void pack(std::int64_t panel);
  /// Called before the panels of a block: prepares the block's weights for the share's products.
  virtual void pack_forward(std::int64_t /*share*/, std::int64_t /*block*/) {}
  /// Computes, keeps and sums the exponentials of a block and a panel, relative to their maxima.
  virtual void exponentials(std::int64_t share, std::int64_t block, std::int64_t panel,
                            float* maxima, float* sums);
  /// x_part [panels, width, kPanel] += the contribution of a block; weight_part [words, stride] =
  /// the gradients of its weights.
  virtual void gradients(std::int64_t share, std::int64_t block, const SoftmaxOptions& options,
                         float* x_part, float* weight_part);

  std::int64_t block_words(std::int64_t block) const {
    const auto left = V_ - block * kWordBlock;
    return left < kWordBlock ? left : kWordBlock;
  }
  std::vector<TileTerm> terms_of(std::int64_t block) const;
  float scale() const { return 1.0f / static_cast<float>(softmax_.examples); }
  /// Whether the filter skips the gradients of a block and a panel: no probability reaches the
  /// threshold, and none of the targets is in the block. `largest`: result of tile_probabilities().
  bool negligible(std::int64_t block, std::int64_t panel, float largest,
                  const SoftmaxOptions& options) const {
    bool target = false;
    for_each_target(block, panel, [&target](std::int64_t, std::int64_t, float) { target = true; });
    return !target && largest < options.filter * scale();
  }
  /// Logarithms of the factors that turn the kept exponentials into probabilities [kPanel].
  void exponents(std::int64_t block, std::int64_t panel, float* exponents) const;
  /// Calls `set(word, example, gradient of the logit)` for each example of the panel whose target
  /// is in the block.
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
  /// Prefetches part of the weights of a block: one part for each panel of the block before it.
  void prefetch_weights(std::int64_t block, std::int64_t panel) const;

  const LinearSoftmax& softmax_;
  const std::int64_t V_;
  std::int64_t width_ = 0, stride_, blocks_, shares_;
  std::int64_t first_share_ = 0, last_share_;  // of this process
  std::int64_t begin_ = 0, size_ = 0, panels_ = 0;
  float* columns_;  // [kPanels, width, kPanel]: features, examples contiguous
  float* rows_;     // [kExampleBlock, stride]: features of each example, then 1, then zeros

 private:
  ExampleBlock(const LinearSoftmax& softmax, bool keeps_exponentials, const SoftmaxPart* part,
               ExampleBlockMemory& memory);
  std::int64_t first_block(std::int64_t share) const { return blocks_ * share / shares_; }
  /// Exponentials of a block and a panel [words, kPanel].
  float* tile(std::int64_t share, std::int64_t block, std::int64_t panel) const;
  /// Calls work(share) for the shares of this process, in parallel.
  template <class Work>
  void for_each_share(const Work& work) const;
  void forward_share(std::int64_t share);
  void find_target_logits();
  void write_weight_gradients(std::int64_t block, const float* gradient, bool adds) const;
  void write_x_gradients(std::int64_t panel);

  float* exponentials_ = nullptr;  // [V, kExampleBlock], see tile()
  float* block_maxima_;            // [blocks, kExampleBlock]: subtracted before exponentiation
  float* running_;                 // [shares, 2, kExampleBlock], see sums()
  float* x_parts_ = nullptr;       // [shares, kPanels, width, kPanel]
  float* parts_;  // [shares]: weight gradients of a block [kWordBlock, stride], or a tile
  const bool is_part_;
  double target_logits_[kExampleBlock], log_sum_exp_[kExampleBlock], log_prob_[kExampleBlock];
};

/// The same with products in bfloat16. Requires has_bf16_products().
std::unique_ptr<ExampleBlock> make_bf16_example_block(const LinearSoftmax& softmax);

}  // namespace wordbridge
