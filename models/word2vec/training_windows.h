#pragma once

#include <cstdint>
#include <vector>

#include "core/rng.h"
#include "data/corpus/cooccurrence.h"
#include "models/sampling/discrete_distribution.h"
#include "models/word2vec/word2vec_options.h"

namespace wordbridge {

/// Share of the occurrences of a word that are used, where it is `count` of `tokens`:
/// sqrt(sample / f) + sample / f for f = count / tokens, at most 1 (word2vec's program); all if
/// `sample` is 0.
double used_share(double sample, std::int64_t tokens, std::int64_t count);

/// The training text as word2vec reads it: thinned out, with a window and negative samples for each
/// word that is left. It is read in segments, in any order by any thread: what is thinned out
/// depends on the place in the text alone, and all else that is random in a segment comes from a
/// stream of its own. Windows reach into the next segments, and end at documents.
class TrainingWindows {
 public:
  /// `counts` [types]: occurrences in the stream, which must outlive this. Segments have
  /// `segment_tokens` words of it, the last one what is left.
  TrainingWindows(IdStream stream, const std::vector<std::int64_t>& counts,
                  const Word2vecOptions& options, std::int64_t segment_tokens, std::uint64_t seed);

  std::int64_t segments() const { return (stream_.tokens + segment_ - 1) / segment_; }
  std::int64_t segment_tokens(std::int64_t segment) const;

  /// What is left of a segment and around it.
  struct Segment {
    std::vector<std::int32_t> words;
    std::vector<std::int64_t> places;        // [words] in the text
    std::vector<std::int32_t> begins, ends;  // [words] of the document that each word is in
    std::int64_t begin = 0, end = 0;         // the words that are in the segment itself
    std::vector<std::int32_t> negatives;     // drawn words: negatives() for each own word
    Rng rng{0, "word2vec"};
  };
  /// Thins out segment `segment` of epoch `epoch` and draws its negative samples.
  void read(std::int64_t epoch, std::int64_t segment, Segment& text) const;

  /// What is around a word: [begin, end) of the segment's words, but for itself.
  struct Window {
    std::int64_t begin, end;
  };
  /// The window around `text.words[at]`; `at` goes up from text.begin.
  Window window(Segment& text, std::int64_t at) const;
  /// Samples for each word.
  std::int64_t negatives() const { return negatives_; }

 private:
  bool used(std::int64_t place, std::uint64_t key) const;

  IdStream stream_;
  std::int64_t window_, negatives_, segment_;
  bool dynamic_, clean_;
  std::uint64_t seed_;
  DiscreteDistribution noise_;
  std::vector<std::uint64_t> used_below_;  // [types]: of 2^32
};

}  // namespace wordbridge
