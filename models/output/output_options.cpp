#include "models/output/output_options.h"

namespace wordbridge {

FieldGroup OutputOptions::describe() {
  FieldGroup group{"output", "output layer: how scores become P(word | context)"};
  group.add(Field{"type", &type, "full: softmax over all words", {}, {"full"}});

  FieldGroup full_group{"full", "the softmax over all words, exact"};
  full_group
      .add(Field{"precision",
                 &full.precision,
                 "of the products in training (sums are float32); evaluation is always float32",
                 {},
                 {"float32", "bfloat16"}})
      .add(Field{"filter", &full.filter,
                 "blocks of words and examples whose probabilities are all below this get no "
                 "gradient; 0: none are skipped",
                 below(0, 1)});
  group.add(full_group);
  return group;
}

void OutputOptions::validate(Problems&, const std::string&, bool) const {}

}  // namespace wordbridge
