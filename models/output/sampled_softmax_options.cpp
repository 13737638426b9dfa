#include "models/output/sampled_softmax_options.h"

namespace wordbridge {

FieldGroup SampledSoftmaxOptions::describe() {
  FieldGroup group{"sampled", "sampled softmax, the full softmax trained on sampled words"};
  group
      .add(Field{"samples", &samples, "sampled words per batch; with proposal: bigram, per example",
                 between(1, 1 << 20)})
      .add(choice("proposal", &proposal,
                  "proposal distribution; log_uniform: by frequency rank, roughly 1/rank; bigram: "
                  "the words that follow the preceding word in the training split, interpolated "
                  "with the unigram distribution",
                  {{"unigram", Proposal::unigram},
                   {"log_uniform", Proposal::log_uniform},
                   {"uniform", Proposal::uniform},
                   {"bigram", Proposal::bigram}}))
      .add(Field{"power", &power, "exponent of count + 1 with proposal: unigram or bigram",
                 between(0, 1)})
      .add(Field{"adaptation", &adaptation,
                 "rate at which proposal: bigram adapts to the network during training (Bengio and "
                 "Senecal 2008); 0: fixed bigram counts",
                 below(0, 1)});
  return group;
}

void SampledSoftmaxOptions::validate(Problems& problems, const std::string& prefix) const {
  if (power != 1 && proposal != Proposal::unigram && proposal != Proposal::bigram)
    problems.add(prefix + ".power", "only has an effect with proposal: unigram or bigram");
  if (adaptation > 0 && proposal != Proposal::bigram)
    problems.add(prefix + ".adaptation", "only has an effect with proposal: bigram");
}

}  // namespace wordbridge
