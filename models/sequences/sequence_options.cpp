#include "models/sequences/sequence_options.h"

#include <fmt/format.h>

namespace wordbridge {

FieldGroup ContextOptions::describe() {
  FieldGroup group{"contexts", "the vectors of `export: contexts` (docs/contexts.md)"};
  group
      .add(Field{"layer", &layer,
                 "the output of a layer, 0 for the input of the layers, or mean: the mean over "
                 "all of these"})
      .add(Field{"occurrences", &occurrences,
                 "the mean is over the first N occurrences of each word", at_least(1)});
  return group;
}

FieldGroup SequenceOptions::describe() {
  FieldGroup group{"sequences", "how the text is divided into sequences"};
  group
      .add(Field{"length", &length, "words per sequence, and the longest context",
                 between(1, 65536)})
      .add(
          Field{"overlap", &overlap,
                "training: words of each sequence that only serve as context, because the sequence "
                "before it predicts the words after them",
                at_least(0)})
      .add(Field{"evaluation_overlap", &evaluation_overlap,
                 "the same for perplexities and scores; length - 1: every word is predicted from "
                 "the longest context, which takes the most time (default: length / 2)",
                 at_least(0)})
      .add(choice("state", &state,
                  "what a recurrent model knows at the start of a sequence; reset: nothing; carry: "
                  "what it knew at the end of the sequence before it in the text",
                  {{"reset", State::reset}, {"carry", State::carry}}));
  return group;
}

void SequenceOptions::validate(Problems& problems, const std::string& prefix) const {
  const auto check = [&](const char* name, std::int64_t words) {
    if (words >= length)
      problems.add(prefix + "." + name,
                   fmt::format("must be less than length = {}, got {}", length, words));
  };
  check("overlap", overlap);
  if (state == State::carry && overlap > 0)
    problems.add(prefix + ".overlap",
                 fmt::format("has no use with state: carry; expected 0, got {}", overlap));
  if (evaluation_overlap && state == State::reset) check("evaluation_overlap", *evaluation_overlap);
}

}  // namespace wordbridge
