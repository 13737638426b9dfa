#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "eval/benchmarks/analogy_sections.h"
#include "eval/benchmarks/word_lookup.h"

namespace wordbridge {

/// Questions of a benchmark that can be answered, with their distinct words numbered from 0. A
/// benchmark has tens of thousands of questions with about a thousand distinct words.
struct AnalogyQuestions {
  enum class Use : std::uint8_t { unknown, no_direction, asked };
  struct Question {
    std::array<std::int32_t, 4> words;
    std::int32_t section;
  };
  std::vector<Use> use;             // of each question of the benchmark
  std::vector<Question> questions;  // those with use == Use::asked, in the order of the benchmark
  /// Table rows of the forms of each word, grouped by word: those of word w are rows[first[w]] to
  /// rows[first[w + 1] - 1], in ascending order. The first of them is the row of the word's vector.
  std::vector<std::int64_t> rows;
  std::vector<std::int32_t> first{0};

  std::int64_t word_count() const { return static_cast<std::int64_t>(first.size()) - 1; }
  std::int64_t row(std::int64_t word) const {
    return rows[static_cast<std::size_t>(first[static_cast<std::size_t>(word)])];
  }
};

/// Looks up the words of all questions. `scales`: 1 / norm of each row, NaN for a zero vector.
AnalogyQuestions look_up_questions(const WordLookup& lookup, const std::vector<float>& scales,
                                   const std::vector<AnalogySection>& sections);

}  // namespace wordbridge
