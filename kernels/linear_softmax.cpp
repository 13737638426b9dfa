#include "kernels/linear_softmax.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <new>

#include "core/threads.h"
#include "kernels/softmax_tiles.h"

namespace wordbridge {
namespace {

// A block's weights (126 x 100 floats) and its tile for a panel stay in a core's second-level and
// first-level cache; 126 is a multiple of the heights of the register tiles.
constexpr std::int64_t kWordBlock = 126;
// Workers take shares of the blocks. A fixed number, whatever the threads.
constexpr std::int64_t kShares = 16;
// Examples whose exponentials are kept at a time: enough that reading the weights and adding to
// their gradients, once each time, costs little beside the products.
constexpr std::int64_t kExampleBlock = 128;
constexpr std::int64_t kPanels = kExampleBlock / kPanel;

/// Memory that is kept from call to call (fresh pages would cost as much as the work), aligned to a
/// cache line. What it holds is undefined at first.
class Scratch {
 public:
  float* get(std::int64_t size) {
    if (size > size_) {
      values_.reset();
      values_.reset(static_cast<float*>(
          ::operator new(static_cast<std::size_t>(size) * sizeof(float), std::align_val_t(64))));
      size_ = size;
    }
    return values_.get();
  }

 private:
  struct Free {
    void operator()(float* values) const { ::operator delete(values, std::align_val_t(64)); }
  };
  std::unique_ptr<float, Free> values_;
  std::int64_t size_ = 0;
};

std::int64_t rounded_up(std::int64_t value, std::int64_t step) {
  return (value + step - 1) / step * step;
}

/// One block of examples: what both passes over the vocabulary share.
class ExampleBlock {
 public:
  ExampleBlock(const LinearSoftmax& softmax, bool keeps_exponentials)
      : softmax_(softmax), V_(softmax.vocabulary) {
    for (const auto& term : softmax.terms) width_ += term.width;
    stride_ = rounded_up(width_ + 1, kStride);
    blocks_ = (V_ + kWordBlock - 1) / kWordBlock;
    shares_ = std::min(kShares, blocks_);
    static thread_local Scratch columns, rows, exponentials, block_maxima, running, x_parts, part;
    columns_ = columns.get(kPanels * width_ * kPanel);
    rows_ = rows.get(kExampleBlock * stride_);
    block_maxima_ = block_maxima.get(blocks_ * kExampleBlock);
    running_ = running.get(shares_ * 2 * kExampleBlock);
    if (keeps_exponentials) {
      exponentials_ = exponentials.get(V_ * kExampleBlock);
      x_parts_ = x_parts.get(shares_ * kPanels * width_ * kPanel);
      part_ = part.get(shares_ * kWordBlock * stride_);
    } else {
      part_ = part.get(shares_ * kWordBlock * kPanel);
    }
  }

  /// The examples [begin, end): log-sum-exp of each.
  void forward(std::int64_t begin, std::int64_t end);
  const double* log_sum_exp() const { return log_sum_exp_; }
  /// Their gradients; `adds`: to the weights' gradients that are there.
  void backward(const SoftmaxOptions& options, bool adds);

 private:
  std::int64_t block_words(std::int64_t block) const {
    return std::min(kWordBlock, V_ - block * kWordBlock);
  }
  std::int64_t first_block(std::int64_t share) const { return blocks_ * share / shares_; }
  /// Exponentials of a block and a panel [words, kPanel].
  float* tile(std::int64_t block, std::int64_t panel) const {
    return exponentials_ + block * kWordBlock * kExampleBlock + panel * block_words(block) * kPanel;
  }
  std::vector<TileTerm> terms_of(std::int64_t block) const {
    std::vector<TileTerm> terms;
    for (const auto& term : softmax_.terms)
      terms.push_back({term.weight + block * kWordBlock * term.width, term.width});
    return terms;
  }
  /// Asks for a part of the next block's weights, one part for each panel of this block.
  void prefetch_weights(std::int64_t block, std::int64_t panel) const {
    if (block >= blocks_) return;
    for (const auto& term : softmax_.terms) {
      const auto size = block_words(block) * term.width;
      const float* weight = term.weight + block * kWordBlock * term.width;
      for (auto i = size * panel / panels_; i < size * (panel + 1) / panels_; i += 16)
        __builtin_prefetch(weight + i, 0, 2);
    }
  }
  void pack();
  void forward_share(std::int64_t share);
  void sum_shares();
  void backward_share(std::int64_t share, const SoftmaxOptions& options, bool adds);
  void subtract_targets(std::int64_t block, std::int64_t panel, float scale);
  void write_weight_gradients(std::int64_t block, const float* gradient, bool adds);
  void write_x_gradients(std::int64_t panel);

