#include "models/sequences/sequence_model_options.h"

#include <fmt/format.h>

#include "models/language_model/context_vectors.h"

namespace wordbridge {
namespace {

struct SequenceRecipe {
  std::int64_t dim, layers;
  double dropout;
};

/// Settings for a text of this size.
SequenceRecipe sequence_recipe(std::int64_t tokens) {
  return tokens < 100'000     ? SequenceRecipe{64, 2, 0.3}
         : tokens < 500'000   ? SequenceRecipe{128, 3, 0.3}
         : tokens < 2'500'000 ? SequenceRecipe{256, 4, 0.3}
                              : SequenceRecipe{256, 4, 0.1};
}

}  // namespace

void SequenceModelOptions::describe_width(FieldGroup& group) {
  group.add(Field{"dim", &dim, "width of the layers, and features per word", between(1, 8192)})
      .add(Field{"layers", &layers, "number of layers", between(1, 256)})
      .add(Field{"hidden", &hidden, "units of the feed-forward layers; 0: 4 dim",
                 between(0, 65536)});
}

void SequenceModelOptions::describe_rest(FieldGroup& group) {
  group
      .add(Field{"dropout", &dropout, "dropout probability of the features and within the layers",
                 below(0, 1)})
      .add(Field{"tied", &tied, "weight tying: U = C"})
      .add(choice("precision", &precision,
                  "precision of the layers' matrix products in training; bfloat16 requires a GPU "
                  "(evaluation always uses float32)",
                  {{"float32", Precision::float32}, {"bfloat16", Precision::bfloat16}}))
      .add(choice("export", &export_vectors,
                  "word vectors to export; features: C(w); output: the word's row of U; contexts: "
                  "the mean of its vectors in the training text",
                  {{"features", Vectors::features},
                   {"output", Vectors::output},
                   {"contexts", Vectors::contexts}}));
  group.add(contexts.describe());
  group.add(sequences.describe());
  group.add(output.describe());
  FieldGroup init{"init", "parameter initialisation"};
  features.describe(init);
  group.add(init);
}

void SequenceModelOptions::choose(const TextSize& text, int /*effort*/, ChosenSettings& chosen) {
  const std::string prefix = "model." + section() + ".", size = size_text(text);
  const SequenceRecipe recipe = sequence_recipe(text.tokens);
  features.choose_dim(prefix + "dim", dim, chosen);
  chosen.choose(prefix + "dim", dim, recipe.dim, size);
  chosen.choose(prefix + "layers", layers, recipe.layers, size);
  chosen.choose(prefix + "dropout", dropout, recipe.dropout, size);
  chosen.choose(prefix + "sequences.evaluation_overlap", sequences.evaluation_overlap,
                sequences.length / 2, "half of the length");
  choose_more(prefix, chosen);
  chosen.choose("train.epochs", epochs, 2 * epochs_of_network(text.tokens), size);
  chosen.choose("train.lr", lr, 1e-3, "usual for " + section());
  output.choose(prefix + "output.type", *epochs, text, *dim, chosen);
}

void SequenceModelOptions::validate(Problems& problems, const std::string& prefix) const {
  if (export_vectors == Vectors::output && !output.has_word_rows())
    problems.add(prefix + ".export", "output requires " + output.word_rows_advice());
  if (sequences.state == SequenceOptions::State::carry && !has_state())
    problems.add(prefix + ".sequences.state",
                 "carry needs a recurrent model (lstm); " + section() + " has no state");
  if (exported_contexts() != nullptr && layers && !LayerChoice::exists(contexts.layer, *layers))
    problems.add(prefix + ".contexts.layer",
                 fmt::format("must be 0 to {} or mean, got {}", *layers, contexts.layer));
  sequences.validate(problems, prefix + ".sequences");
  output.validate(problems, prefix + ".output", tied);
  features.validate(problems, prefix, *this);
}

}  // namespace wordbridge
