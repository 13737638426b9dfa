#include "models/nplm/nplm_options.h"

#include <filesystem>
#include <numeric>

namespace wordbridge {

std::int64_t NplmOptions::context() const {
  return std::accumulate(bags.begin(), bags.end(), n - 1);
}

std::int64_t NplmOptions::x_width() const {
  const auto bag_width = bag_features > 0 ? bag_features : dim;
  return (n - 1) * dim + static_cast<std::int64_t>(bags.size()) * bag_width;
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
  init.add(Field{"features", &feature_scale, "standard deviation of C", at_least(0)})
      .add(Field{"output", &output_scale, "standard deviation of U and W", at_least(0)})
      .add(choice("bias", &output_bias,
                  "output biases b; zero: 0; unigram: log unigram probabilities",
                  {{"zero", Bias::zero}, {"unigram", Bias::unigram}}))
      .add(Field{"bias_smoothing", &bias_smoothing, "added to each count with bias: unigram",
                 more_than(0)})
      .add(Field{"vectors", &vectors,
                 "word vector file (dim columns) from which C is initialised; other words stay "
                 "randomly initialised"})
      .add(Field{"frozen", &frozen, "keep C fixed during training"});
  group.rename("m", "model.nplm.dim");
  group.add(output.describe());
  group.add(init);
  return group;
}

void NplmOptions::validate(Problems& problems, const std::string& prefix) const {
  if (hidden.empty() && !direct && !tied) {
    problems.add(prefix + ".hidden", "without a hidden layer, direct: true is required");
  }
  const std::int64_t last = hidden.empty() ? x_width() : hidden.back();
  if (tied && last != dim) {
    problems.add(
        prefix + ".tied",
        "weight tying requires the last hidden layer (without one, x) to have size dim = " +
            std::to_string(dim) + ", got " + std::to_string(last));
  }
  if (export_vectors == Vectors::hidden && (context() != 1 || hidden.empty())) {
    problems.add(prefix + ".export",
                 "hidden requires a context of one word (n: 2, no bags) and a hidden layer");
  }
  if (bag_features > 0 && bags.empty())
    problems.add(prefix + ".bag_features", "only has an effect with bags");
  if (export_vectors == Vectors::output && !has_output_rows()) {
    problems.add(prefix + ".export", "output requires a hidden layer: without one there is no U");
  }
  if (export_vectors == Vectors::output && !output.has_word_rows()) {
    problems.add(prefix + ".export", "output requires " + output.word_rows_advice());
  }
  output.validate(problems, prefix + ".output", tied);
  if (frozen && vectors.empty()) {
    problems.add(prefix + ".init.frozen",
                 "randomly initialised features can't be frozen; set init.vectors");
  }
  if (restarts > 1 && !vectors.empty()) {
    problems.add("train.restarts",
                 "needs random features, but " + prefix + ".init.vectors gives the features");
  }
  if (!vectors.empty() && !std::filesystem::exists(vectors)) {
    problems.add(prefix + ".init.vectors", "no such file: '" + vectors + "'");
  }
}

std::unique_ptr<ModelOptions> make_nplm_options() { return std::make_unique<NplmOptions>(); }

}  // namespace wordbridge
