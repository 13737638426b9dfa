#include "models/dict2vec/dict2vec_options.h"

#include <memory>

namespace wordbridge {

FieldGroup PairOptions::describe() {
  FieldGroup group = definitions.describe();
  group.name = "pairs";
  group.help =
      "pairs of related words; strong: each word is in the definition of the other; weak: one is";
  group
      .add(Field{"file", &file,
                 "file of pairs instead of dictionaries: lines \"word word strong|weak|promoted\", "
                 "as in pairs.tsv of a run; lines of two words are strong pairs"})
      .add(Field{"weak_file", &weak_file, "second file, whose lines of two words are weak pairs"})
      .add(Field{"promote_by", &promote_by,
                 "word vectors (a run or a file) whose nearest neighbours make more strong pairs; "
                 "empty: none"})
      .add(Field{"neighbors", &neighbors, "nearest neighbours of a word for promote_by",
                 between(1, 1000)})
      .add(choice("promotion", &promotion,
                  "partners: the nearest neighbours of a word's strong partners become its strong "
                  "partners too (the published program); mutual: weak pairs of which each word is "
                  "among the nearest of the other become strong (the paper)",
                  promotion_names()));
  return group;
}

Dict2vecOptions::Dict2vecOptions() {
  name = "dict2vec";
  sampling.strong_draws = 2;
  sampling.weak_draws = 2;
}

FieldGroup Dict2vecOptions::describe_sampling() {
  using Draws = PositiveSampling::Draws;
  using Negatives = PositiveSampling::Negatives;
  FieldGroup group{"sampling",
                   "positive sampling of a word's partners, and negative samples that leave them "
                   "out"};
  group
      .add(Field{"strong_draws", &sampling.strong_draws,
                 "strong partners drawn for each word of the text, shared by all its context words",
                 between(0, 1000)})
      .add(Field{"weak_draws", &sampling.weak_draws, "weak partners drawn for each word",
                 between(0, 1000)})
      .add(Field{"strong_weight", &sampling.strong_weight,
                 "weight of the loss of a strong partner (beta_s)", at_least(0)})
      .add(Field{"weak_weight", &sampling.weak_weight,
                 "weight of the loss of a weak partner (beta_w)", at_least(0)})
      .add(choice("draws", &sampling.draws,
                  "random: partners are drawn with replacement (the paper); in_turn: one after the "
                  "other (the published program), from a random one in each segment of the text",
                  {{"random", Draws::random}, {"in_turn", Draws::in_turn}}))
      .add(choice(
          "negatives", &sampling.negatives,
          "negative samples that are a partner of the input word; skip: they are left out "
          "(the published program); redraw: others are drawn (the paper's set of "
          "negatives); keep: as in word2vec",
          {{"skip", Negatives::skip}, {"redraw", Negatives::redraw}, {"keep", Negatives::keep}}))
      .add(choice("input", &input,
                  "input word of a pair of centre and context word; context: the context word, "
                  "which predicts the centre (the published program, and word2vec); center: the "
                  "centre word (the paper), which takes about twice the time",
                  {{"context", Input::context}, {"center", Input::center}}));
  return group;
}

FieldGroup Dict2vecOptions::describe() {
  FieldGroup group = Word2vecOptions::describe();
  group.help =
      "dict2vec (Tissier, Gravier and Habrard 2017): word2vec that also predicts the words which "
      "dictionaries relate to a word, and does not use them as negative samples; of the section "
      "train, only epochs, lr and budget apply";
  group.add(pairs.describe());
  group.add(describe_sampling());
  return group;
}

void Dict2vecOptions::validate(Problems& problems, const std::string& prefix) const {
  Word2vecOptions::validate(problems, prefix);
  if (output == Output::hierarchical)
    problems.add(prefix + ".output", "partners are predicted by negative sampling only");
  if (input == Input::center && architecture == Architecture::cbow)
    problems.add(prefix + ".sampling.input", "center requires architecture: skip-gram");
  if (pairs.file.empty() && !pairs.weak_file.empty())
    problems.add(prefix + ".pairs.weak_file", "requires pairs.file");
  if (pairs.file.empty() && pairs.definitions.sources.empty())
    problems.add(prefix + ".pairs", "requires sources (dictionaries) or file");
}

std::unique_ptr<ModelOptions> make_dict2vec_options() {
  return std::make_unique<Dict2vecOptions>();
}

}  // namespace wordbridge
