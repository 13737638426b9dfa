#include "models/lbl/lbl_options.h"

namespace wordbridge {
namespace {

/// Settings for a text, found by sweeps (experiments/defaults).
struct LblRecipe {
  std::int64_t dim;
  double epochs, lr;
};

LblRecipe lbl_recipe(std::int64_t tokens, int /*effort*/) {
  const std::int64_t dim = tokens < 100'000 ? 32 : tokens < 500'000 ? 64 : 100;
  return {dim, epochs_of_network(tokens), 2e-3};
}

}  // namespace

FieldGroup LblOptions::describe() {
  FieldGroup group{"lbl",
                   "Log-bilinear language model (Mnih and Hinton 2007): y = b + U q, "
                   "q = R1 C(w_t-1) + ... + R(n-1) C(w_t-n+1)"};
  group
      .add(Field{"n", &n, "model order: a word is predicted from the n-1 preceding words",
                 between(2, 64)})
      .add(Field{"dim", &dim, "embedding dimension: number of features per word", between(1, 8192)})
      .add(Field{"tied", &tied, "weight tying: U = C"})
      .add(choice("export", &export_vectors,
                  "word vectors to export; features: C(w); output: the word's row of U",
                  {{"features", Vectors::features}, {"output", Vectors::output}}));
  group.rename("m", "model.lbl.dim");
  group.add(output.describe());
  return group;
}

void LblOptions::choose(const TextSize& text, int effort, ChosenSettings& chosen) {
  const std::string prefix = "model.lbl.", size = size_text(text);
  const LblRecipe recipe = lbl_recipe(text.tokens, effort);
  chosen.choose(prefix + "dim", dim, recipe.dim, size);
  chosen.choose("train.epochs", epochs, recipe.epochs, size);
  chosen.choose("train.lr", lr, recipe.lr, "usual for lbl");
  output.choose(prefix + "output.type", *epochs, text, *dim, chosen);
}

void LblOptions::validate(Problems& problems, const std::string& prefix) const {
  if (export_vectors == Vectors::output && !output.has_word_rows()) {
    problems.add(prefix + ".export", "output requires " + output.word_rows_advice());
  }
  output.validate(problems, prefix + ".output", tied);
}

std::unique_ptr<ModelOptions> make_lbl_options() { return std::make_unique<LblOptions>(); }

}  // namespace wordbridge
