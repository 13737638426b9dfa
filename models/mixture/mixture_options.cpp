#include "models/mixture/mixture_options.h"

#include <cmath>
#include <filesystem>
#include <memory>

#include "models/ngram/backoff_table.h"

namespace wordbridge {

FieldGroup MixtureOptions::describe() {
  FieldGroup group{"mixture",
                   "Mixture of trained language models: weighted mean of their probabilities, read "
                   "from the token scores of their runs"};
  group
      .add(Field{"components", &components,
                 "run folders of two or more language models trained on the same corpus"})
      .add(choice("weights", &weights,
                  "mixture weights; fixed: given by the option fixed; likelihood: estimated by "
                  "maximum likelihood on the validation split; bins: the same, with separate "
                  "weights for each frequency bin of the context",
                  {{"fixed", Weights::fixed},
                   {"likelihood", Weights::likelihood},
                   {"bins", Weights::bins}}))
      .add(Field{"fixed", &fixed,
                 "with weights: fixed, one weight per component; []: equal weights", between(0, 1)})
      .add(Field{
          "bin_context", &bin_context,
          "with weights: bins, the number of context words whose joint frequency selects the bin",
          between(1, kMaxNgramOrder - 1)})
      .add(Field{
          "em_iterations", &em_iterations,
          "maximum number of EM iterations; stops earlier when the likelihood no longer improves",
          between(1, 100000)});
  return group;
}

void MixtureOptions::validate(Problems& problems, const std::string& prefix) const {
  if (components.size() < 2)
    problems.add(prefix + ".components", "a mixture needs at least two components");
  for (const auto& component : components) {
    if (std::filesystem::exists(std::filesystem::path(component) / "token_scores.wb")) continue;
    problems.add(
        prefix + ".components",
        "'" + component + "' is not a complete run of a language model: it has no token_scores.wb");
  }
  if (fixed.empty()) return;
  if (weights != Weights::fixed)
    problems.add(prefix + ".fixed", "only has an effect with weights: fixed");
  if (fixed.size() != components.size())
    problems.add(prefix + ".fixed", "must have one weight per component, or none");
  double sum = 0;
  for (const double weight : fixed) sum += weight;
  if (std::abs(sum - 1) > 1e-6) problems.add(prefix + ".fixed", "the weights must sum to 1");
}

std::unique_ptr<ModelOptions> make_mixture_options() { return std::make_unique<MixtureOptions>(); }

}  // namespace wordbridge
