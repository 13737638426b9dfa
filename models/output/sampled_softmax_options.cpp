#include "models/output/sampled_softmax_options.h"

namespace wordbridge {

FieldGroup SampledSoftmaxOptions::describe() {
  FieldGroup group{"sampled", "the softmax over all words, trained on sampled words"};
  group
      .add(Field{"samples", &samples,
                 "words drawn for a batch; with proposal: bigram, for each example",
                 between(1, 1 << 20)})
      .add(choice("proposal", &proposal,
                  "what they are drawn from; log_uniform: by rank, roughly 1/rank; bigram: what "
                  "follows the word before in the training text, interpolated with the unigram",
                  {{"unigram", Proposal::unigram},
                   {"log_uniform", Proposal::log_uniform},
                   {"uniform", Proposal::uniform},
                   {"bigram", Proposal::bigram}}))
      .add(Field{"power", &power, "proposal: unigram, bigram: of the counts + 1", between(0, 1)})
      .add(Field{"adaptation", &adaptation,
                 "proposal: bigram: rate at which it follows what the network has learned (Bengio "
                 "and Senecal 2008); 0: it stays as counted",
                 below(0, 1)});
  return group;
}

void SampledSoftmaxOptions::validate(Problems& problems, const std::string& prefix) const {
  if (power != 1 && proposal != Proposal::unigram && proposal != Proposal::bigram)
    problems.add(prefix + ".power", "has an effect with proposal: unigram or bigram only");
  if (adaptation > 0 && proposal != Proposal::bigram)
    problems.add(prefix + ".adaptation", "has an effect with proposal: bigram only");
}

}  // namespace wordbridge
