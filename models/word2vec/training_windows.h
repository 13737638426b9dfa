#pragma once

#include <cstdint>
#include <vector>

#include "core/rng.h"
#include "data/corpus/id_stream.h"
#include "data/corpus/subsampling.h"
#include "models/sampling/discrete_distribution.h"
#include "models/word2vec/positive_sampling.h"
#include "models/word2vec/word2vec_options.h"

namespace wordbridge {

/// The training text as word2vec reads it: subsampled, with a window and negative samples for each
/// remaining word. It is read in segments, in any order and by any thread: subsampling depends only
/// on the seed, the epoch and the position in the text, and everything else random in a segment
/// comes from the segment's own random stream. Windows extend into neighbouring segments and end at
/// document boundaries.
class TrainingWindows {
 public:
  /// `counts` [types]: occurrences in the stream, which must outlive this object. Segments have
  /// `segment_tokens` tokens of the stream, the last one the remaining tokens.
  TrainingWindows(IdStream stream, const std::vector<std::int64_t>& counts,
                  const Word2vecOptions& options, std::int64_t segment_tokens, std::uint64_t seed,
                  PositiveSampling sampling = {});

  std::int64_t segments() const { return (stream_.tokens + segment_ - 1) / segment_; }
  std::int64_t segment_tokens(std::int64_t segment) const;

  /// A segment and its surroundings after subsampling.
  struct Segment {
    std::vector<std::int32_t> words;
    std::vector<std::int64_t> places;        // [words]: positions in the text
    std::vector<std::int32_t> begins, ends;  // [words]: bounds of each word's document
    std::int64_t begin = 0, end = 0;         // the words of the segment itself
    std::vector<std::int32_t> negatives;     // noise words: negatives() for each own word
    std::vector<std::int32_t> partners;      // sampling().per_word() for each own word; -1: none
    std::vector<const std::int32_t*> drawn;  // where the partners are listed
    Rng rng{0, "word2vec"};
  };
  /// Reads segment `segment` of epoch `epoch`: subsamples it and draws its negative samples.
  void read(std::int64_t epoch, std::int64_t segment, Segment& text) const;

  /// The context window of a word: [begin, end) of the segment's words, without the word itself.
  struct Window {
    std::int64_t begin, end;
  };
  /// The window around `text.words[at]`. Must be called with `at` ascending from text.begin.
  Window window(Segment& text, std::int64_t at) const;
  /// Negative samples of each word.
  std::int64_t negatives() const { return negatives_; }
  /// Negative samples of each pair of centre and context word.
  std::int64_t negatives_per_pair() const { return negatives_per_pair_; }
  const PositiveSampling& sampling() const { return sampling_; }
  /// The distribution of the negative samples [types].
  const DiscreteDistribution& noise() const { return noise_; }
  /// Whether the context words are the inputs of skip-gram.
  bool context_input() const { return context_input_; }

 private:
  bool used(std::int64_t place, std::uint64_t key) const;
  void draw_negatives(Segment& text) const;
  void draw_partners(std::uint64_t index, Segment& text) const;

  IdStream stream_;
  std::int64_t window_, negatives_per_pair_, negatives_, segment_;
  bool dynamic_, clean_, context_input_;
  std::uint64_t seed_;
  PositiveSampling sampling_;
  DiscreteDistribution noise_;
  std::vector<std::uint64_t> used_below_;  // [types]: keep if a 32-bit hash is below
};

}  // namespace wordbridge
