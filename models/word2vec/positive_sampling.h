#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/rng.h"
#include "data/lexicon/word_pairs.h"

namespace wordbridge {

/// The partners of each word in strong (also promoted) and weak pairs.
class RelatedWords {
 public:
  /// `words`: size of the vocabulary. A pair that is strong and weak counts as both.
  RelatedWords(const WordPairs& pairs, std::int64_t words);

  struct Partners {
    const std::int32_t *first, *last;
    std::int64_t size() const { return last - first; }
    bool empty() const { return first == last; }
    const std::int32_t* begin() const { return first; }
    const std::int32_t* end() const { return last; }
  };
  /// Partners of a word, ascending, each once.
  Partners strong(std::int32_t word) const { return strong_.of(word); }
  Partners weak(std::int32_t word) const { return weak_.of(word); }
  /// Memory in bytes.
  double bytes() const;
  /// Whether two words are a pair of any kind.
  bool related(std::int32_t a, std::int32_t b) const {
    return may_be_related(marked(a), marked(b)) != 0 && is_pair(a, b);
  }
  /// A line of the cache for each word: a bit for the hash of each partner.
  struct alignas(64) Marks {
    std::uint64_t bits[8] = {};
  };
  struct Marked {
    const Marks* marks;
    std::uint32_t hash;
    std::uint64_t has(std::uint32_t other) const { return marks->bits[other / 64] >> other % 64; }
  };
  Marked marked(std::int32_t word) const {
    return {&marks_[static_cast<std::size_t>(word)], hash_of(word)};
  }
  /// 1 for related words, and for a few per cent of the others; else 0. Does not branch.
  static std::uint64_t may_be_related(Marked a, Marked b) {
    return a.has(b.hash) & b.has(a.hash) & 1;
  }
  /// The same as related(), for words that may be related.
  bool is_pair(std::int32_t a, std::int32_t b) const;
  /// Prefetches what may_be_related() reads of a word.
  void prefetch(std::int32_t word) const {
    __builtin_prefetch(&marks_[static_cast<std::size_t>(word)]);
  }

 private:
  struct Lists {
    std::vector<std::int64_t> begin;  // [words + 1]
    std::vector<std::int32_t> partners;
    Partners of(std::int32_t word) const {
      const auto w = static_cast<std::size_t>(word);
      return {partners.data() + begin[w], partners.data() + begin[w + 1]};
    }
  };
  static Lists lists_of(std::vector<WordPairs::Pair> pairs, std::int64_t words);
  static std::uint32_t hash_of(std::int32_t word) {
    return static_cast<std::uint32_t>(word) * 2654435769U >> 23;
  }

  Lists strong_, weak_;
  Lists commoner_;            // strong and weak partners with smaller ids
  std::vector<Marks> marks_;  // [words]
};

/// Positive sampling and controlled negative sampling by pairs of related words (Tissier et al.
/// 2017, sections 3.2 and 3.3).
struct PositiveSampling {
  enum class Draws { random, in_turn };
  enum class Negatives { skip, redraw, keep };

  std::shared_ptr<const RelatedWords> related;  // null: plain word2vec
  std::int64_t strong_draws = 0, weak_draws = 0;
  double strong_weight = 1, weak_weight = 0.25;
  Draws draws = Draws::random;
  Negatives negatives = Negatives::skip;
  /// Whether the centre word is the input that predicts the context words, instead of the reverse.
  bool center_input = false;

  /// Partners drawn for each word of the text.
  std::int64_t per_word() const { return related ? strong_draws + weak_draws : 0; }
  bool skips_negatives() const { return related && negatives == Negatives::skip; }
};

}  // namespace wordbridge
