#include "models/output/full_softmax_options.h"

namespace wordbridge {

FieldGroup FullSoftmaxOptions::describe() {
  FieldGroup group{"full", "the softmax over all words, exact"};
  group
      .add(choice("precision", &precision,
                  "of the products in training (sums are float32); evaluation is always float32",
                  {{"float32", Precision::float32}, {"bfloat16", Precision::bfloat16}}))
      .add(Field{"filter", &filter,
                 "blocks of words and examples whose probabilities are all below this get no "
                 "gradient; 0: none are skipped",
                 below(0, 1)});
  return group;
}

}  // namespace wordbridge
