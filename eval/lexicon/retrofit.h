#pragma once

#include <cstdint>
#include <vector>

#include "data/lexicon/word_graph.h"

namespace wordbridge {

struct RetrofitOptions {
  std::int64_t sweeps = 10;
  double alpha = 1;  // weight of a word's own vector; its neighbours together have the weight 1
};

/// Retrofitting (Faruqui et al. 2015, "Retrofitting word vectors to semantic lexicons"): moves each
/// word towards its neighbours in a lexicon while it stays near its vector qhat. Minimises, over q,
///
///     sum over i of  alpha |q_i - qhat_i|^2  +  sum over edges (i, j) of  beta_ij |q_i - q_j|^2
///
/// by sweeps over the words that have neighbours, in the order of their rows, each with the newest
/// vectors of the others (the paper's equation for q_i, in section 2):
///
///     q_i = (sum over j of beta_ij q_j + alpha qhat_i) / (sum over j of beta_ij + alpha)
///
/// with beta_ij = 1 / (number of neighbours of i). With alpha = 1 this is the mean of qhat_i and of
/// the mean of its neighbours. Changes `rows` [graph.words(), dim]; words without neighbours keep
/// their vectors. In double precision, rounded once at the end. The dimensions do not affect each
/// other and are divided among the threads, so the result is the same on any number of threads.
void retrofit(std::vector<float>& rows, std::int64_t dim, const WordGraph& graph,
              const RetrofitOptions& options);

}  // namespace wordbridge
