#include "train/runs/choose_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
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
  int effort = 0;
  double epoch_seconds = 0;

  double seconds() const { return epoch_seconds * config.train.all_epochs(); }
  /// "train.epochs=3 model.nplm.dim=64": the choices that `before` does not have.
  std::string summary(const std::set<std::string>& before) {
    std::vector<std::string> parts;
    for (const auto& text : choices())
      if (before.count(text) == 0) parts.push_back(text);
    return join(parts, " ");
  }
  std::set<std::string> choices() {
    std::set<std::string> texts;
    for (const auto& [key, reason] : chosen.reasons())
      texts.insert(key + "=" + text_of(config, key));
    return texts;
  }
};

Trial try_effort(RunConfig& config, int effort, const Corpus& corpus, const RunHooks& hooks) {
  Trial trial{config.copy(), {}, effort, 0};
  trial.chosen = trial.config.choose(size_of(corpus, config), effort);
  trial.epoch_seconds = make_learner(trial.config, corpus, hooks)->seconds_per_epoch();
  return trial;
}

void warn_of_long_training(Trial& trial, const std::string& budget) {
  warn(
      "training takes about {}, longer than train.budget: {}; the settings that are given leave no "
      "shorter choice",
      human_duration(trial.seconds()), budget);
}

/// Reduces the epochs of the trial to the time, unless they are given.
void reduce_epochs(Trial& trial, double seconds, const std::string& budget) {
  if (trial.chosen.reasons().count("train.epochs") == 0)
    return warn_of_long_training(trial, budget);
  constexpr double kDigits = 1e3;
  const auto& train = trial.config.train;
  const double epochs = *train.epochs * seconds / trial.seconds();
  trial.config.set_epochs(std::max(1 / kDigits, std::floor(epochs * kDigits) / kDigits));
  if (train.restarts > 1 && static_cast<double>(train.start_epochs()) >= *train.epochs) {
    throw Error("the time budget is too short for the restarts")
        .at("train.budget: {}", budget)
        .expected("starts that are shorter than the training")
        .got("starts of {} of {}", counted(train.start_epochs(), "epoch"),
             number_text(*train.epochs));
  }
  trial.chosen.explain("train.epochs", fmt::format("an epoch takes about {}, the budget is {}",
                                                   human_duration(trial.epoch_seconds), budget));
}

/// The most expensive effort of which at least half of the epochs can be trained in the budget,
/// else the fastest one; with fewer epochs if not all can.
ChosenSettings fit_budget(RunConfig& config, const Corpus& corpus, const RunHooks& hooks) {
  const std::string budget = config.train.budget;
  const double seconds = kFilled * parse_duration(budget).value();
  const Efforts efforts = config.chosen_model_options().efforts();
  std::optional<Trial> best;
  std::set<std::string> before;
  for (int effort = efforts.most; effort >= efforts.least; --effort) {
    Trial trial = try_effort(config, effort, corpus, hooks);
    const std::string summary = trial.summary(before);
    before = trial.choices();
    if (best && summary.empty()) continue;  // the same as the last one
    log("budget", "{}: about {}", summary.empty() ? "the given settings" : summary,
        human_duration(trial.seconds()));
    // Fewer epochs cost less quality than a narrower network, down to about a half of them.
    const bool can_reduce = trial.chosen.reasons().count("train.epochs") > 0;
    const bool fits = (can_reduce ? 0.5 : 1) * trial.seconds() <= seconds;
    if (!best || fits || trial.seconds() < best->seconds()) best.emplace(std::move(trial));
    if (fits) break;
  }
  const bool is_usual = best->effort == 0 && best->seconds() <= seconds;
  if (best->seconds() > seconds) reduce_epochs(*best, seconds, budget);
  config = std::move(best->config);
  if (is_usual) return best->chosen;
  for (const auto& [key, reason] : best->chosen.reasons())
    if (key != "train.epochs" &&
        (reason == size_text(size_of(corpus, config)) || key.find("output.type") != key.npos))
      best->chosen.explain(key, fmt::format("to fit the budget of {}", budget));
  return best->chosen;
}

}  // namespace

std::unique_ptr<Learner> make_learner(const RunConfig& config, const Corpus& corpus,
                                      const RunHooks& hooks) {
  LearnerInputs inputs = config.learner_inputs();
  inputs.processes = hooks.processes;
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
  const ChosenSettings by_model = std::exchange(config.chosen_by_model, {});
  ChosenSettings chosen = config.train.budget.empty() || config.fits_budget
                              ? config.choose(size_of(corpus, config))
                              : fit_budget(config, corpus, hooks);
  config.fits_budget = true;
  for (const auto& [key, reason] : by_model.reasons()) chosen.explain(key, reason);
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const auto& [key, reason] : chosen.reasons())
    by_reason[reason].push_back(key + "=" + text_of(config, key));
  for (const auto& [reason, texts] : by_reason) log("config", "{}: {}", reason, join(texts, " "));
  return chosen;
}

}  // namespace wordbridge
