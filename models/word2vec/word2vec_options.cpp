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

FieldGroup Word2vecOptions::describe() {
  FieldGroup group{"word2vec",
                   "word2vec (Mikolov et al. 2013), trained by kernels of our own; the section "
                   "train: is not used"};
  group
      .add(
          Field{"architecture",
                &architecture,
                "skip-gram: each word of the window predicts the middle one; cbow: their mean does",
                {},
                {"skip-gram", "cbow"}})
      .add(Field{"dim", &dim, "numbers in a vector", between(1, 8192)})
      .add(Field{"window", &window, "words on each side, at most", between(1, 1000)})
      .add(Field{"window_type",
                 &window_type,
                 "dynamic: for each word, 1 to window words on each side, drawn evenly; fixed: "
                 "always window",
                 {},
                 {"dynamic", "fixed"}})
      .add(Field{"output",
                 &output,
                 "sampling: the word against negative samples; hierarchical: the softmax as the "
                 "way to the word in Huffman's tree",
                 {},
                 {"sampling", "hierarchical"}})
      .add(Field{"negatives", &negatives, "drawn words for each window, shared by its words",
                 between(1, 1000)})
      .add(Field{"negative_power", &negative_power,
                 "they are drawn in proportion to (count + 1) to this power", between(-4, 4)})
      .add(Field{"sample", &sample,
                 "of a word with share f of the text, sqrt(sample / f) + sample / f of the "
                 "occurrences are used, at most all; 0: all",
                 between(0, 1)})
      .add(Field{"subsampling",
                 &subsampling,
                 "what is not used is left out before windows are made (dirty, so they reach "
                 "further), or after (clean; Levy, Goldberg and Dagan 2015)",
                 {},
                 {"dirty", "clean"}})
      .add(Field{"cbow_update",
                 &cbow_update,
                 "each of n words of the window goes 1/n of the mean's step (corrected: the "
                 "gradient, Irsoy et al. 2021), or all of it (original)",
                 {},
                 {"corrected", "original"}})
      .add(Field{"epochs", &epochs, "passes over the training split", between(1, 1e6)})
      .add(Field{"lr", &lr, "learning rate at the start; it falls linearly over the text",
                 more_than(0)})
      .add(Field{"lr_min", &lr_min, "learning rate at the end", at_least(0)})
      .add(Field{"parallel",
                 &parallel,
                 "deterministic: the same bits on any number of threads; fast: threads write "
                 "without locks (Recht et al. 2011), every run is a little different",
                 {},
                 {"deterministic", "fast"}})
      .add(Field{"export",
                 &export_vectors,
                 "a word's vector: words (input), contexts (output), or their sum",
                 {},
                 {"words", "contexts", "sum"}})
      .add(Field{"keep_contexts", &keep_contexts,
                 "also write the words' vectors as contexts, contexts.* beside vectors.*"})
      .add(
          Field{"keep_model", &keep_model,
                "also write model.bin, a model of fastText's with both matrices; with n-grams that "
                "is always done"})
      .add(
          Field{"start", &start,
                "begin with the vectors of an earlier run's folder, of a model of fastText's or of "
                "another file of vectors, by word; data.vocabulary.file can be the same"})
      .add(Field{"log_steps", &log_steps,
                 "also record the loss every so many steps (of 262,144 tokens), 0: each epoch",
                 at_least(0)});
  group.add(ngrams.describe());
  return group;
}

void Word2vecOptions::validate(Problems& problems, const std::string& prefix) const {
  if (lr_min > lr) problems.add(prefix + ".lr_min", "is above lr");
  if (ngrams.min > ngrams.max) problems.add(prefix + ".ngrams.min", "is above max");
  if (output == "hierarchical" && export_vectors != "words")
    problems.add(prefix + ".export",
                 "with output: hierarchical there are nodes instead of contexts");
  if (output == "hierarchical" && keep_contexts)
    problems.add(prefix + ".keep_contexts",
                 "with output: hierarchical there are nodes instead of contexts");
  if (cbow_update != "corrected" && architecture != "cbow")
    problems.add(prefix + ".cbow_update", "has an effect with architecture: cbow only");
}

std::unique_ptr<ModelOptions> make_word2vec_options() {
  return std::make_unique<Word2vecOptions>();
}

}  // namespace wordbridge
