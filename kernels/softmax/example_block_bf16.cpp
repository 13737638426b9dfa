#include <algorithm>

#include "core/error.h"
#include "kernels/softmax/example_block.h"
#include "kernels/softmax/tiles_bf16.h"

#if defined(__x86_64__)

namespace wordbridge {
namespace {

/// ExampleBlock with factors and kept exponentials in bfloat16.
class Bf16ExampleBlock : public ExampleBlock {
 public:
  explicit Bf16ExampleBlock(const LinearSoftmax& softmax)
      : ExampleBlock(softmax, false), pairs_((width_ + 1) / 2) {
    static thread_local Scratch columns, rows, kept, shares, x_parts;
    const auto as_pairs = [](float* memory) { return reinterpret_cast<Pair*>(memory); };
    column_pairs_ = as_pairs(columns.get(kPanels * pairs_ * kPanel));
    row_pairs_ = as_pairs(rows.get(kExampleBlock / 2 * stride_));
    kept_ = as_pairs(kept.get(blocks_ * kWordBlock / 2 * kExampleBlock));
    share_size_ = kTile + kWordTile + kPanels * kTile / 2 +
                  kWordBlock * std::max(pairs_, width_ + 1) + width_ + kStride;
    share_size_ = (share_size_ + kStride - 1) / kStride * kStride;
    shares_memory_ = shares.get(shares_ * share_size_);
    keep_x_parts(x_parts.get(shares_ * kPanels * width_ * kPanel));
  }

 protected:
  void pack(std::int64_t panel) override {
    ExampleBlock::pack(panel);
    const float* columns = columns_ + panel * width_ * kPanel;
    for (std::int64_t e = 0; e < width_; e += 2) {
      bf16_zip(columns + e * kPanel, e + 1 < width_ ? columns + (e + 1) * kPanel : nullptr, kPanel,
               column_pairs_ + (panel * pairs_ + e / 2) * kPanel);
    }
    const float* rows = rows_ + panel * kPanel * stride_;
    for (std::int64_t r = 0; r < kPanel; r += 2) {
      bf16_zip(rows + r * stride_, rows + (r + 1) * stride_, stride_,
               row_pairs_ + (panel * kPanel + r) / 2 * stride_);
    }
  }

  void pack_forward(std::int64_t share, std::int64_t block) override {
    const auto terms = terms_of(block);
    float* row = joined_row(share);
    for (std::int64_t v = 0; v < block_words(block); ++v) {
      const float* joined = terms[0].weight + v * width_;
      if (terms.size() > 1) {
        float* end = row;
        for (const auto& term : terms)
          end = std::copy_n(term.weight + v * term.width, term.width, end);
        joined = row;
      }
      bf16_pairs(joined, width_, weights(share) + v * pairs_);
    }
  }

  void exponentials(std::int64_t share, std::int64_t block, std::int64_t panel, float* maxima,
                    float* sums) override {
    float* values = tile(share);
    const auto words = block_words(block);
    bf16_logits(weights(share), pairs_, softmax_.bias + block * kWordBlock, words,
                column_pairs_ + panel * pairs_ * kPanel, values, maxima);
    bf16_exponentials(values, words, maxima, sums, kept(block, panel));
  }

  void gradients(std::int64_t share, std::int64_t block, const SoftmaxOptions& options,
                 float* x_part, float* weight_part) override {
    const auto terms = terms_of(block);
    const auto words = block_words(block);
    pack_backward(share, terms, words);
    Bf16Panel panels[kPanels];
    std::int64_t panel_count = 0;
    for (std::int64_t panel = 0; panel < panels_; ++panel) {
      prefetch_weights(block + 1, panel);
      Pair *word_pairs = word_tile(share), *example_pairs = example_tile(share, panel);
      alignas(64) float factors[kPanel];
      exponents(block, panel, factors);
      const float largest = bf16_probabilities(kept(block, panel), words, factors, scale(),
                                               word_pairs, example_pairs);
      if (options.filter > 0 && negligible(block, panel, largest, options)) continue;
      for_each_target(block, panel, [&](std::int64_t word, std::int64_t example, float gradient) {
        bf16_set(gradient, word, example, word_pairs, example_pairs);
      });
      const Pair* weight = weights(share);
      float* x_gradient = x_part + panel * width_ * kPanel;
      for (const auto& term : terms) {
        bf16_x_gradient(weight, term.width, words, word_pairs, x_gradient);
        weight += (words + 1) / 2 * term.width;
        x_gradient += term.width * kPanel;
      }
      panels[panel_count++] = {example_pairs, row_pairs_ + panel * kPanel / 2 * stride_};
    }
    if (panel_count > 0) {
      bf16_weight_gradient(panels, panel_count, words, stride_, weight_part);
    } else {
      std::fill_n(weight_part, words * stride_, 0.0f);
    }
  }

 private:
  static constexpr std::int64_t kTile = kWordBlock * kPanel;
  static constexpr std::int64_t kWordTile = (kWordBlock + 1) / 2 * kPanel;

  /// Packs the weights of a block into pairs of words, term by term.
  void pack_backward(std::int64_t share, const std::vector<TileTerm>& terms, std::int64_t words) {
    Pair* to = weights(share);
    for (const auto& term : terms) {
      for (std::int64_t v = 0; v < words; v += 2, to += term.width) {
        const float* row = term.weight + v * term.width;
        bf16_zip(row, v + 1 < words ? row + term.width : nullptr, term.width, to);
      }
    }
  }

  // The arrays in the memory of a share.
  float* tile(std::int64_t share) const { return shares_memory_ + share * share_size_; }
  Pair* word_tile(std::int64_t share) const { return reinterpret_cast<Pair*>(tile(share) + kTile); }
  Pair* example_tile(std::int64_t share, std::int64_t panel) const {
    return word_tile(share) + kWordTile + panel * kTile / 2;
  }
  Pair* weights(std::int64_t share) const { return example_tile(share, kPanels); }
  float* joined_row(std::int64_t share) const {
    return tile(share) + share_size_ - (width_ + kStride);
  }
  Pair* kept(std::int64_t block, std::int64_t panel) const {
    return kept_ + block * (kWordBlock / 2) * kExampleBlock +
           panel * ((block_words(block) + 1) / 2) * kPanel;
  }

  const std::int64_t pairs_;  // number of feature pairs of an example
  Pair *column_pairs_, *row_pairs_, *kept_;
  float* shares_memory_;
  std::int64_t share_size_;
};

}  // namespace

std::unique_ptr<ExampleBlock> make_bf16_example_block(const LinearSoftmax& softmax) {
  return std::make_unique<Bf16ExampleBlock>(softmax);
}

}  // namespace wordbridge

#else

namespace wordbridge {

bool has_bf16_products() { return false; }
std::unique_ptr<ExampleBlock> make_bf16_example_block(const LinearSoftmax&) {
  WB_ASSERT(false, "bfloat16 products are not available on this architecture");
  return nullptr;
}

}  // namespace wordbridge

#endif
