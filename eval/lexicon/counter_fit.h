#pragma once

#include <cstdint>
#include <vector>

#include "data/lexicon/word_graph.h"

namespace wordbridge {

/// Names and defaults of the paper and its program.
struct CounterFitOptions {
  std::int64_t steps = 20;
  double delta = 1;  // opposites are pushed apart until their distance is delta
  double gamma = 0;  // related words are pulled together until their distance is gamma
  double rho = 0.2;  // words that were within this distance are kept as near as they were
  double k1 = 0.1, k2 = 0.1, k3 = 0.1;  // weights of these three terms
};

/// Counter-fitting (Mrksic et al. 2016, "Counter-fitting word vectors to linguistic constraints",
/// section 2): pushes opposites apart, pulls related words together and keeps near words near. With
/// the cosine distance d = 1 - cos, minimises
///
///     k1 sum over opposites of  max(0, delta - d(u, w))
///     + k2 sum over related of  max(0, d(u, w) - gamma)
///     + k3 sum over near    of  max(0, d(u, w) - d(u, w) at the start)
///
/// Pairs of opposites are neither related nor near. As in the program, each step moves all words at
/// once, each against its gradient divided by the number of its terms that are not 0, and scales it
/// to unit length. Unlike there, a near pair that is as far apart as at the start is not pulled,
/// and words without terms keep their bits. A step depends on the vectors before it only, so the
/// result is the same on any number of threads.
class CounterFitting {
 public:
  /// `rows` [words, dim] must be of unit length or zero. Compares each word with each other to find
  /// those within rho. Error if that is more than 20 million pairs.
  CounterFitting(const std::vector<float>& rows, std::int64_t dim, const WordGraph& related,
                 WordGraph opposites, const CounterFitOptions& options);

  /// The pairs of each term.
  const WordGraph& related() const { return related_; }
  const WordGraph& opposites() const { return opposites_; }
  const WordGraph& near() const { return near_; }

  double loss(const std::vector<float>& rows) const;
  /// Writes the derivative of the loss by the vector of a word to `gradient` [dim]. Returns the
  /// number of the word's terms that are not 0.
  std::int64_t gradient(const std::vector<float>& rows, std::int64_t word, double* gradient) const;
  void step(std::vector<float>& rows) const;

 private:
  template <class Use>
  void for_terms(const std::vector<float>& rows, std::int64_t word, const Use& use) const;

  std::int64_t dim_;
  CounterFitOptions options_;
  WordGraph opposites_, related_, near_;
  std::vector<double> distances_;  // at the start, in the order of near_'s neighbours
};

/// Scales the rows to unit length and takes options.steps steps.
void counter_fit(std::vector<float>& rows, std::int64_t dim, const WordGraph& related,
                 const WordGraph& opposites, const CounterFitOptions& options);

}  // namespace wordbridge
