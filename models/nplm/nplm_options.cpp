#include "models/nplm/nplm_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace wordbridge {
namespace {

constexpr std::int64_t kOrderWithBags = 5;
const std::vector<std::int64_t> kBags = {10, 40};

/// Settings that depend on the size of the text, found by sweeps (experiments/defaults).
struct NplmRecipe {
  std::int64_t dim, hidden;
  double dropout, feature_dropout, epochs, lr;
};

/// Bengio et al. 2003, MLP9.
constexpr NplmRecipe kNplmPaper{30, 100, 0, 0, 10, 1e-3};

/// Longer texts are overfitted later: they take wider layers, less dropout and fewer epochs.
/// `effort` 1: twice as wide, where the text is long enough for it; -1, -2: a half and a quarter,
/// at least 32 and 64.
NplmRecipe nplm_recipe(std::int64_t tokens, int effort) {
  constexpr double kLr = 3e-3;
  const double epochs = epochs_of_network(tokens);
  NplmRecipe recipe = tokens < 100'000     ? NplmRecipe{32, 64, 0.4, 0.3, epochs, kLr}
                      : tokens < 500'000   ? NplmRecipe{64, 128, 0.4, 0.3, epochs, kLr}
                      : tokens < 2'500'000 ? NplmRecipe{64, 128, 0.3, 0.2, epochs, kLr}
                                           : NplmRecipe{128, 128, 0.1, 0.05, epochs, kLr};
  if (effort > 0 && tokens >= 2'500'000)
    recipe.dim *= 2, recipe.hidden *= 2;
  else if (effort < 0)
    recipe.dim = std::max<std::int64_t>(32, recipe.dim >> -effort),
    recipe.hidden = std::max<std::int64_t>(64, recipe.hidden >> -effort);
  return recipe;
}

}  // namespace

std::vector<std::int64_t> NplmOptions::bag_sizes() const {
  return bags.value_or(std::vector<std::int64_t>());
}

std::int64_t NplmOptions::context() const {
  const auto sizes = bag_sizes();
  return std::accumulate(sizes.begin(), sizes.end(), n - 1);
}

std::int64_t NplmOptions::x_width() const {
  const std::int64_t m = dim.value(), bag_width = bag_features > 0 ? bag_features : m;
  return (n - 1) * m + static_cast<std::int64_t>(bag_sizes().size()) * bag_width;
}

FieldGroup NplmOptions::describe() {
  FieldGroup group{"nplm",
                   "Neural probabilistic language model (Bengio et al. 2003): "
                   "y = b + W x + U tanh(d + H x), x = [C(w_t-1); ...; C(w_t-n+1)]"};
  group
      .add(Field{"n", &n, "model order: a word is predicted from the n-1 preceding words",
                 between(2, 64)})
      .add(Field{"dim", &dim, "embedding dimension: number of features per word (m in the paper)",
                 between(1, 8192)})
      .add(Field{"hidden", &hidden, "hidden layer sizes; []: no hidden layer", between(1, 65536)})
      .add(choice("activation", &activation, "activation function of the hidden layers",
                  {{"tanh", Activation::tanh},
                   {"sigmoid", Activation::sigmoid},
                   {"relu", Activation::relu},
                   {"identity", Activation::identity}}))
      .add(Field{"direct", &direct, "direct connections W from the features x to the output layer"})
      .add(Field{
          "tied", &tied,
          "weight tying: U = C (the last hidden layer, or x without one, must have size dim)"})
      .add(Field{"dropout", &dropout, "dropout probability of the hidden units", below(0, 1)})
      .add(Field{"feature_dropout", &feature_dropout, "dropout probability of the features x",
                 below(0, 1)})
      .add(Field{
          "bags", &bags,
          "bag-of-words sizes: [10, 40] appends to x the mean feature vector D of the 10 words "
          "that precede the n-1 context words, and that of the 40 words before those",
          between(1, 65536)})
      .add(Field{"bag_features", &bag_features, "features per word in D; 0: dim", between(0, 8192)})
      .add(choice(
          "export", &export_vectors,
          "word vectors to export; features: C(w); hidden: the last hidden layer for a context of "
          "one word (n = 2), tanh(d + H C(w)); output: the word's row of U",
          {{"features", Vectors::features},
           {"hidden", Vectors::hidden},
           {"output", Vectors::output}}));
  FieldGroup init{"init", "parameter initialisation"};
  features.describe(init);
  init.add(Field{"output", &output_scale, "standard deviation of U and W", at_least(0)})
      .add(choice("bias", &output_bias,
                  "output biases b; zero: 0; unigram: log unigram probabilities",
                  {{"zero", Bias::zero}, {"unigram", Bias::unigram}}))
      .add(Field{"bias_smoothing", &bias_smoothing, "added to each count with bias: unigram",
                 more_than(0)});
  group.rename("m", "model.nplm.dim");
  group.add(output.describe());
  group.add(init);
  return group;
}

