#include "models/word2vec/word2vec_options.h"

#include <memory>

namespace wordbridge {

CharacterNgrams CharacterNgramOptions::settings() const {
  return {static_cast<std::int32_t>(min), static_cast<std::int32_t>(max),
          static_cast<std::int32_t>(buckets)};
}

FieldGroup CharacterNgramOptions::describe() {
  FieldGroup group{"ngrams",
                   "a word's vector is the mean of its own and of its character n-grams' "
                   "(Bojanowski et al. 2017), which makes vectors of unseen words too"};
  group
      .add(Field{"min", &min, "characters, the marks < and > around the word among them",
                 between(1, 100)})
      .add(Field{"max", &max, "characters", between(1, 100)})
      .add(Field{"buckets", &buckets,
                 "n-grams are hashed into so many (fastText: 2,000,000); 0: no n-grams",
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

Word2vecOptions::Word2vecOptions() {
  epochs = 5;
  lr = 0.025;
}

FieldGroup Word2vecOptions::describe() {
  FieldGroup group{
      "word2vec",
      "word2vec (Mikolov et al. 2013), trained by hand-written kernels; of the section "
      "train: it uses epochs (by default 5) and lr (by default 0.025)"};
  describe_model(group);
  describe_training(group);
  group.add(ngrams.describe());
  return group.rename("epochs", "train.epochs").rename("lr", "train.lr");
}

void Word2vecOptions::describe_model(FieldGroup& group) {
  group
      .add(choice(
          "architecture", &architecture,
          "skip-gram: each word of the window predicts the middle one; cbow: their mean does",
          architectures()))
      .add(Field{"dim", &dim, "numbers in a vector", between(1, 8192)})
      .add(Field{"window", &window, "words on each side, at most", between(1, 1000)})
      .add(choice("window_type", &window_type,
                  "dynamic: for each word, 1 to window words on each side, drawn evenly; fixed: "
                  "always window",
                  {{"dynamic", WindowType::dynamic}, {"fixed", WindowType::fixed}}))
      .add(choice("output", &output,
                  "sampling: the word against negative samples; hierarchical: the softmax as the "
                  "way to the word in Huffman's tree",
                  {{"sampling", Output::sampling}, {"hierarchical", Output::hierarchical}}))
      .add(Field{"negatives", &negatives, "drawn words for each window, shared by its words",
                 between(1, 1000)})
      .add(Field{"negative_power", &negative_power,
                 "they are drawn in proportion to (count + 1) to this power", between(-4, 4)})
      .add(Field{"sample", &sample,
                 "of a word with share f of the text, sqrt(sample / f) + sample / f of the "
                 "occurrences are used, at most all; 0: all",
                 between(0, 1)})
      .add(choice("subsampling", &subsampling,
                  "what is not used is left out before windows are made (dirty, so they reach "
                  "further), or after (clean; Levy, Goldberg and Dagan 2015)",
                  {{"dirty", Subsampling::dirty}, {"clean", Subsampling::clean}}))
      .add(choice("cbow_update", &cbow_update,
                  "each of n words of the window goes 1/n of the mean's step (corrected: the "
                  "gradient, Irsoy et al. 2021), or all of it (original)",
                  {{"corrected", CbowUpdate::corrected}, {"original", CbowUpdate::original}}));
}

void Word2vecOptions::describe_training(FieldGroup& group) {
  group
      .add(Field{"lr_min", &lr_min,
                 "learning rate at the end, to which it falls linearly over the text from train.lr",
                 at_least(0)})
      .add(choice("parallel", &parallel,
                  "deterministic: the same bits on any number of threads; fast: threads write "
                  "without locks (Recht et al. 2011), every run is a little different",
                  {{"deterministic", Parallel::deterministic}, {"fast", Parallel::fast}}))
      .add(choice("export", &export_vectors,
                  "a word's vector: words (input), contexts (output), or their sum",
                  vector_kinds()))
      .add(Field{"keep_contexts", &keep_contexts,
                 "also write the words' vectors as contexts, contexts.* next to vectors.*"})
      .add(
          Field{"keep_model", &keep_model,
                "also write model.bin, a model of fastText's with both matrices; with n-grams that "
                "is always done"})
      .add(
          Field{"start", &start,
                "begin with the vectors of an earlier run's folder, of a model of fastText's or of "
                "another file of vectors, by word; data.vocabulary.file can be the same"})
      .add(Field{"log_steps", &log_steps,
                 "also record the loss every N steps (of 262,144 tokens), 0: each epoch",
                 at_least(0)});
}

void Word2vecOptions::validate(Problems& problems, const std::string& prefix) const {
  if (lr_min > lr) problems.add(prefix + ".lr_min", "is above train.lr");
  if (ngrams.min > ngrams.max) problems.add(prefix + ".ngrams.min", "is above max");
  if (output == Output::hierarchical && export_vectors != Vectors::words)
    problems.add(prefix + ".export",
                 "with output: hierarchical there are nodes instead of contexts");
  if (output == Output::hierarchical && keep_contexts)
    problems.add(prefix + ".keep_contexts",
                 "with output: hierarchical there are nodes instead of contexts");
  if (cbow_update != CbowUpdate::corrected && architecture != Architecture::cbow)
    problems.add(prefix + ".cbow_update", "has an effect with architecture: cbow only");
}

std::unique_ptr<ModelOptions> make_word2vec_options() {
  return std::make_unique<Word2vecOptions>();
}

}  // namespace wordbridge
