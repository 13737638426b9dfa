#include "models/mixture/mixture_options.h"

#include <cmath>
#include <filesystem>
#include <memory>

#include "models/ngram/backoff_table.h"

namespace wordbridge {

FieldGroup MixtureOptions::describe() {
  FieldGroup group{"mixture",
                   "weighted mean of the probabilities of trained language models, from what their "
                   "runs keep of their tokens"};
  group.add(Field{"components", &components, "folders of runs on the same text, two or more"})
      .add(choice(
          "weights", &weights,
          "fixed: those given; likelihood: those that make the validation split most likely; "
          "bins: likewise, a set for each class of frequency of the context",
          {{"fixed", Weights::fixed},
           {"likelihood", Weights::likelihood},
           {"bins", Weights::bins}}))
      .add(Field{"fixed", &fixed, "weights: fixed, a number a component; []: all alike",
                 between(0, 1)})
      .add(Field{"bin_context", &bin_context,
                 "weights: bins, how many words of context have their frequency counted",
                 between(1, kMaxNgramOrder - 1)})
      .add(Field{"em_iterations", &em_iterations,
                 "steps of expectation maximisation at most; it ends when a step gains nothing",
                 between(1, 100000)});
  return group;
}

void MixtureOptions::validate(Problems& problems, const std::string& prefix) const {
  if (components.size() < 2) problems.add(prefix + ".components", "a mixture needs two or more");
  for (const auto& component : components) {
    if (std::filesystem::exists(std::filesystem::path(component) / "token_scores.wb")) continue;
    problems.add(
        prefix + ".components",
        "'" + component + "' is no complete run of a language model: it has no token_scores.wb");
  }
  if (fixed.empty()) return;
  if (weights != Weights::fixed)
    problems.add(prefix + ".fixed", "has an effect with weights: fixed only");
  if (fixed.size() != components.size())
    problems.add(prefix + ".fixed", "as many numbers as components, or none");
  double sum = 0;
  for (const double weight : fixed) sum += weight;
  if (std::abs(sum - 1) > 1e-6) problems.add(prefix + ".fixed", "the weights must sum to 1");
}

std::unique_ptr<ModelOptions> make_mixture_options() { return std::make_unique<MixtureOptions>(); }

}  // namespace wordbridge
