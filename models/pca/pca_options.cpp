#include "models/pca/pca_options.h"

#include <memory>

namespace wordbridge {

EnumNames<PcaOptions::Transform> PcaOptions::transform_names() {
  return {{"raw", Transform::raw},
          {"log", Transform::log},
          {"sqrt", Transform::sqrt},
          {"hellinger", Transform::hellinger},
          {"ppmi", Transform::ppmi}};
}

FieldGroup PcaOptions::describe() {
  FieldGroup group{"pca",
                   "Principal component analysis of co-occurrence counts: rows of U S^power from "
                   "the SVD of the word-context matrix, X - 1 mu^T = U S V^T"};
  group.add(Field{"dim", &dim, "number of components", between(1, 8192)})
      .add(counts.describe())
      .add(choice(
          "transform", &transform,
          "transform of each count x; raw: x; log: log(1 + x); sqrt: square root; hellinger: "
          "square root of the conditional probability of the context given the word; ppmi: "
          "positive pointwise mutual information",
          transform_names()))
      .add(Field{"ppmi_smoothing", &ppmi_smoothing,
                 "ppmi: exponent of the context counts (context distribution smoothing)",
                 between(0, 1)})
      .add(Field{"ppmi_shift", &ppmi_shift,
                 "ppmi: k of shifted PPMI, max(0, PMI - log k), which corresponds to k negative "
                 "samples of word2vec",
                 between(1, 1000)})
      .add(Field{
          "center", &center,
          "subtract the mean of each context (PCA); false: singular value decomposition of X"})
      .add(Field{
          "power", &power,
          "exponent of the singular values in the vectors: 0, 0.5 or 1; 1: the scores of textbook "
          "PCA; smaller ones usually make better word vectors; auto: 0.5, on long texts 0 "
          "(docs/defaults.md)",
          between(0, 1)})
      .add(Field{
          "add_contexts", &add_contexts,
          "add the vector of the word as a context, a row of V S^power, to each vector (w + c)"})
      .add(choice("solver", &solver,
                  "exact, randomized, or auto: exact if the number of words or contexts is at most "
                  "exact_limit",
                  {{"auto", Solver::automatic},
                   {"exact", Solver::exact},
                   {"randomized", Solver::randomized}}))
      .add(Field{"exact_limit", &exact_limit,
                 "largest number of words or contexts for which solver: auto is exact",
                 at_least(0)})
      .add(Field{"tolerance", &tolerance,
                 "randomized: iterate until |A A^T u - s^2 u| <= tolerance s^2 for each component",
                 between(1e-12, 0.1)})
      .rename("max_contexts", "model.pca.counts.max_contexts");
  return group;
}

void PcaOptions::choose(const TextSize& text, int /*effort*/, ChosenSettings& chosen) {
  constexpr std::int64_t kLongText = 2'500'000;
  chosen.choose("model.pca.power", power, text.tokens < kLongText ? 0.5 : 0.0, size_text(text));
}

void PcaOptions::validate(Problems& problems, const std::string& prefix) const {
  if (power && *power != 0 && *power != 0.5 && *power != 1) {
    problems.add(prefix + ".power", "must be 0, 0.5 or 1");
  }
  if (ppmi_smoothing != 1 && transform != Transform::ppmi) {
    problems.add(prefix + ".ppmi_smoothing", "only has an effect with transform: ppmi");
  }
  if (ppmi_shift != 1 && transform != Transform::ppmi) {
    problems.add(prefix + ".ppmi_shift", "only has an effect with transform: ppmi");
  }
  if (add_contexts && (counts.context != CountContext::window || counts.max_contexts > 0 ||
                       counts.sides == CountSides::apart)) {
    problems.add(prefix + ".add_contexts",
                 "needs all words as contexts: counts.context: window, counts.max_contexts: 0, and "
                 "counts.sides other than apart");
  }
  const std::int64_t max_contexts = counts.max_contexts;
  counts.validate(problems, prefix + ".counts", CountOptions());
  if (counts.context == CountContext::window && max_contexts > 0 && max_contexts < dim) {
    problems.add(prefix + ".counts.max_contexts", "must be at least dim, the number of components");
  }
}

void PcaOptions::validate_files(Problems& problems, const std::string& prefix) const {
  counts.validate_files(problems, prefix + ".counts");
}

std::unique_ptr<ModelOptions> make_pca_options() { return std::make_unique<PcaOptions>(); }

}  // namespace wordbridge
