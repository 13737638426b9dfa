#include "models/output/full_softmax_options.h"

namespace wordbridge {

FieldGroup FullSoftmaxOptions::describe() {
  FieldGroup group{"full", "full softmax over the vocabulary (exact)"};
  group
      .add(choice("precision", &precision,
                  "precision of the matrix products in training (sums are float32); evaluation "
                  "always uses float32",
                  {{"float32", Precision::float32}, {"bfloat16", Precision::bfloat16}}))
      .add(Field{"filter", &filter,
                 "skip the gradient of blocks of words and examples whose probabilities are all "
                 "below this threshold; 0: skip none",
                 below(0, 1)});
  return group;
}

}  // namespace wordbridge
