#include "models/transformer/transformer_options.h"

#include <fmt/format.h>

namespace wordbridge {
namespace {

struct TransformerRecipe {
  std::int64_t dim, layers;
  double dropout, epochs, lr;
};

/// Settings for a text of this size.
TransformerRecipe transformer_recipe(std::int64_t tokens) {
  constexpr double kLr = 1e-3;
  const double epochs = 2 * epochs_of_network(tokens);
  return tokens < 100'000     ? TransformerRecipe{64, 2, 0.3, epochs, kLr}
         : tokens < 500'000   ? TransformerRecipe{128, 3, 0.3, epochs, kLr}
         : tokens < 2'500'000 ? TransformerRecipe{256, 4, 0.3, epochs, kLr}
                              : TransformerRecipe{256, 4, 0.1, epochs, kLr};
}

}  // namespace

FieldGroup TransformerOptions::describe() {
  FieldGroup group{
      "transformer",
      "Transformer language model (Vaswani et al. 2017), decoder with pre-norm layers: "
      "x += attention(norm(x)); x += feed_forward(norm(x))"};
  group.add(Field{"dim", &dim, "width of the layers, and features per word", between(1, 8192)})
      .add(Field{"layers", &layers, "number of layers", between(1, 256)})
      .add(Field{"heads", &heads, "attention heads, a divisor of dim", between(1, 256)})
      .add(Field{"hidden", &hidden, "units of the feed-forward layers (GELU); 0: 4 dim",
                 between(0, 65536)})
      .add(choice("positions", &positions,
                  "how the position of a word is known; learned or sinusoidal: a vector added to "
                  "its features; rotary: rotations of queries and keys (Su et al. 2021)",
                  {{"learned", Positions::learned},
                   {"sinusoidal", Positions::sinusoidal},
                   {"rotary", Positions::rotary},
                   {"none", Positions::none}}))
      .add(Field{"window", &window,
                 "words that a word attends to, itself included; 0: all before it in the sequence",
                 at_least(0)})
      .add(choice("first_layer", &first_layer,
                  "the first layer (Sun and Iyyer 2021); attention: as the others; window: "
                  "attention to first_words words (Transformer-C); words: their features, "
                  "concatenated and projected (Transformer-N)",
                  {{"attention", FirstLayer::attention},
                   {"window", FirstLayer::window},
                   {"words", FirstLayer::words}}))
      .add(Field{"first_words", &first_words, "words that the first layer reads, except attention",
                 between(1, 1024)})
      .add(Field{"dropout", &dropout,
                 "dropout probability of the features, of attention and of what each layer adds",
                 below(0, 1)})
      .add(Field{"tied", &tied, "weight tying: U = C"})
      .add(choice("export", &export_vectors,
                  "word vectors to export; features: C(w); output: the word's row of U",
                  {{"features", Vectors::features}, {"output", Vectors::output}}));
  group.add(sequences.describe());
  group.add(output.describe());
  return group;
}

void TransformerOptions::choose(const TextSize& text, int /*effort*/, ChosenSettings& chosen) {
  const std::string prefix = "model.transformer.", size = size_text(text);
  const TransformerRecipe recipe = transformer_recipe(text.tokens);
  chosen.choose(prefix + "dim", dim, recipe.dim, size);
  chosen.choose(prefix + "layers", layers, recipe.layers, size);
  chosen.choose(prefix + "dropout", dropout, recipe.dropout, size);
  chosen.choose(prefix + "sequences.evaluation_overlap", sequences.evaluation_overlap,
                sequences.length / 2, "half of the length");
  chosen.choose("train.epochs", epochs, recipe.epochs, size);
  chosen.choose("train.lr", lr, recipe.lr, "usual for transformer");
  output.choose(prefix + "output.type", *epochs, text, *dim, chosen);
}

void TransformerOptions::validate(Problems& problems, const std::string& prefix) const {
  if (dim && *dim % heads != 0)
    problems.add(prefix + ".heads",
                 fmt::format("must be a divisor of dim = {}, got {}", *dim, heads));
  else if (dim && positions == Positions::rotary && *dim / heads % 2 != 0)
    problems.add(
        prefix + ".positions",
        fmt::format("rotary needs an even number of dimensions per head, got {}", *dim / heads));
  if (export_vectors == Vectors::output && !output.has_word_rows())
    problems.add(prefix + ".export", "output requires " + output.word_rows_advice());
  sequences.validate(problems, prefix + ".sequences");
  output.validate(problems, prefix + ".output", tied);
}

std::unique_ptr<ModelOptions> make_transformer_options() {
  return std::make_unique<TransformerOptions>();
}

}  // namespace wordbridge
