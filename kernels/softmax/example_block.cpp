#include "kernels/softmax/example_block.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/threads.h"

namespace wordbridge {
namespace {

/// Logit of one example's target, in float64.
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

ExampleBlockMemory& memory_of_thread() {
  static thread_local ExampleBlockMemory memory;
  return memory;
}

}  // namespace

ExampleBlock::ExampleBlock(const LinearSoftmax& softmax, bool keeps_exponentials)
    : ExampleBlock(softmax, keeps_exponentials, nullptr, memory_of_thread()) {}

ExampleBlock::ExampleBlock(const LinearSoftmax& softmax, const SoftmaxPart& part,
                           ExampleBlockMemory& memory)
    : ExampleBlock(softmax, true, &part, memory) {}

ExampleBlock::ExampleBlock(const LinearSoftmax& softmax, bool keeps_exponentials,
                           const SoftmaxPart* part, ExampleBlockMemory& memory)
    : softmax_(softmax), V_(softmax.vocabulary), is_part_(part != nullptr) {
  for (const auto& term : softmax.terms) width_ += term.width;
  stride_ = (width_ + 1 + kStride - 1) / kStride * kStride;
  blocks_ = word_blocks(V_);
  shares_ = is_part_ ? kSoftmaxShares : std::min(kSoftmaxShares, blocks_);
  last_share_ = shares_;
  if (is_part_) first_share_ = part->first_share, last_share_ = part->last_share;
  static thread_local Scratch x_parts, parts;
  columns_ = memory.columns.get(kPanels * width_ * kPanel);
  rows_ = memory.rows.get(kExampleBlock * stride_);
  block_maxima_ = memory.block_maxima.get(blocks_ * kExampleBlock);
  running_ = memory.running.get(shares_ * kSums);
  parts_ = parts.get(shares_ * kWordBlock * std::max(stride_, kPanel));
  if (keeps_exponentials) {
    exponentials_ = memory.exponentials.get(V_ * kExampleBlock);
    x_parts_ = x_parts.get(shares_ * kPanels * width_ * kPanel);
  }
}

float* ExampleBlock::tile(std::int64_t share, std::int64_t block, std::int64_t panel) const {
  if (exponentials_ == nullptr) return parts_ + share * kWordBlock * kPanel;
  return exponentials_ + block * kWordBlock * kExampleBlock + panel * block_words(block) * kPanel;
}

std::vector<TileTerm> ExampleBlock::terms_of(std::int64_t block) const {
  std::vector<TileTerm> terms;
  for (const auto& term : softmax_.terms)
    terms.push_back({term.weight + block * kWordBlock * term.width, term.width});
  return terms;
}

void ExampleBlock::prefetch_weights(std::int64_t block, std::int64_t panel) const {
  if (block >= blocks_) return;
  for (const auto& term : softmax_.terms) {
    const auto size = block_words(block) * term.width;
    const float* weight = term.weight + block * kWordBlock * term.width;
    for (auto i = size * panel / panels_; i < size * (panel + 1) / panels_; i += 16)
      __builtin_prefetch(weight + i, 0, 2);
  }
}

void ExampleBlock::pack(std::int64_t panel) {
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
}

void ExampleBlock::forward(std::int64_t begin, std::int64_t end) {
  sum_own_shares(begin, end);
  finish_forward();
}

void ExampleBlock::sum_own_shares(std::int64_t begin, std::int64_t end) {
  begin_ = begin;
  size_ = end - begin;
  panels_ = (size_ + kPanel - 1) / kPanel;
  for_each_block(panels_, [&](std::int64_t panel) { pack(panel); });
  for_each_share([&](std::int64_t share) { forward_share(share); });
  find_target_logits();
}

template <class Work>
void ExampleBlock::for_each_share(const Work& work) const {
  for_each_block(last_share_ - first_share_,
                 [&](std::int64_t share) { work(first_share_ + share); });
}

void ExampleBlock::forward_share(std::int64_t share) {
  float* maxima = running_ + share * kSums;
  float* sums = maxima + kExampleBlock;
  std::fill(maxima, sums, std::numeric_limits<float>::lowest());
  std::fill_n(sums, kExampleBlock, 0.0f);
  for (auto block = first_block(share); block < first_block(share + 1); ++block) {
    pack_forward(share, block);
    for (std::int64_t panel = 0; panel < panels_; ++panel) {
      prefetch_weights(block + 1, panel);
      float* block_maxima = block_maxima_ + block * kExampleBlock + panel * kPanel;
      alignas(64) float block_sums[kPanel];
      exponentials(share, block, panel, block_maxima, block_sums);
      merge_sums(block_maxima, block_sums, maxima + panel * kPanel, sums + panel * kPanel);
    }
  }
}

void ExampleBlock::exponentials(std::int64_t share, std::int64_t block, std::int64_t panel,
                                float* maxima, float* sums) {
  const auto terms = terms_of(block);
  float* values = tile(share, block, panel);
  tile_logits(terms.data(), static_cast<std::int64_t>(terms.size()),
              softmax_.bias + block * kWordBlock, block_words(block),
              columns_ + panel * width_ * kPanel, values, maxima);
  tile_exponentials(values, block_words(block), maxima, sums);
}

void ExampleBlock::find_target_logits() {
  const std::int64_t begin = first_block(first_share_) * kWordBlock,
                     end = first_block(last_share_) * kWordBlock;
  for (std::int64_t r = 0; r < size_; ++r) {
    const std::int64_t target = softmax_.targets[begin_ + r];
    target_logits_[r] = begin <= target && target < end ? target_logit(softmax_, begin_ + r)
                                                        : std::numeric_limits<double>::quiet_NaN();
  }
}

void ExampleBlock::finish_forward() {
  for (std::int64_t r = 0; r < size_; ++r) {
    float maximum = std::numeric_limits<float>::lowest();
    for (std::int64_t share = 0; share < shares_; ++share)
      maximum = std::max(maximum, running_[share * kSums + r]);
    double sum = 0;
    for (std::int64_t share = 0; share < shares_; ++share) {
      const float* at = running_ + share * kSums + r;
      sum += static_cast<double>(at[kExampleBlock]) *
             std::exp(static_cast<double>(at[0]) - static_cast<double>(maximum));
    }
    log_sum_exp_[r] = static_cast<double>(maximum) + std::log(sum);
    log_prob_[r] = target_logits_[r] - log_sum_exp_[r];
  }
}

void ExampleBlock::exponents(std::int64_t block, std::int64_t panel, float* exponents) const {
  const float* block_maxima = block_maxima_ + block * kExampleBlock + panel * kPanel;
  for (std::int64_t i = 0; i < kPanel; ++i) {
    const auto r = panel * kPanel + i;
    // The padding of the last panel adds nothing: its features are zeros.
    exponents[i] = r < size_
                       ? static_cast<float>(static_cast<double>(block_maxima[i]) - log_sum_exp_[r])
                       : -87.0f;
  }
}

void ExampleBlock::backward(const SoftmaxOptions& options, bool adds) {
  for_each_share([&](std::int64_t share) {
    float* x_part = x_parts_ + share * kPanels * width_ * kPanel;
    float* weight_part = parts_ + share * kWordBlock * std::max(stride_, kPanel);
    std::fill_n(x_part, panels_ * width_ * kPanel, 0.0f);
    for (auto block = first_block(share); block < first_block(share + 1); ++block) {
      gradients(share, block, options, x_part, weight_part);
      write_weight_gradients(block, weight_part, adds);
    }
  });
  for_each_block(panels_, [&](std::int64_t panel) { write_x_gradients(panel); });
}

void ExampleBlock::gradients(std::int64_t share, std::int64_t block, const SoftmaxOptions& options,
                             float* x_part, float* weight_part) {
  const auto terms = terms_of(block);
  const auto words = block_words(block);
  TilePanel panels[kPanels];
  std::int64_t panel_count = 0;
  for (std::int64_t panel = 0; panel < panels_; ++panel) {
    prefetch_weights(block + 1, panel);
    float* values = tile(share, block, panel);
    alignas(64) float factors[kPanel];
    exponents(block, panel, factors);
    const float largest = tile_probabilities(values, words, factors, scale());
    if (options.filter > 0 && negligible(block, panel, largest, options)) continue;
    for_each_target(block, panel, [&](std::int64_t word, std::int64_t example, float gradient) {
      values[word * kPanel + example] = gradient;
    });
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
}

void ExampleBlock::write_weight_gradients(std::int64_t block, const float* gradient,
                                          bool adds) const {
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
  const auto x_part = [&](std::int64_t share) {
    return x_parts_ + (share * kPanels + panel) * width_ * kPanel;
  };
  const auto add = [&](std::int64_t share, std::int64_t other) {
    float* to = x_part(share);
    const float* from = x_part(other);
    for (std::int64_t i = 0; i < width_ * kPanel; ++i) to[i] += from[i];
  };
  if (!is_part_) {
    for (std::int64_t share = 1; share < shares_; ++share) add(0, share);
  } else {
    for (std::int64_t step = 1; step < last_share_ - first_share_; step *= 2)
      for (auto share = first_share_; share + step < last_share_; share += 2 * step)
        add(share, share + step);
  }
  const float* sum = x_part(first_share_);
  for (const auto& term : softmax_.terms) {
    for (std::int64_t i = 0; i < std::min(kPanel, size_ - panel * kPanel); ++i) {
      float* out = term.x_gradient + (begin_ + panel * kPanel + i) * term.width;
      for (std::int64_t e = 0; e < term.width; ++e) out[e] = sum[e * kPanel + i];
    }
    sum += term.width * kPanel;
  }
}

}  // namespace wordbridge
