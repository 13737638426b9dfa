#include "models/deep_nplm/deep_nplm_options.h"

#include <fmt/format.h>

#include <algorithm>

namespace wordbridge {
namespace {

constexpr std::int64_t kNearestWords = 10;

}  // namespace

FieldGroup DeepNplmOptions::describe() {
  FieldGroup group{
      "deep_nplm",
      "The neural probabilistic language model with many layers (Sun and Iyyer 2021): the features "
      "of the nearest words, concatenated, and weighted sums of those before them; then "
      "feed-forward layers h = norm(h + W2 relu(W1 h)) (post-norm)"};
  describe_width(group);
  group
      .add(Field{"words", &words, "nearest words, whose features are concatenated",
                 between(1, 65536)})
      .add(Field{"distant", &distant,
                 "words before those, which the aggregates sum with learned weights; 0: no "
                 "aggregates",
                 between(0, 65536)})
      .add(Field{"aggregates", &aggregates, "weighted sums of the distant words", between(1, 256)})
      .add(Field{"mid", &mid,
                 "units of the first layer (ReLU); 0: none, the first layer is relu(W1 x)",
                 between(0, 65536)})
      .add(Field{"residual", &residual,
                 "residual connections; that of the first layer adds the sum of all feature "
                 "vectors that it reads"})
      .add(Field{"norm", &norm, "layer normalisation after each layer"});
  describe_rest(group);
  return group;
}

void DeepNplmOptions::choose_more(const std::string& prefix, ChosenSettings& chosen) {
  chosen.choose(prefix + "words", words, std::min(kNearestWords, sequences.length),
                "usual for deep_nplm");
  chosen.choose(prefix + "distant", distant, std::max<std::int64_t>(0, sequences.length - *words),
                "the rest of a sequence");
  chosen.choose(prefix + "mid", mid, 2 * *dim, "2 dim");
}

void DeepNplmOptions::validate(Problems& problems, const std::string& prefix) const {
  if (words && *words > sequences.length)
    problems.add(prefix + ".words", fmt::format("must be at most sequences.length = {}, got {}",
                                                sequences.length, *words));
  else if (words && distant && *words + *distant > sequences.length)
    problems.add(prefix + ".distant",
                 fmt::format("must be at most sequences.length - words = {}, got {}",
                             sequences.length - *words, *distant));
  SequenceModelOptions::validate(problems, prefix);
}

std::unique_ptr<ModelOptions> make_deep_nplm_options() {
  return std::make_unique<DeepNplmOptions>();
}

}  // namespace wordbridge
