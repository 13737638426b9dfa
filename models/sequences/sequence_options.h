#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/config/fields.h"

namespace wordbridge {

/// How a text is divided into sequences for a model that reads them. A sequence is T consecutive
/// words of context and as many predictions, one after each word. Sequences overlap: the first
/// `overlap` predictions of a sequence, whose context is short, are left out, because they are
/// those of the sequence before it. Every word is predicted once, from `overlap` + 1 to T words.
struct SequenceShape {
  std::int64_t length = 0;              // T
  std::int64_t overlap = 0;             // in training
  std::int64_t evaluation_overlap = 0;  // in validation, tests and scores
  /// Sequences are read in the order of the text, each from the state after the one before
  /// (sequence_state.h). Scores are those of one sequence, which starts `evaluation_overlap` words
  /// before the first word that is scored.
  bool carries_state = false;
};

/// The section `sequences` of a model's options.
struct SequenceOptions {
  enum class State { reset, carry };

  std::int64_t length = 128, overlap = 0;
  State state = State::reset;
  std::optional<std::int64_t> evaluation_overlap;  // without a value: half of the length

  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
  SequenceShape shape() const {
    return {length, overlap, evaluation_overlap.value_or(length / 2), state == State::carry};
  }
};

/// The section `contexts` of these models: the vectors that `export: contexts` exports
/// (models/language_model/context_vectors.h).
struct ContextOptions {
  std::string layer = "mean";
  std::int64_t occurrences = 1000;

  FieldGroup describe();
};

}  // namespace wordbridge
