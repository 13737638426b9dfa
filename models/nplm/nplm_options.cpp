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
      .add(Field{"n", &n, "order of the model: a word is predicted from the n-1 before it",
                 between(2, 64)})
      .add(Field{"dim", &dim, "features of a word, the embedding's dimension (m in the paper)",
                 between(1, 8192)})
      .add(Field{"hidden", &hidden, "units of each hidden layer, [] for none", between(1, 65536)})
      .add(choice("activation", &activation, "of the hidden layers",
                  {{"tanh", Activation::tanh},
                   {"sigmoid", Activation::sigmoid},
                   {"relu", Activation::relu},
                   {"identity", Activation::identity}}))
      .add(Field{"direct", &direct, "direct connections W from the features to the output"})
      .add(
          Field{"tied", &tied, "the output rows U are the features C (the last width must be dim)"})
      .add(Field{"dropout", &dropout, "share of hidden units dropped in training", below(0, 1)})
      .add(Field{"feature_dropout", &feature_dropout, "share of the features x dropped in training",
                 below(0, 1)})
      .add(Field{
          "bags", &bags,
          "bags of words before the n-1: [10, 40] adds the mean of the next 10 words' features "
          "D to x, and that of the 40 before them",
          between(1, 65536)})
      .add(Field{"bag_features", &bag_features, "features D of a word in a bag; 0: dim",
                 between(0, 8192)})
      .add(choice(
          "export", &export_vectors,
          "a word's vector: features C(w); hidden, the last hidden layer for one word of context "
          "(n = 2): tanh(d + H C(w)); output, its row of U",
          {{"features", Vectors::features},
           {"hidden", Vectors::hidden},
           {"output", Vectors::output}}));
  FieldGroup init{"init", "where training starts"};
  init.add(Field{"features", &feature_scale, "standard deviation of C", at_least(0)})
      .add(Field{"output", &output_scale, "standard deviation of U and W", at_least(0)})
      .add(choice("bias", &output_bias, "output biases b: zero, or the log unigram frequencies",
                  {{"zero", Bias::zero}, {"unigram", Bias::unigram}}))
      .add(Field{"bias_smoothing", &bias_smoothing, "added to each count for bias: unigram",
                 more_than(0)})
      .add(Field{"vectors", &vectors,
                 "file of word vectors (dim columns) to start C from; words not in it stay random"})
      .add(Field{"frozen", &frozen, "C is not trained"});
  group.rename("m", "model.nplm.dim");
  group.add(output.describe());
  group.add(init);
  return group;
}

void NplmOptions::validate(Problems& problems, const std::string& prefix) const {
  if (hidden.empty() && !direct && !tied) {
    problems.add(prefix + ".hidden", "without a hidden layer the output needs direct: true");
  }
  const std::int64_t last = hidden.empty() ? x_width() : hidden.back();
  if (tied && last != dim) {
    problems.add(prefix + ".tied", "tied output rows need the last width to be dim = " +
                                       std::to_string(dim) + ", it is " + std::to_string(last));
  }
  if (export_vectors == Vectors::hidden && (context() != 1 || hidden.empty())) {
    problems.add(prefix + ".export",
                 "hidden needs one word of context (n: 2, no bags) and a hidden layer");
  }
  if (bag_features > 0 && bags.empty())
    problems.add(prefix + ".bag_features", "has an effect with bags only");
  if (export_vectors == Vectors::output && !has_output_rows()) {
    problems.add(prefix + ".export", "output needs a hidden layer: without one there is no U");
  }
  if (export_vectors == Vectors::output && !output.has_word_rows()) {
    problems.add(prefix + ".export", "output needs " + output.word_rows_advice());
  }
  output.validate(problems, prefix + ".output", tied);
  if (frozen && vectors.empty()) {
    problems.add(prefix + ".init.frozen", "random features can't stay frozen: give init.vectors");
  }
  if (!vectors.empty() && !std::filesystem::exists(vectors)) {
    problems.add(prefix + ".init.vectors", "there is no file '" + vectors + "'");
  }
}

std::unique_ptr<ModelOptions> make_nplm_options() { return std::make_unique<NplmOptions>(); }

}  // namespace wordbridge