Efforts NplmOptions::efforts() const { return {-2, 1}; }

void NplmOptions::choose(const TextSize& text, int effort, ChosenSettings& chosen) {
  const std::string prefix = "model.nplm.";
  const std::string size = text.single_examples
                               ? "one example per update: the network of Bengio et al. (2003)"
                               : size_text(text);
  const NplmRecipe recipe = text.single_examples ? kNplmPaper : nplm_recipe(text.tokens, effort);
  const bool widths_agree = tied && hidden && !hidden->empty();
  features.choose_dim(prefix + "dim", dim, chosen);
  chosen.choose(prefix + "dim", dim, widths_agree ? hidden->back() : recipe.dim, size);
  chosen.choose(prefix + "hidden", hidden, {tied ? *dim : recipe.hidden}, size);
  // A small n asks for a short context.
  const bool takes_bags = n >= kOrderWithBags && !text.single_examples;
  chosen.choose(prefix + "bags", bags, takes_bags ? kBags : std::vector<std::int64_t>(),
                text.single_examples
                    ? size
                    : fmt::format("n is {} {}", takes_bags ? "at least" : "below", kOrderWithBags));
  chosen.choose(prefix + "dropout", dropout, recipe.dropout, size);
  chosen.choose(prefix + "feature_dropout", feature_dropout, recipe.feature_dropout, size);
  chosen.choose("train.epochs", epochs, recipe.epochs, size);
  chosen.choose("train.lr", lr, recipe.lr, text.single_examples ? size : "usual for nplm");
  const std::int64_t width = hidden->empty() ? (tied ? *dim : 0) : hidden->back();
  if (text.single_examples)
    chosen.choose(prefix + "output.type", output.type, OutputType::full, size);
  else
    output.choose(prefix + "output.type", *epochs, text, width + (direct ? x_width() : 0), chosen);
}

void NplmOptions::validate(Problems& problems, const std::string& prefix) const {
  const bool no_hidden = hidden && hidden->empty();
  if (no_hidden && !direct && !tied) {
    problems.add(prefix + ".hidden", "without a hidden layer, direct: true is required");
  }
  if (tied && dim && hidden) {
    const std::int64_t last = no_hidden ? x_width() : hidden->back();
    if (last != *dim)
      problems.add(
          prefix + ".tied",
          "weight tying requires the last hidden layer (without one, x) to have size dim = " +
              std::to_string(*dim) + ", got " + std::to_string(last));
  }
  if (export_vectors == Vectors::hidden && (context() != 1 || no_hidden)) {
    problems.add(prefix + ".export",
                 "hidden requires a context of one word (n: 2, no bags) and a hidden layer");
  }
  if (bag_features > 0 && bags && bags->empty())
    problems.add(prefix + ".bag_features", "only has an effect with bags");
  if (export_vectors == Vectors::output && !has_output_rows()) {
    problems.add(prefix + ".export", "output requires a hidden layer: without one there is no U");
  }
  if (export_vectors == Vectors::output && !output.has_word_rows()) {
    problems.add(prefix + ".export", "output requires " + output.word_rows_advice());
  }
  output.validate(problems, prefix + ".output", tied);
  if (tied && direct && output.chosen_type() == OutputType::adaptive)
    problems.add(prefix + ".direct", "must be false with output.type: adaptive and tied: true");
  features.validate(problems, prefix, *this);
}

std::unique_ptr<ModelOptions> make_nplm_options() { return std::make_unique<NplmOptions>(); }

}  // namespace wordbridge
