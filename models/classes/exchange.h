#pragma once

#include <cstdint>
#include <vector>

namespace wordbridge {

struct ExchangeOptions {
  std::int64_t classes = 500;
  std::int64_t annealing_passes = 60;  // over the vocabulary; 0: the exchange algorithm alone
  std::int64_t max_passes = 30;        // of exchange; it ends earlier when a pass moves no word
  std::uint64_t seed = 1;              // of the annealing
};

struct WordClasses {
  std::vector<std::int32_t> class_of;  // [V]
  std::int64_t classes = 0;
  /// Of the stream's tokens but the first, in nats: sum of ln p(c(w) | c(v)) p(w | c(w)) over its
  /// bigrams v w, with the relative frequencies among them.
  double log_likelihood = 0;
  std::int64_t passes = 0, moves = 0;  // those of annealing included
};

/// Classes of words that make the likelihood of the class bigram model as large as local moves can:
/// the exchange algorithm (Kneser and Ney 1993; Martin, Liermann and Ney 1998). At first
/// the C - 1 most frequent words are a class each and the others the last one. A pass takes the
/// words from the most to the least frequent and moves each to the class that raises the likelihood
/// most (of equal ones the first). A word alone in its class stays, so no class becomes empty.
///
/// Before that, `annealing_passes` (simulated annealing, Jardino and Adda 1993, by heat bath) draw
/// each word's class with probability proportional to exp(gain / temperature), where the
/// temperature falls from 5 to 0.5 nats: this leads to better optima.
///
/// Words that the stream lacks are dealt to the classes in proportion to their words that occur
/// once (largest remainders; in the order of ids, to the first class first), or all to the last
/// class where no word occurs once.
///
/// ids: `size` < 2^31 ids in [0, V). The same for any number of threads. Error: fewer classes than
/// one or more than the stream has words, a stream that is too long. Interrupted.
WordClasses exchange_classes(const std::int32_t* ids, std::int64_t size,
                             std::int64_t vocabulary_size, const ExchangeOptions& options);

}  // namespace wordbridge
