#pragma once

#include <cstdint>
#include <vector>

namespace wordbridge {

struct ExchangeOptions {
  std::int64_t classes = 500;
  std::int64_t annealing_passes = 60;  // over the vocabulary; 0: the exchange algorithm only
  std::int64_t max_passes = 30;        // of exchange; stops earlier if a pass moves no word
  std::uint64_t seed = 1;              // for annealing
};

struct WordClasses {
  std::vector<std::int32_t> class_of;  // [V]
  std::int64_t classes = 0;
  /// Log-likelihood of all tokens of the stream except the first, in nats: the sum of
  /// ln p(c(w) | c(v)) p(w | c(w)) over the bigrams v w, with the relative frequencies among them.
  double log_likelihood = 0;
  std::int64_t passes = 0, moves = 0;  // including those of annealing
};

/// Word classes that maximise the likelihood of the class bigram model locally, by the exchange
/// algorithm (Kneser and Ney 1993; Martin, Liermann and Ney 1998). Initially, each of the C - 1
/// most frequent words has its own class and all other words share the last class. Each pass visits
/// the words from the most to the least frequent and moves each to the class that increases the
/// likelihood most (ties: the first class). A word that is alone in its class stays, so no class
/// becomes empty.
///
/// First come `annealing_passes` passes of simulated annealing (Jardino and Adda 1993, by heat
/// bath). They sample the class of each word with probability proportional to exp(gain /
/// temperature), while the temperature falls from 5 to 0.5 nats. This leads to better optima.
///
/// Words that do not occur in the stream are distributed over the classes in proportion to each
/// class's number of words that occur once (largest remainders; in the order of ids, the first
/// class first). If no word occurs once, they all go to the last class.
///
/// ids: `size` < 2^31 ids in [0, V). The result does not depend on the number of threads. Error if
/// there are fewer classes than one, or more than distinct words in the stream, or if the stream is
/// too long. Throws Interrupted.
WordClasses exchange_classes(const std::int32_t* ids, std::int64_t size,
                             std::int64_t vocabulary_size, const ExchangeOptions& options);

}  // namespace wordbridge