  const LinearSoftmax& softmax_;
  const std::int64_t V_;
  std::int64_t width_ = 0, stride_, blocks_, shares_;
  std::int64_t begin_ = 0, size_ = 0, panels_ = 0;
  float* columns_;  // [kPanels, width, kPanel]: features, example by example
  float* rows_;     // [kExampleBlock, stride]: the same, with a one after each row, then zeros
  float* exponentials_ = nullptr;  // [V, kExampleBlock], see tile()
  float* block_maxima_;            // [blocks, kExampleBlock]: what the exponentials are relative to
  float* running_;                 // [shares, 2, kExampleBlock]: maxima and sums of exponentials
  float* x_parts_ = nullptr;       // [shares, kPanels, width, kPanel]
  float* part_;  // [shares]: a block's weight gradients [kWordBlock, stride], or a tile
  double log_sum_exp_[kExampleBlock];
};

void ExampleBlock::pack() {
  for_each_block(panels_, [&](std::int64_t panel) {
    float* columns = columns_ + panel * width_ * kPanel;
    float* rows = rows_ + panel * kPanel * stride_;
    std::memset(columns, 0, static_cast<std::size_t>(width_ * kPanel) * sizeof(float));
    std::memset(rows, 0, static_cast<std::size_t>(stride_ * kPanel) * sizeof(float));
    const auto filled = std::min(kPanel, size_ - panel * kPanel);
    std::int64_t first = 0;
    for (const auto& term : softmax_.terms) {
      const float* x = term.x + (begin_ + panel * kPanel) * term.width;
      for (std::int64_t r = 0; r < filled; ++r, x += term.width) {
        std::copy_n(x, term.width, rows + r * stride_ + first);
        for (std::int64_t e = 0; e < term.width; ++e) columns[(first + e) * kPanel + r] = x[e];
      }
      first += term.width;
    }
    for (std::int64_t r = 0; r < filled; ++r) rows[r * stride_ + width_] = 1.0f;
  });
}

void ExampleBlock::forward(std::int64_t begin, std::int64_t end) {
  begin_ = begin;
  size_ = end - begin;
  panels_ = (size_ + kPanel - 1) / kPanel;
  pack();
  for_each_block(shares_, [&](std::int64_t share) { forward_share(share); });
  sum_shares();
}

void ExampleBlock::forward_share(std::int64_t share) {
  float* maxima = running_ + share * 2 * kExampleBlock;
  float* sums = maxima + kExampleBlock;
  std::fill(maxima, sums, std::numeric_limits<float>::lowest());
  std::fill_n(sums, kExampleBlock, 0.0f);
  for (auto block = first_block(share); block < first_block(share + 1); ++block) {
    const auto terms = terms_of(block);
    for (std::int64_t panel = 0; panel < panels_; ++panel) {
      float* values =
          exponentials_ != nullptr ? tile(block, panel) : part_ + share * kWordBlock * kPanel;
      float* block_maxima = block_maxima_ + block * kExampleBlock + panel * kPanel;
      alignas(64) float block_sums[kPanel];
      prefetch_weights(block + 1, panel);
      tile_logits(terms.data(), static_cast<std::int64_t>(terms.size()),
                  softmax_.bias + block * kWordBlock, block_words(block),
                  columns_ + panel * width_ * kPanel, values, block_maxima);
      tile_exponentials(values, block_words(block), block_maxima, block_sums);
      merge_sums(block_maxima, block_sums, maxima + panel * kPanel, sums + panel * kPanel);
    }
  }
}

void ExampleBlock::sum_shares() {
  for (std::int64_t r = 0; r < size_; ++r) {
    float maximum = std::numeric_limits<float>::lowest();
    for (std::int64_t share = 0; share < shares_; ++share)
      maximum = std::max(maximum, running_[share * 2 * kExampleBlock + r]);
    double sum = 0;
    for (std::int64_t share = 0; share < shares_; ++share) {
      const float* at = running_ + share * 2 * kExampleBlock + r;
      sum += static_cast<double>(at[kExampleBlock]) *
             std::exp(static_cast<double>(at[0]) - static_cast<double>(maximum));
    }
    log_sum_exp_[r] = static_cast<double>(maximum) + std::log(sum);
  }
}

void ExampleBlock::backward(const SoftmaxOptions& options, bool adds) {
  for_each_block(shares_, [&](std::int64_t share) { backward_share(share, options, adds); });
  for_each_block(panels_, [&](std::int64_t panel) { write_x_gradients(panel); });
}

void ExampleBlock::backward_share(std::int64_t share, const SoftmaxOptions& options, bool adds) {
  const float scale = 1.0f / static_cast<float>(softmax_.examples);
  float* x_part = x_parts_ + share * kPanels * width_ * kPanel;
  float* weight_part = part_ + share * kWordBlock * stride_;
  std::fill_n(x_part, panels_ * width_ * kPanel, 0.0f);
  for (auto block = first_block(share); block < first_block(share + 1); ++block) {
    const auto terms = terms_of(block);
    const auto words = block_words(block);
    TilePanel panels[kPanels];
    std::int64_t panel_count = 0;
    for (std::int64_t panel = 0; panel < panels_; ++panel) {
      float* values = tile(block, panel);
      const float* block_maxima = block_maxima_ + block * kExampleBlock + panel * kPanel;
      alignas(64) float exponents[kPanel];
      prefetch_weights(block + 1, panel);
      for (std::int64_t i = 0; i < kPanel; ++i) {
        const auto r = panel * kPanel + i;
        // What fills up the last panel adds nothing: its features are zeros.
        exponents[i] =
            r < size_ ? static_cast<float>(static_cast<double>(block_maxima[i]) - log_sum_exp_[r])
                      : -87.0f;
      }
      const float largest = tile_probabilities(values, words, exponents, scale);
      if (largest < options.filter * scale) continue;
      subtract_targets(block, panel, scale);
      float* x_gradient = x_part + panel * width_ * kPanel;
      for (const auto& term : terms) {
        tile_x_gradient(term, words, values, x_gradient);
        x_gradient += term.width * kPanel;
      }
      panels[panel_count++] = {values, rows_ + panel * kPanel * stride_};
    }
    if (panel_count > 0) {
      tile_weight_gradient(panels, panel_count, words, stride_, weight_part);
    } else {
      std::fill_n(weight_part, words * stride_, 0.0f);
    }
    write_weight_gradients(block, weight_part, adds);
  }
}

void ExampleBlock::subtract_targets(std::int64_t block, std::int64_t panel, float scale) {
  const auto begin = block * kWordBlock, words = block_words(block);
  float* values = tile(block, panel);
  for (std::int64_t i = 0; i < std::min(kPanel, size_ - panel * kPanel); ++i) {
    const auto word = softmax_.targets[begin_ + panel * kPanel + i] - begin;
    if (word >= 0 && word < words) values[word * kPanel + i] -= scale;
  }
}

void ExampleBlock::write_weight_gradients(std::int64_t block, const float* gradient, bool adds) {
  const auto begin = block * kWordBlock, words = block_words(block);
  const auto put = [adds](const float* from, std::int64_t size, float* to) {
    if (!adds) {
      std::copy_n(from, size, to);
    } else {
      for (std::int64_t e = 0; e < size; ++e) to[e] += from[e];
    }
  };
  for (std::int64_t v = 0; v < words; ++v) {
    const float* row = gradient + v * stride_;
    for (const auto& term : softmax_.terms) {
      put(row, term.width, term.weight_gradient + (begin + v) * term.width);
      row += term.width;
    }
    put(row, 1, softmax_.bias_gradient + begin + v);
  }
}

void ExampleBlock::write_x_gradients(std::int64_t panel) {
  float* sum = x_parts_ + panel * width_ * kPanel;
  for (std::int64_t share = 1; share < shares_; ++share) {
    const float* part = x_parts_ + (share * kPanels + panel) * width_ * kPanel;
    for (std::int64_t i = 0; i < width_ * kPanel; ++i) sum[i] += part[i];
  }
  for (const auto& term : softmax_.terms) {
    for (std::int64_t i = 0; i < std::min(kPanel, size_ - panel * kPanel); ++i) {
      float* out = term.x_gradient + (begin_ + panel * kPanel + i) * term.width;
      for (std::int64_t e = 0; e < term.width; ++e) out[e] = sum[e * kPanel + i];
    }
    sum += term.width * kPanel;
  }
}

/// The target's logit of one example, in float64.
double target_logit(const LinearSoftmax& softmax, std::int64_t example) {
  const auto target = softmax.targets[example];
  double sum = softmax.bias[target];
  for (const auto& term : softmax.terms) {
    const float* x = term.x + example * term.width;
    const float* weight = term.weight + target * term.width;
    for (std::int64_t e = 0; e < term.width; ++e) sum += static_cast<double>(x[e]) * weight[e];
  }
  return sum;
}

/// Calls `work(begin, end)` for the blocks of examples.
template <class Work>
void for_each_example_block(const LinearSoftmax& softmax, const Work& work) {
  for (std::int64_t begin = 0; begin < softmax.examples; begin += kExampleBlock)
    work(begin, std::min(begin + kExampleBlock, softmax.examples));
}

}  // namespace

void linear_softmax_log_prob(const LinearSoftmax& softmax, double* log_prob) {
  ExampleBlock block(softmax, false);
  for_each_example_block(softmax, [&](std::int64_t begin, std::int64_t end) {
    block.forward(begin, end);
    for (auto i = begin; i < end; ++i)
      log_prob[i] = target_logit(softmax, i) - block.log_sum_exp()[i - begin];
  });
}

double linear_softmax_gradients(const LinearSoftmax& softmax, const SoftmaxOptions& options) {
  ExampleBlock block(softmax, true);
  double loss = 0;
  for_each_example_block(softmax, [&](std::int64_t begin, std::int64_t end) {
    block.forward(begin, end);
    for (auto i = begin; i < end; ++i)
      loss += block.log_sum_exp()[i - begin] - target_logit(softmax, i);
    block.backward(options, begin > 0);
  });
  return loss / static_cast<double>(softmax.examples);
}

}  // namespace wordbridge
