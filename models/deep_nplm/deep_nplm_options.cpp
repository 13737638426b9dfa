#include "models/deep_nplm/deep_nplm_options.h"

#include <fmt/format.h>

#include <algorithm>

namespace wordbridge {
namespace {

struct DeepNplmRecipe {
  std::int64_t dim, layers;
  double dropout, epochs, lr;
};

/// Settings for a text of this size, of about the cost of a Transformer's.
DeepNplmRecipe deep_nplm_recipe(std::int64_t tokens) {
  constexpr double kLr = 1e-3;
  const double epochs = 2 * epochs_of_network(tokens);
  return tokens < 100'000     ? DeepNplmRecipe{64, 2, 0.3, epochs, kLr}
         : tokens < 500'000   ? DeepNplmRecipe{128, 3, 0.3, epochs, kLr}
         : tokens < 2'500'000 ? DeepNplmRecipe{256, 4, 0.3, epochs, kLr}
                              : DeepNplmRecipe{256, 4, 0.1, epochs, kLr};
}

constexpr std::int64_t kNearestWords = 10;

}  // namespace

FieldGroup DeepNplmOptions::describe() {
  FieldGroup group{
      "deep_nplm",
      "The neural probabilistic language model with many layers (Sun and Iyyer 2021): the features "
      "of the nearest words, concatenated, and weighted sums of those before them; then "
      "feed-forward layers h = norm(h + W2 relu(W1 h)) (post-norm)"};
  group.add(Field{"dim", &dim, "width of the layers, and features per word", between(1, 8192)})
      .add(Field{"layers", &layers, "number of layers, the first included", between(1, 256)})
      .add(Field{"words", &words, "nearest words, whose features are concatenated",
                 between(1, 65536)})
      .add(Field{"distant", &distant,
                 "words before those, which the aggregates sum with learned weights; 0: no "
                 "aggregates",
                 between(0, 65536)})
      .add(Field{"aggregates", &aggregates, "weighted sums of the distant words", between(1, 256)})
      .add(Field{"mid", &mid,
                 "units of the first layer (ReLU); 0: none, the first layer is relu(W1 x)",
                 between(0, 65536)})
      .add(
          Field{"hidden", &hidden, "units of the other layers (ReLU); 0: 4 dim", between(0, 65536)})
      .add(Field{"residual", &residual,
                 "residual connections; that of the first layer adds the sum of all feature "
                 "vectors that it reads"})
      .add(Field{"norm", &norm, "layer normalisation after each layer"})
      .add(Field{"dropout", &dropout, "dropout probability of the features and of each layer",
                 below(0, 1)})
      .add(Field{"tied", &tied, "weight tying: U = C"})
      .add(choice("export", &export_vectors,
                  "word vectors to export; features: C(w); output: the word's row of U",
                  {{"features", Vectors::features}, {"output", Vectors::output}}));
  group.add(sequences.describe());
  group.add(output.describe());
  return group;
}

void DeepNplmOptions::choose(const TextSize& text, int /*effort*/, ChosenSettings& chosen) {
  const std::string prefix = "model.deep_nplm.", size = size_text(text);
  const DeepNplmRecipe recipe = deep_nplm_recipe(text.tokens);
  chosen.choose(prefix + "dim", dim, recipe.dim, size);
  chosen.choose(prefix + "layers", layers, recipe.layers, size);
  chosen.choose(prefix + "words", words, std::min(kNearestWords, sequences.length),
                "usual for deep_nplm");
  chosen.choose(prefix + "distant", distant, std::max<std::int64_t>(0, sequences.length - *words),
                "the rest of a sequence");
  chosen.choose(prefix + "mid", mid, 2 * *dim, "2 dim");
  chosen.choose(prefix + "dropout", dropout, recipe.dropout, size);
  chosen.choose(prefix + "sequences.evaluation_overlap", sequences.evaluation_overlap,
                sequences.length / 2, "half of the length");
  chosen.choose("train.epochs", epochs, recipe.epochs, size);
  chosen.choose("train.lr", lr, recipe.lr, "usual for deep_nplm");
  output.choose(prefix + "output.type", *epochs, text, *dim, chosen);
}

void DeepNplmOptions::validate(Problems& problems, const std::string& prefix) const {
  if (words && *words > sequences.length)
    problems.add(prefix + ".words", fmt::format("must be at most sequences.length = {}, got {}",
                                                sequences.length, *words));
  else if (words && distant && *words + *distant > sequences.length)
    problems.add(prefix + ".distant",
                 fmt::format("must be at most sequences.length - words = {}, got {}",
                             sequences.length - *words, *distant));
  if (export_vectors == Vectors::output && !output.has_word_rows())
    problems.add(prefix + ".export", "output requires " + output.word_rows_advice());
  sequences.validate(problems, prefix + ".sequences");
  output.validate(problems, prefix + ".output", tied);
}

std::unique_ptr<ModelOptions> make_deep_nplm_options() {
  return std::make_unique<DeepNplmOptions>();
}

}  // namespace wordbridge
