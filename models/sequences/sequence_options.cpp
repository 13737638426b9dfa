#include "models/sequences/sequence_options.h"

#include <fmt/format.h>

namespace wordbridge {

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
                 at_least(0)});
  return group;
}

void SequenceOptions::validate(Problems& problems, const std::string& prefix) const {
  const auto check = [&](const char* name, std::int64_t words) {
    if (words >= length)
      problems.add(prefix + "." + name,
                   fmt::format("must be less than length = {}, got {}", length, words));
  };
  check("overlap", overlap);
  if (evaluation_overlap) check("evaluation_overlap", *evaluation_overlap);
}

}  // namespace wordbridge
