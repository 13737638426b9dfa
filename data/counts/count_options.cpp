#include "data/counts/count_options.h"

namespace wordbridge {

const EnumNames<CountContext>& count_contexts() {
  static const EnumNames<CountContext> names = {{"window", CountContext::window},
                                                {"document", CountContext::document}};
  return names;
}

FieldGroup CountOptions::describe() {
  FieldGroup group{"counts", "co-occurrence counts of the training split"};
  group
      .add(choice("context", &context,
                  "window: words around each occurrence; document: documents that contain the word",
                  count_contexts()))
      .add(Field{"window", &window, "context window: words on each side", between(1, 1000)})
      .add(Field{"cross_documents", &cross_documents, "let windows cross document boundaries"})
      .add(choice(
          "weighting", &weighting,
          "flat: every word in the window counts 1; harmonic: 1/distance",
          EnumNames<CountWeighting>{{"flat", CountWeighting::flat},
                                    {"harmonic", CountWeighting::harmonic}}))
      .add(Field{"max_contexts", &max_contexts,
                 "with context: window, use only the first N words of the vocabulary as contexts; "
                 "0: all",
                 at_least(0)});
  return group;
}

}  // namespace wordbridge
