#include "train/runs/choose_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "train/fitted_learner.h"
#include "train/streaming_learner.h"

namespace wordbridge {
namespace {

/// Share of the budget that the estimate may fill. The rest is for machines whose speed varies.
constexpr double kFilled = 0.85;

TextSize size_of(const Corpus& corpus, const RunConfig& config) {
  return {corpus.train().size(), corpus.vocabulary().size(),
          config.train.optimizer == OptimizerType::online_sgd};
}

std::string text_of(RunConfig& config, const std::string& key) {
  return value_text(*config.describe(true).find(key));
}

/// A configuration with the choices of one effort.
struct Trial {
  RunConfig config;
  ChosenSettings chosen;
  double epoch_seconds = 0;

  double seconds() const { return epoch_seconds * config.train.all_epochs(); }
  /// "train.epochs=3 model.nplm.dim=64": the choices that `before` does not have.
  std::string summary(const std::set<std::string>& before) {
    std::vector<std::string> parts;
    for (const auto& text : choices())
      if (before.count(text) == 0) parts.push_back(text);
    return parts.empty() ? "the given settings" : join(parts, " ");
  }
  std::set<std::string> choices() {
    std::set<std::string> texts;
    for (const auto& [key, reason] : chosen.reasons())
      texts.insert(key + "=" + text_of(config, key));
    return texts;
  }
};

Trial try_effort(RunConfig& config, int effort, const Corpus& corpus, const RunHooks& hooks) {
  Trial trial{config.copy(), {}, 0};
  trial.chosen = trial.config.choose(size_of(corpus, config), effort);
  trial.epoch_seconds = make_learner(trial.config, corpus, hooks)->seconds_per_epoch();
  return trial;
}

/// Reduces the epochs of the cheapest trial to the time, unless they are given.
void reduce_epochs(Trial& trial, double seconds, const std::string& budget) {
  if (trial.chosen.reasons().count("train.epochs") == 0) {
    warn("training takes about {}, longer than train.budget: {}; train.epochs is given as {}",
         human_duration(trial.seconds()), budget, number_text(*trial.config.train.epochs));
    return;
  }
  const double share = seconds / trial.seconds();
  trial.config.train.epochs =
      std::max(0.001, std::floor(*trial.config.train.epochs * share * 1e3) / 1e3);
  trial.chosen.explain("train.epochs", fmt::format("an epoch takes about {}, the budget is {}",
                                                   human_duration(trial.epoch_seconds), budget));
}

/// The most expensive effort that can be trained in the budget.
ChosenSettings fit_budget(RunConfig& config, const Corpus& corpus, const RunHooks& hooks) {
  const std::string budget = config.train.budget;
  const double seconds = kFilled * parse_duration(budget).value();
  const Efforts efforts = config.chosen_model_options().efforts();
  std::set<std::string> before;
  for (int effort = efforts.most;; --effort) {
    Trial trial = try_effort(config, effort, corpus, hooks);
    log("budget", "{}: about {}", trial.summary(before), human_duration(trial.seconds()));
    before = trial.choices();
    const bool fits = trial.seconds() <= seconds;
    if (!fits && effort > efforts.least) continue;
    if (!fits) reduce_epochs(trial, seconds, budget);
    config = std::move(trial.config);
    return trial.chosen;
  }
}

}  // namespace

std::unique_ptr<Learner> make_learner(const RunConfig& config, const Corpus& corpus,
                                      const RunHooks& hooks) {
  const LearnerInputs inputs = config.learner_inputs();
  switch (config.model_info().kind) {
    case LearnerKind::gradient:
      return hooks.gradient_learner(inputs, corpus);
    case LearnerKind::kernel:
      return make_streaming_learner(inputs, corpus);
    case LearnerKind::fitted:
      break;
  }
  return make_fitted_learner(inputs, corpus);
}

ChosenSettings choose_settings(RunConfig& config, const Corpus& corpus, const RunHooks& hooks) {
  const bool is_open = !config.describe(true).open_keys().empty();
  const ChosenSettings chosen = is_open && !config.train.budget.empty()
                                    ? fit_budget(config, corpus, hooks)
                                    : config.choose(size_of(corpus, config));
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const auto& [key, reason] : chosen.reasons())
    by_reason[reason].push_back(key + "=" + text_of(config, key));
  for (const auto& [reason, texts] : by_reason) log("config", "{}: {}", reason, join(texts, " "));
  return chosen;
}

}  // namespace wordbridge
