#include "models/output/own_samples.h"

#include <ATen/ATen.h>

#include <cmath>

#include "core/threads.h"

namespace wordbridge {

using torch::Tensor;

OwnSamples draw_own_samples(const Tensor& targets_B, std::int64_t samples, std::uint64_t seed,
                            const SampleSource& source) {
  constexpr std::int64_t kExamples = 16;  // per block
  const Tensor targets = targets_B.to(torch::kCPU).contiguous();
  const auto* target = targets.data_ptr<std::int64_t>();
  const std::int64_t B = targets.numel();
  OwnSamples own;
  own.each = 1 + samples;
  own.lists.row.resize(static_cast<std::size_t>(B * own.each));
  own.log_q.resize(own.lists.row.size());
  for (std::int64_t b = 0; b <= B; ++b) own.lists.begin.push_back(b * own.each);
  for_each_range(B, kExamples, [&](std::int64_t begin, std::int64_t end) {
    for (auto b = begin; b < end; ++b) {
      Rng rng(seed, "own samples", static_cast<std::uint64_t>(b));
      for (std::int64_t k = 0; k < own.each; ++k) {
        const auto word = k == 0 ? target[b] : source.draw(b, rng);
        const auto j = static_cast<std::size_t>(b * own.each + k);
        own.lists.row[j] = static_cast<std::int32_t>(word);
        own.log_q[j] = static_cast<float>(std::log(source.probability(b, word)));
      }
    }
  });
  return own;
}

Tensor corrected_scores(const OwnSamples& samples, double shift,
                        const std::vector<LinearTerm>& terms, const Tensor& b_V) {
  const std::int64_t K = samples.each;
  const auto B = static_cast<std::int64_t>(samples.lists.begin.size()) - 1;
  const Tensor rows = torch::tensor(samples.lists.row).to(b_V.device(), torch::kInt64);
  Tensor scores_BK = b_V.index_select(0, rows).view({B, K}) -
                     (torch::tensor(samples.log_q).to(b_V.options()).view({B, K}) + shift);
  for (const auto& [x_BE, weight_VE] : terms) {
    const Tensor own = weight_VE.index_select(0, rows).view({B, K, x_BE.size(1)});
    scores_BK = scores_BK + torch::bmm(own, x_BE.unsqueeze(2)).squeeze(2);
  }
  return scores_BK;
}

}  // namespace wordbridge
