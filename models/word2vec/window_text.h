#pragma once

#include <cstdint>
#include <vector>

#include "core/rng.h"
#include "data/cooccurrence.h"
#include "data/discrete_distribution.h"
#include "models/word2vec/word2vec_options.h"

namespace wordbridge {

/// The training text as word2vec reads it: in segments, each thinned out, with a window and
/// negative samples for each word that is left. All that is random in a segment comes from a
/// stream of its own, so segments can be read in any order by any thread.
class WindowText {
 public:
  /// `counts` [types]: occurrences in the stream, which must outlive this.
  WindowText(IdStream stream, const std::vector<std::int64_t>& counts,
             const Word2vecOptions& options, std::uint64_t seed);

  /// Words of a segment; the last one has what is left. Windows end at its borders.
  static constexpr std::int64_t kSegment = 1024;
  std::int64_t segments() const { return (stream_.tokens + kSegment - 1) / kSegment; }
  std::int64_t segment_tokens(std::int64_t segment) const;

  /// One word of the text with its surroundings.
  struct Window {
    std::vector<std::int32_t> in;   // the words around it, none of another document
    std::vector<std::int32_t> out;  // the word, then negative samples, none of them the word
  };
  /// What is left of a segment.
  struct Segment {
    std::vector<std::int32_t> words;
    std::vector<std::int32_t> ends;  // of the document that each word is in, as places in `words`
    std::vector<std::int32_t> begins;
    Rng rng{0, "word2vec"};
  };
  /// Thins out segment `segment` of epoch `epoch`.
  void read(std::int64_t epoch, std::int64_t segment, Segment& text) const;
  /// The window around `text.words[at]`; `at` goes up from 0. False if no word is around it.
  bool window(Segment& text, std::int64_t at, Window& window) const;

  /// Share of a word's occurrences that are used.
  double used_share(std::int32_t word) const;
  /// The largest share of one word in what is used.
  double largest_share() const { return largest_share_; }

 private:
  IdStream stream_;
  std::int64_t window_, negatives_;
  bool dynamic_;
  std::uint64_t seed_;
  DiscreteDistribution noise_;
  std::vector<std::uint64_t> used_below_;  // [types]: of 2^32
  double largest_share_ = 0;
};

}  // namespace wordbridge
