#include "models/output/nce_options.h"

namespace wordbridge {

FieldGroup NceOptions::describe() {
  FieldGroup group{
      "nce", "noise-contrastive estimation (the scores approximate ln P without a normaliser)"};
  group.add(Field{"samples", &samples, "noise words per example", between(1, 1 << 20)})
      .add(choice("noise", &noise,
                  "noise distribution; log_uniform: by frequency rank, roughly 1/rank",
                  {{"unigram", Noise::unigram},
                   {"log_uniform", Noise::log_uniform},
                   {"uniform", Noise::uniform}}))
      .add(Field{"power", &power, "exponent of count + 1 with noise: unigram", between(0, 1)})
      .add(Field{"shared", &shared,
                 "share the noise words within groups of 64 examples: much faster, with the same "
                 "expected loss"});
  return group;
}

void NceOptions::validate(Problems& problems, const std::string& prefix) const {
  if (power != 1 && noise != Noise::unigram)
    problems.add(prefix + ".power", "only has an effect with noise: unigram");
}

}  // namespace wordbridge
