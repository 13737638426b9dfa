#include "models/glove/glove_options.h"

#include <memory>

namespace wordbridge {

const EnumNames<GloveOptions::Vectors>& GloveOptions::vector_kinds() {
  static const EnumNames<Vectors> kNames = {
      {"words", Vectors::words}, {"contexts", Vectors::contexts}, {"sum", Vectors::sum}};
  return kNames;
}

GloveOptions::GloveOptions() {
  counts.window = 10;
  counts.weighting = CountWeighting::harmonic;
}

FieldGroup GloveOptions::describe() {
  FieldGroup group{
      "glove",
      "GloVe (Pennington, Socher and Manning 2014): vectors whose products approximate "
      "the logarithms of co-occurrence counts, trained by AdaGrad; of the section "
      "train, only epochs, lr and budget apply"};
  group.add(Field{"dim", &dim, "dimension of the vectors; auto: 100", between(1, 8192)})
      .add(counts.describe())
      .add(Field{"x_max", &x_max,
                 "counts x from here on have weight 1 in the loss, smaller ones (x / x_max)^alpha; "
                 "the paper: 100",
                 between(1e-3, 1e9)})
      .add(Field{"alpha", &alpha, "exponent of the weights of counts below x_max", between(0, 10)})
      .add(choice("export", &export_vectors,
                  "exported vectors; words: w; contexts: c; sum: w + c, as in the paper",
                  vector_kinds()))
      .add(Field{"keep_contexts", &keep_contexts,
                 "also write the context vectors c, as contexts.* next to vectors.*"});
  return group.rename("epochs", "train.epochs").rename("lr", "train.lr");
}

void GloveOptions::validate(Problems& problems, const std::string& prefix) const {
  if (counts.context == CountContext::window) {
    counts.validate(problems, prefix + ".counts", GloveOptions().counts);
  } else {
    problems.add(prefix + ".counts.context",
                 "must be window: the contexts of GloVe are words, each with a vector");
  }
  if (counts.sides == CountSides::apart)
    problems.add(prefix + ".counts.sides", "must not be apart: each word has one context vector");
  if (counts.max_contexts > 0)
    problems.add(prefix + ".counts.max_contexts", "must be 0: every word has a context vector");
}

void GloveOptions::validate_files(Problems& problems, const std::string& prefix) const {
  counts.validate_files(problems, prefix + ".counts");
}

void GloveOptions::choose(const TextSize& /*text*/, int effort, ChosenSettings& chosen) {
  chosen.choose<std::int64_t>("model.glove.dim", dim, 100, "usual for glove");
  constexpr double kEpochs = 25;
  chosen.choose("train.epochs", epochs, kEpochs * (effort > 0 ? 2 : 1),
                effort > 0 ? "twice the usual for glove" : "usual for glove");
  chosen.choose("train.lr", lr, 0.05, "usual for glove");
}

std::unique_ptr<ModelOptions> make_glove_options() { return std::make_unique<GloveOptions>(); }

}  // namespace wordbridge
