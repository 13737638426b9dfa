#include <algorithm>
#include <memory>

#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "train/gradient_learner.h"

// What a training costs: estimates before it begins.

namespace wordbridge {

using torch::Tensor;

void GradientLearner::announce() {
  std::int64_t parameters = 0;
  for (const auto& parameter : model_->parameters()) parameters += parameter.numel();
  std::int64_t moments = 0;
  for (const auto& [name, moment] : optimizer_.state()) moments += moment.numel();
  for (const auto& [name, mean] : average_.state()) moments += mean.numel();
  if (examples_ != nullptr)
    for (const auto& [name, values] : examples_->state()) moments += 2 * values.numel();
  // The output layer stores the exponentials of about 128 examples.
  const auto logits =
      std::min<std::int64_t>(128, options_.batch_size) * corpus_.vocabulary().size();
  const double bytes =
      4.0 * static_cast<double>(2 * parameters + moments + logits + corpus_.tokens());
  const auto steps_left = total_steps() - at_.step;
  const double epochs_left = static_cast<double>(steps_left) / static_cast<double>(epoch_steps_);
  log("train", "{}: {} parameters on {}, {:.3g} GFLOP per update of {}", model_name_,
      human_count(static_cast<std::uint64_t>(parameters)), device_.str(),
      model_->flops_per_word() * static_cast<double>(options_.batch_size) * 1e-9,
      counted(options_.batch_size, "word"));
  if (corpus_.valid().size() == 0)
    log("train", "no validation split: the best epoch is that of the lowest training loss");
  log("train", "{} in {} {}, {} remaining: about {} and {} of memory",
      counted(total_steps(), "update"), number_text(*options_.epochs),
      *options_.epochs == 1 ? "epoch" : "epochs",
      human_count(static_cast<std::uint64_t>(steps_left)),
      human_duration(seconds_per_epoch() * epochs_left), human_bytes(bytes));
}

double GradientLearner::seconds_per_epoch() {
  return seconds_per_step() * static_cast<double>(epoch_steps_) + seconds_of_validation();
}

double GradientLearner::seconds_per_step() {
  // A few batches whose gradients are computed and applied with a rate of 0. The moments of the
  // optimiser change, and are restored.
  constexpr int kWarmUp = 1, kLeast = 3, kMost = 50;
  constexpr double kSeconds = 0.3;
  std::vector<Tensor> moments;
  for (const auto& [name, moment] : optimizer_.state()) moments.push_back(moment.clone());
  const std::int64_t updates = optimizer_.steps();
  const auto scratch = examples_ != nullptr ? model_->online_trainer() : nullptr;
  const BatchSampler batches = sampler(0, 0);
  model_->train();
  std::unique_ptr<Progress> clock;
  int timed = -kWarmUp;
  for (; timed < kLeast || (timed < kMost && clock->seconds() < kSeconds); ++timed) {
    if (timed == 0) clock = std::make_unique<Progress>("train", 0, "");
    if (scratch != nullptr) {
      update_with(*scratch, batches.batch(0));
      continue;
    }
    auto items = batches.batch((timed + kWarmUp) % batches.batches());
    if (processes_ != nullptr)  // the part of this process
      items.resize(
          std::max<std::size_t>(1, items.size() / static_cast<std::size_t>(processes_->size())));
    const Batch batch = make_batch(items);
    compute_gradients(batch);
    optimizer_.step(0);
  }
  const double seconds = clock->seconds() / timed;
  for (std::size_t i = 0; i < moments.size(); ++i) optimizer_.state()[i].second.copy_(moments[i]);
  optimizer_.set_steps(updates);
  return seconds;
}

double GradientLearner::seconds_of_validation() const {
  constexpr std::int64_t kTokens = 2048;
  const Span valid = corpus_.valid();
  if (valid.size() == 0) return 0;
  const Span some{valid.begin, std::min(valid.end, valid.begin + kTokens)};
  std::vector<double> log_probs(static_cast<std::size_t>(some.size()));
  const Progress clock("train", 0, "");
  language_model_.log_probs(corpus_.ids(), some, log_probs.data());
  return clock.seconds() * static_cast<double>(valid.size()) / static_cast<double>(some.size());
}

}  // namespace wordbridge
