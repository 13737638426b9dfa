#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <vector>

#include "models/join/join_options.h"

namespace wordbridge {

/// Every joined vector is a sum of the inputs' vectors, each multiplied by a matrix: y = sum_i
/// f(x_i W_i); averages are divided by the sum of the weights of the inputs that have the word.
struct JoinMaps {
  struct Map {
    Eigen::MatrixXd matrix;         // [dim of the input, columns]; empty: `scale` x the identity
    std::int64_t first_column = 0;  // of the result
    double scale = 1;
  };
  std::vector<Map> maps;
  std::int64_t dim = 0;
  bool is_average = false;
  bool is_unit = false;  // y is scaled to unit length; shorter than kLeastLength: 0
  Activation activation = Activation::identity;
  std::string facts;  // for the log: rank, residual, ...
};

constexpr double kLeastLength = 1e-6;

/// Whether join_maps() needs the products of the vectors.
bool needs_products(const JoinSettings& settings);

/// The maps of a method, with X_i the matrix of input i over the words that all inputs have, and
/// w_i its weight:
///   concatenation  W_i = w_i [0 .. I .. 0]
///   average        W_i = w_i I, padded with zeros
///   svd            w_i times the rows of V of input i, for the concatenation w_1 X_1, ... = U S
///   V^T:
///                  its first principal components, U S, not centred
///   procrustes     W_i = w_i procrustes(X_i^T X_1)
///   gpa            w_i times the maps of generalised_procrustes()
///   gcca           the maps whose sum of w_i X_i W_i is sqrt(n) G, where the columns of G are the
///                  first eigenvectors of sum_i w_i^2 P_i, P_i the projection onto the columns of
///                  X_i (MAX-VAR: Kettenring 1971; Rastogi, Van Durme and Arora 2015)
/// In a column of svd and gcca, the entry of largest magnitude over all maps is positive.
/// `products`[i][j] = X_i^T X_j for i <= j, `words` the number of rows. Error if dim exceeds the
/// rank of the concatenation. The maps of autoencoders are those of train_autoencoder().
JoinMaps join_maps(const JoinSettings& settings, const std::vector<std::int64_t>& dims,
                   const std::vector<std::vector<Eigen::MatrixXd>>& products, std::int64_t words);

}  // namespace wordbridge
