#include "train/weight_average.h"

#include <algorithm>

namespace wordbridge {
namespace {

constexpr std::int64_t kUpdates = 8;  // between two updates of the mean

}  // namespace

WeightAverage::WeightAverage(double epochs, std::int64_t epoch_steps,
                             const std::vector<Optimizer::Parameter>& parameters) {
  if (epochs == 0) return;
  forget_ = std::min(1.0, kUpdates / (epochs * static_cast<double>(epoch_steps)));
  for (const auto& parameter : parameters) {
    parameters_.push_back(parameter.value);
    means_.emplace_back(parameter.name, parameter.value.detach().clone());
  }
}

void WeightAverage::update(std::int64_t step) {
  if (means_.empty() || step % kUpdates != 0) return;
  const torch::NoGradGuard no_grad;
  // A plain mean at first, until exponential forgetting sets in.
  const double share = std::max(forget_, 1.0 / static_cast<double>(step / kUpdates));
  for (std::size_t i = 0; i < means_.size(); ++i) means_[i].second.lerp_(parameters_[i], share);
}

void WeightAverage::swap() {
  const torch::NoGradGuard no_grad;
  for (std::size_t i = 0; i < means_.size(); ++i) {
    const torch::Tensor mean = means_[i].second.clone();
    means_[i].second.copy_(parameters_[i]);
    parameters_[i].copy_(mean);
  }
}

}  // namespace wordbridge
