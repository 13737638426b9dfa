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
/// stream of its own, so segments can be read in any order by any thread. Its windows share a pool
/// of negative samples: few rows are touched again and again, and stay in a core's cache.
class WindowText {
 public:
  /// `counts` [types]: occurrences in the stream, which must outlive this.
  WindowText(IdStream stream, const std::vector<std::int64_t>& counts,
             const Word2vecOptions& options, std::uint64_t seed);

  /// Words of a segment; the last one has what is left. Windows end at its borders.
  static constexpr std::int64_t kSegment = 1024;
  std::int64_t segments() const { return (stream_.tokens + kSegment - 1) / kSegment; }
  std::int64_t segment_tokens(std::int64_t segment) const;

  /// What is left of a segment.
  struct Segment {
    std::vector<std::int32_t> words;
    std::vector<std::int32_t> places;        // [words] in the segment
    std::vector<std::int32_t> begins, ends;  // [words] of the document that each word is in
    std::vector<std::int32_t> pool;          // drawn words: windows take their negatives from it
    Rng rng{0, "word2vec"};
  };
  /// Thins out segment `segment` of epoch `epoch` and draws its pool.
  void read(std::int64_t epoch, std::int64_t segment, Segment& text) const;

  /// What is around a word: [begin, end) of the segment's words, but for itself, and of the pool
  /// those from `negative` on, from its end to its start, as many as negatives() says.
  struct Window {
    std::int64_t begin, end, negative;
  };
  /// The window around `text.words[at]`; `at` goes up from 0.
  Window window(Segment& text, std::int64_t at) const;
  std::int64_t negatives() const { return negatives_; }
  /// Samples in a segment's pool.
  std::int64_t pool() const { return pool_; }

  /// Share of a word's occurrences that are used.
  double used_share(std::int32_t word) const;
  /// The largest share of one word in what is used.
  double largest_share() const { return largest_share_; }

 private:
  IdStream stream_;
  std::int64_t window_, negatives_, pool_;
  bool dynamic_, clean_;
  std::uint64_t seed_;
  DiscreteDistribution noise_;
  std::vector<std::uint64_t> used_below_;  // [types]: of 2^32
  double largest_share_ = 0;
};

}  // namespace wordbridge
