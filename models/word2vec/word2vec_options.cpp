#include "models/word2vec/word2vec_options.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "models/word2vec/pretrained.h"

namespace wordbridge {

CharacterNgrams CharacterNgramOptions::settings() const {
  return {static_cast<std::int32_t>(min), static_cast<std::int32_t>(max),
          static_cast<std::int32_t>(buckets)};
}

FieldGroup CharacterNgramOptions::describe() {
  FieldGroup group{
      "ngrams",
      "character n-grams (Bojanowski et al. 2017): a word's vector is the mean of its own vector "
      "and those of its n-grams, which also defines vectors of unseen words"};
  group
      .add(Field{"min", &min,
                 "length of the shortest n-grams in characters, including the marks < and > around "
                 "the word",
                 between(1, 100)})
      .add(Field{"max", &max, "length of the longest n-grams in characters", between(1, 100)})
      .add(Field{"buckets", &buckets,
                 "number of hash buckets for the n-grams (fastText: 2,000,000); 0: no n-grams",
                 between(0, 1e9)});
  return group;
}

const EnumNames<Word2vecOptions::Architecture>& Word2vecOptions::architectures() {
  static const EnumNames<Architecture> kNames = {{"skip-gram", Architecture::skip_gram},
                                                 {"cbow", Architecture::cbow}};
  return kNames;
}

const EnumNames<Word2vecOptions::Vectors>& Word2vecOptions::vector_kinds() {
  static const EnumNames<Vectors> kNames = {
      {"words", Vectors::words}, {"contexts", Vectors::contexts}, {"sum", Vectors::sum}};
  return kNames;
}

FieldGroup Word2vecOptions::describe() {
  FieldGroup group{
      name,
      "word2vec (Mikolov et al. 2013), skip-gram or CBOW, trained by hand-written kernels; of the "
      "section train, only epochs, lr and budget apply"};
  describe_model(group);
  describe_training(group);
  group.add(ngrams.describe());
  return group.rename("epochs", "train.epochs").rename("lr", "train.lr");
}

void Word2vecOptions::describe_model(FieldGroup& group) {
  group
      .add(choice("architecture", &architecture,
                  "skip-gram: each context word predicts the centre word; cbow: the mean of the "
                  "context words predicts it",
                  architectures()))
      .add(Field{"dim", &dim, "dimension of the vectors; auto: 100, or that of `start`",
                 between(1, 8192)})
      .add(Field{"window", &window,
                 "context window: words on each side of the centre word, at most",
                 between(1, 1000)})
      .add(choice("window_type", &window_type,
                  "dynamic: the window of each word has 1 to `window` words on each side, sampled "
                  "uniformly; fixed: always `window` words",
                  {{"dynamic", WindowType::dynamic}, {"fixed", WindowType::fixed}}))
      .add(choice("output", &output,
                  "sampling: negative sampling; hierarchical: hierarchical softmax over a Huffman "
                  "tree of the word counts",
                  {{"sampling", Output::sampling}, {"hierarchical", Output::hierarchical}}))
      .add(Field{"negatives", &negatives,
                 "negative samples per window, shared by its context words", between(1, 1000)})
      .add(Field{"negative_power", &negative_power,
                 "exponent of the noise distribution: words are sampled in proportion to (count + "
                 "1) to this power",
                 between(-4, 4)})
      .add(Field{"sample", &sample,
                 "subsampling threshold of frequent words: a word with relative frequency f is "
                 "kept with probability min(1, sqrt(sample / f) + sample / f); 0: no subsampling",
                 between(0, 1)})
      .add(choice("subsampling", &subsampling,
                  "dirty: drop words before the windows are formed, so that windows reach further; "
                  "clean: drop them afterwards (Levy, Goldberg and Dagan 2015)",
                  {{"dirty", Subsampling::dirty}, {"clean", Subsampling::clean}}))
      .add(choice("cbow_update", &cbow_update,
                  "update of the n context words in CBOW; corrected: each gets 1/n of the update "
                  "of their mean, "
                  "which is the gradient (Irsoy et al. 2021); original: each gets the full update",
                  {{"corrected", CbowUpdate::corrected}, {"original", CbowUpdate::original}}));
}

void Word2vecOptions::describe_training(FieldGroup& group) {
  group
      .add(Field{"lr_min", &lr_min,
                 "final learning rate; the rate decays linearly from train.lr over all epochs",
                 at_least(0)})
      .add(choice("parallel", &parallel,
                  "deterministic: the same bits on any number of threads; fast: lock-free updates "
                  "(Hogwild, Recht et al. 2011), every run is slightly different",
                  {{"deterministic", Parallel::deterministic}, {"fast", Parallel::fast}}))
      .add(
          choice("export", &export_vectors,
                 "exported vectors; words: input vectors; contexts: output vectors; sum: their sum",
                 vector_kinds()))
      .add(Field{"keep_contexts", &keep_contexts,
                 "also write the context (output) vectors, as contexts.* next to vectors.*"})
      .add(Field{
          "keep_model", &keep_model,
          "also write model.bin, a fastText model with both matrices; always written with n-grams"})
      .add(Field{"start", &start,
                 "initialise from trained vectors, matched by word: a run folder, a fastText model "
                 "or any vector file; data.vocabulary.file can be the same path"})
      .add(Field{"log_steps", &log_steps,
                 "also record the loss every N steps (of 262,144 tokens); 0: after each epoch only",
                 at_least(0)});
}

void Word2vecOptions::validate(Problems& problems, const std::string& prefix) const {
  if (lr && lr_min > *lr) problems.add(prefix + ".lr_min", "is above train.lr");
  if (ngrams.min > ngrams.max) problems.add(prefix + ".ngrams.min", "is above max");
  if (output == Output::hierarchical && export_vectors != Vectors::words)
    problems.add(prefix + ".export",
                 "output: hierarchical has tree nodes instead of context vectors");
  if (output == Output::hierarchical && keep_contexts)
    problems.add(prefix + ".keep_contexts",
                 "output: hierarchical has tree nodes instead of context vectors");
  if (cbow_update != CbowUpdate::corrected && architecture != Architecture::cbow)
    problems.add(prefix + ".cbow_update", "only has an effect with architecture: cbow");
}

void Word2vecOptions::choose(const TextSize& text, int effort, ChosenSettings& chosen) {
  constexpr std::int64_t kDim = 100;
  chosen.choose("model." + name + ".dim", dim, start.empty() ? kDim : pretrained_dim(start),
                start.empty() ? "usual for " + name : "the dimension of " + start);
  // Short texts need many passes, long ones few: about this many tokens in all.
  constexpr double kTokens = 20e6, kLeast = 5, kMost = 40;
  const double passes =
      std::round(kTokens / static_cast<double>(std::max<std::int64_t>(1, text.tokens)));
  chosen.choose("train.epochs", epochs, std::clamp(passes, kLeast, kMost) * (effort > 0 ? 2 : 1),
                size_text(text) + (effort > 0 ? ", twice the usual" : ""));
  const bool cbow = architecture == Architecture::cbow;
  const bool original = cbow && cbow_update == CbowUpdate::original;
  const std::string kind = output == Output::hierarchical ? "hierarchical softmax"
                           : original                     ? "CBOW with the original update"
                           : cbow                         ? "CBOW"
                                                          : "skip-gram";
  constexpr double kLongText = 5e6;
  const bool is_long = static_cast<double>(text.tokens) >= kLongText;
  double usual = is_long ? 0.06 : 0.03;
  if (ngrams.buckets > 0) usual = 0.04;               // n-grams are shared by many words
  if (output == Output::hierarchical) usual = 0.025;  // and the tree's root by all
  if (cbow && !original && output == Output::sampling) usual = 0.15;
  chosen.choose("train.lr", lr, usual, "usual for " + kind);
}

std::unique_ptr<ModelOptions> make_word2vec_options() {
  return std::make_unique<Word2vecOptions>();
}

}  // namespace wordbridge
