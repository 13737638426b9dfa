#include "models/word2vec/word2vec_options.h"

#include <memory>

namespace wordbridge {

FieldGroup Word2vecOptions::describe() {
  FieldGroup group{"word2vec",
                   "word2vec with negative sampling (Mikolov et al. 2013), trained by kernels of "
                   "our own; the section train: is not used"};
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
      .add(Field{"negatives", &negatives, "drawn words for each window, shared by its words",
                 between(1, 1000)})
      .add(Field{"negative_power", &negative_power,
                 "they are drawn in proportion to (count + 1) to this power", between(-4, 4)})
      .add(Field{"sample", &sample,
                 "of a word with share f of the text, sqrt(sample / f) + sample / f of the "
                 "occurrences are used, at most all; 0: all",
                 between(0, 1)})
      .add(Field{"cbow_update",
                 &cbow_update,
                 "each of n words of the window goes 1/n of the mean's step (corrected: the "
                 "gradient, Irsoy et al. 2021), or all of it (original)",
                 {},
                 {"corrected", "original"}})
      .add(Field{"epochs", &epochs, "passes over the training portion", between(1, 1e6)})
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
      .add(Field{"log_steps", &log_steps,
                 "also record the loss every so many steps (of 262,144 tokens), 0: each epoch",
                 at_least(0)});
  return group;
}

void Word2vecOptions::validate(Problems& problems, const std::string& prefix) const {
  if (lr_min > lr) problems.add(prefix + ".lr_min", "is above lr");
  if (cbow_update != "corrected" && architecture != "cbow")
    problems.add(prefix + ".cbow_update", "has an effect with architecture: cbow only");
}

std::unique_ptr<ModelOptions> make_word2vec_options() {
  return std::make_unique<Word2vecOptions>();
}

}  // namespace wordbridge
