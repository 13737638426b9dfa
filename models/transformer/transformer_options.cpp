#include "models/transformer/transformer_options.h"

#include <fmt/format.h>

namespace wordbridge {
FieldGroup TransformerOptions::describe() {
  FieldGroup group{
      "transformer",
      "Transformer language model (Vaswani et al. 2017), decoder with pre-norm layers: "
      "x += attention(norm(x)); x += feed_forward(norm(x))"};
  describe_width(group);
  group.add(Field{"heads", &heads, "attention heads, a divisor of dim", between(1, 256)})
      .add(choice("positions", &positions,
                  "how the position of a word is known; learned or sinusoidal: a vector added to "
                  "its features; rotary: rotations of queries and keys (Su et al. 2021)",
                  {{"learned", Positions::learned},
                   {"sinusoidal", Positions::sinusoidal},
                   {"rotary", Positions::rotary},
                   {"none", Positions::none}}))
      .add(Field{"window", &window,
                 "words that a word attends to, itself included; 0: all before it in the sequence",
                 at_least(0)})
      .add(choice("first_layer", &first_layer,
                  "the first layer (Sun and Iyyer 2021); attention: as the others; window: "
                  "attention to first_words words (Transformer-C); words: their features, "
                  "concatenated and projected (Transformer-N)",
                  {{"attention", FirstLayer::attention},
                   {"window", FirstLayer::window},
                   {"words", FirstLayer::words}}))
      .add(Field{"first_words", &first_words, "words that the first layer reads, except attention",
                 between(1, 1024)});
  describe_rest(group);
  return group;
}

void TransformerOptions::validate(Problems& problems, const std::string& prefix) const {
  if (dim && *dim % heads != 0)
    problems.add(prefix + ".heads",
                 fmt::format("must be a divisor of dim = {}, got {}", *dim, heads));
  else if (dim && positions == Positions::rotary && *dim / heads % 2 != 0)
    problems.add(
        prefix + ".positions",
        fmt::format("rotary needs an even number of dimensions per head, got {}", *dim / heads));
  SequenceModelOptions::validate(problems, prefix);
}

std::unique_ptr<ModelOptions> make_transformer_options() {
  return std::make_unique<TransformerOptions>();
}

}  // namespace wordbridge
