#include "models/pca/pca_options.h"

#include <memory>

namespace wordbridge {

FieldGroup PcaOptions::describe() {
  FieldGroup group{
      "pca",
      "Principal component analysis of counts: rows of U S^power of the words-by-contexts "
      "matrix X - 1 mu^T = U S V^T"};
  group.add(Field{"dim", &dim, "components that are kept", between(1, 8192)})
      .add(counts.describe())
      .add(Field{"transform",
                 &transform,
                 "of each count x: raw, log (log(1 + x)), sqrt, or ppmi (positive pointwise mutual "
                 "information)",
                 {},
                 {"raw", "log", "sqrt", "ppmi"}})
      .add(Field{"ppmi_smoothing", &ppmi_smoothing,
                 "ppmi: contexts are weighed by their counts to this power", between(0, 1)})
      .add(
          Field{"center", &center,
                "subtract each context's mean (PCA); false: the singular value decomposition of X"})
      .add(Field{"power", &power, "of the singular values in the vectors: 0, 0.5 or 1 (PCA)",
                 between(0, 1)})
      .add(Field{"solver",
                 &solver,
                 "exact, randomized, or auto: exact when words or contexts are at most exact_limit",
                 {},
                 {"auto", "exact", "randomized"}})
      .add(Field{"exact_limit", &exact_limit, "see solver", at_least(0)})
      .add(Field{"tolerance", &tolerance,
                 "randomized: goes on until |A A^T u - s^2 u| <= tolerance s^2 for each component",
                 between(1e-12, 0.1)})
      .add(Field{"max_contexts", &max_contexts,
                 "only the first words of the vocabulary are contexts (context: window), 0: all",
                 at_least(0)});
  return group;
}

void PcaOptions::validate(Problems& problems, const std::string& prefix) const {
  if (power != 0 && power != 0.5 && power != 1) {
    problems.add(prefix + ".power", "must be 0, 0.5 or 1");
  }
  if (ppmi_smoothing != 1 && transform != "ppmi") {
    problems.add(prefix + ".ppmi_smoothing", "has an effect with transform: ppmi only");
  }
  if (max_contexts > 0 && counts.context == CooccurrenceContext::document) {
    problems.add(prefix + ".max_contexts", "has an effect with counts.context: window only");
  } else if (max_contexts > 0 && max_contexts < dim) {
    problems.add(prefix + ".max_contexts", "fewer contexts than dim components");
  }
}

std::unique_ptr<ModelOptions> make_pca_options() { return std::make_unique<PcaOptions>(); }

}  // namespace wordbridge
