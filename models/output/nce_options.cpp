#include "models/output/nce_options.h"

namespace wordbridge {

FieldGroup NceOptions::describe() {
  FieldGroup group{"nce", "noise-contrastive estimation: scores become ln P without a normaliser"};
  group.add(Field{"samples", &samples, "noise words for each example", between(1, 1 << 20)})
      .add(choice("noise", &noise,
                  "what noise words are drawn from; log_uniform: by rank, roughly 1/rank",
                  {{"unigram", Noise::unigram},
                   {"log_uniform", Noise::log_uniform},
                   {"uniform", Noise::uniform}}))
      .add(Field{"power", &power, "noise: unigram: of the counts + 1", between(0, 1)})
      .add(Field{"shared", &shared,
                 "groups of 64 examples have the same noise words: much faster, and no less exact "
                 "on average"});
  return group;
}

void NceOptions::validate(Problems& problems, const std::string& prefix) const {
  if (power != 1 && noise != Noise::unigram)
    problems.add(prefix + ".power", "has an effect with noise: unigram only");
}

}  // namespace wordbridge
