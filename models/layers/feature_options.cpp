#include "models/layers/feature_options.h"

#include <fmt/format.h>

#include "core/io/file.h"
#include "core/text.h"
#include "data/vectors/vector_files.h"

namespace wordbridge {

void FeatureOptions::describe(FieldGroup& init) {
  init.add(Field{"features", &scale, "standard deviation of random C", at_least(0)})
      .add(Field{"vectors", &vectors,
                 "word vector file with dim columns (dim: auto is their number) from which C is "
                 "initialised; other words stay randomly initialised"})
      .add(choice(
          "norms", &norms,
          "norms of the initial rows of C; given: those of the file; scaled: the file's "
          "vectors times one number, so that their root mean square is that of random "
          "features; log_counts: proportional to ln(1 + count of the word), with the "
          "same root mean square (after Herold, Gao and Ney 2018)",
          {{"given", Norms::given}, {"scaled", Norms::scaled}, {"log_counts", Norms::log_counts}}))
      .add(Field{"frozen", &frozen,
                 "keep C fixed during training (with tied, also the output rows)"})
      .add(Field{"frozen_epochs", &frozen_epochs,
                 "keep C fixed in the first epochs, as many as this, and train it afterwards",
                 at_least(0)});
}

void FeatureOptions::choose_dim(const std::string& key, std::optional<std::int64_t>& dim,
                                ChosenSettings& chosen) const {
  if (!dim && !vectors.empty())
    chosen.choose(key, dim, read_vectors(vectors, 1).dim(), "the columns of init.vectors");
}

void FeatureOptions::validate(Problems& problems, const std::string& prefix,
                              const ModelOptions& model) const {
  const std::string init = prefix + ".init.";
  for (const bool in_epochs : {false, true})
    if ((in_epochs ? frozen_epochs > 0 : frozen) && vectors.empty())
      problems.add(init + (in_epochs ? "frozen_epochs" : "frozen"),
                   "randomly initialised features can't be frozen; set init.vectors");
  if (frozen && frozen_epochs > 0)
    problems.add(init + "frozen_epochs",
                 "has no effect with frozen: true, which is for all epochs");
  if (!frozen && frozen_epochs > 0 && model.epochs &&
      static_cast<double>(frozen_epochs) >= *model.epochs)
    problems.add(init + "frozen_epochs",
                 fmt::format("must be less than train.epochs = {}, got {}; to train with fixed "
                             "features, set frozen: true",
                             number_text(*model.epochs), frozen_epochs));
  if (vectors.empty()) return;
  if (scale == 0 && norms != Norms::given)
    problems.add(init + "features", "0 would scale the vectors of the file to zeros");
  if (model.restarts > 1)
    problems.add("train.restarts",
                 "needs random features, but " + init + "vectors gives the features");
}

void FeatureOptions::validate_files(Problems& problems, const std::string& prefix) const {
  if (vectors.empty()) return;
  if (const auto problem = file_problem(vectors); !problem.empty())
    problems.add(prefix + ".init.vectors", problem);
}

}  // namespace wordbridge
