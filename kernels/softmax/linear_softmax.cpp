#include "kernels/softmax/linear_softmax.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "kernels/softmax/example_block.h"
#include "kernels/softmax/tiles_bf16.h"

namespace wordbridge {
namespace {

/// Calls `work(begin, end)` for each block of examples.
template <class Work>
void for_each_example_block(const LinearSoftmax& softmax, const Work& work) {
  for (std::int64_t begin = 0; begin < softmax.examples; begin += kExampleBlock)
    work(begin, std::min(begin + kExampleBlock, softmax.examples));
}

}  // namespace

bool has_bfloat16_softmax() { return has_bf16_products(); }

void linear_softmax_log_prob(const LinearSoftmax& softmax, double* log_prob) {
  ExampleBlock block(softmax, false);
  for_each_example_block(softmax, [&](std::int64_t begin, std::int64_t end) {
    block.forward(begin, end);
    std::copy_n(block.log_prob(), end - begin, log_prob + begin);
  });
}

double linear_softmax_gradients(const LinearSoftmax& softmax, const SoftmaxOptions& options) {
  std::unique_ptr<ExampleBlock> chosen;
  if (options.bfloat16) {
    chosen = make_bf16_example_block(softmax);
  } else {
    chosen = std::make_unique<ExampleBlock>(softmax, true);
  }
  ExampleBlock& block = *chosen;
  double loss = 0;
  for_each_example_block(softmax, [&](std::int64_t begin, std::int64_t end) {
    block.forward(begin, end);
    for (auto i = begin; i < end; ++i) loss -= block.log_prob()[i - begin];
    block.backward(options, begin > 0);
  });
  return loss / static_cast<double>(softmax.examples);
}

double linear_softmax_gradients(const LinearSoftmax& softmax, const SoftmaxPart& part,
                                const SoftmaxOptions& options) {
  constexpr std::int64_t kBlocks = 8;  // whose sums are exchanged together
  static thread_local ExampleBlockMemory memory[kBlocks];
  std::vector<std::unique_ptr<ExampleBlock>> blocks;
  for (auto& own : memory) blocks.push_back(std::make_unique<ExampleBlock>(softmax, part, own));
  constexpr std::int64_t kExamples = kBlocks * kExampleBlock, kSums = ExampleBlock::kSums;
  std::vector<float> sums;
  std::vector<double> target_logits;
  double loss = 0;
  for (std::int64_t first = 0; first < softmax.examples; first += kExamples) {
    const std::int64_t examples = std::min(kExamples, softmax.examples - first);
    const std::int64_t count = (examples + kExampleBlock - 1) / kExampleBlock;
    const auto begin = [&](std::int64_t i) {
      return first + std::min(examples, i * kExampleBlock);
    };
    sums.resize(static_cast<std::size_t>(kSoftmaxShares * count * kSums));
    target_logits.resize(static_cast<std::size_t>(examples));
    // Copies the sums and logits of all blocks to one place for the exchange, or back.
    const auto copy = [&](std::int64_t first_share, std::int64_t last_share, bool back) {
      for (std::int64_t i = 0; i < count; ++i) {
        ExampleBlock& block = *blocks[static_cast<std::size_t>(i)];
        const auto between = [back](auto* own, auto* all, std::int64_t size) {
          std::copy_n(back ? all : own, size, back ? own : all);
        };
        for (auto share = first_share; share < last_share; ++share)
          between(block.sums(share), sums.data() + (share * count + i) * kSums, kSums);
        between(block.target_logits(), target_logits.data() + begin(i) - first,
                begin(i + 1) - begin(i));
      }
    };
    for (std::int64_t i = 0; i < count; ++i)
      blocks[static_cast<std::size_t>(i)]->sum_own_shares(begin(i), begin(i + 1));
    copy(part.first_share, part.last_share, false);
    part.exchange(sums.data(), count * kSums, target_logits.data(), examples);
    copy(0, kSoftmaxShares, true);
    for (std::int64_t i = 0; i < count; ++i) {
      ExampleBlock& block = *blocks[static_cast<std::size_t>(i)];
      block.finish_forward();
      for (auto r = begin(i); r < begin(i + 1); ++r) loss -= block.log_prob()[r - begin(i)];
      block.backward(options, begin(i) > 0);
    }
  }
  return loss / static_cast<double>(softmax.examples);
}

WordRange words_of(const SoftmaxPart& part, std::int64_t vocabulary) {
  const std::int64_t blocks = word_blocks(vocabulary);
  const auto begin = [&](std::int64_t share) {
    return std::min(vocabulary, blocks * share / kSoftmaxShares * kWordBlock);
  };
  return {begin(part.first_share), begin(part.last_share)};
}

}  // namespace wordbridge
