#include "models/layers/initialize.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/index.h"
#include "core/log.h"
#include "core/rng.h"
#include "data/vectors/vector_files.h"

namespace wordbridge {
namespace {

template <class Draw>
void fill(torch::Tensor& values, std::uint64_t seed, const std::string& name, const Draw& draw) {
  Rng rng(seed, "initialize " + name);
  float* value = values.data_ptr<float>();
  for (std::int64_t i = 0; i < values.numel(); ++i) value[i] = static_cast<float>(draw(rng));
}

/// Sets the rows of the words that are in the vector file, and returns these rows. `dim_key`: the
/// setting of the dimension.
std::vector<std::int64_t> fill_from_vectors(torch::Tensor& values_VE, const std::string& file,
                                            const Vocabulary& vocabulary,
                                            const std::string& dim_key) {
  const EmbeddingTable table = read_vectors(file);
  if (table.dim() != values_VE.size(1)) {
    throw Error("the initial vectors have a different dimension")
        .at("{}", file)
        .expected("{} columns, {}", values_VE.size(1), dim_key)
        .got("{}", table.dim())
        .hint("remove {}, or set it to {}", dim_key, table.dim());
  }
  std::vector<std::int64_t> found;
  for (std::int64_t w = 0; w < vocabulary.size(); ++w) {
    const auto row = table.find(vocabulary.word(w));
    if (row < 0) continue;
    std::copy_n(table.row(row), table.dim(), values_VE.data_ptr<float>() + w * table.dim());
    found.push_back(w);
  }
  if (found.empty()) {
    throw Error("no word of the vocabulary has an initial vector")
        .at("{}", file)
        .hint("the first word of the file is '{}'; does its letter case match the vocabulary's?",
              table.word(0));
  }
  return found;
}

double norm_of_row(const torch::Tensor& values_VE, std::int64_t row) {
  const std::int64_t E = values_VE.size(1);
  const float* value = values_VE.data_ptr<float>() + row * E;
  return std::sqrt(std::inner_product(value, value + E, value, 0.0));
}

void multiply_row(torch::Tensor& values_VE, std::int64_t row, double factor) {
  const std::int64_t E = values_VE.size(1);
  float* value = values_VE.data_ptr<float>() + row * E;
  for (std::int64_t e = 0; e < E; ++e)
    value[e] = static_cast<float>(factor * static_cast<double>(value[e]));
}

/// The factor after which norms have the root mean square of random rows of width E.
double factor_to_random(const std::vector<double>& norms, double scale, std::int64_t E) {
  const double squares = std::inner_product(norms.begin(), norms.end(), norms.begin(), 0.0);
  const double mean = squares / static_cast<double>(norms.size());
  return mean > 0 ? scale * std::sqrt(static_cast<double>(E) / mean) : 0;
}

void scale_rows(torch::Tensor& values_VE, const std::vector<std::int64_t>& rows, double scale) {
  std::vector<double> norms;
  for (const auto row : rows) norms.push_back(norm_of_row(values_VE, row));
  const double factor = factor_to_random(norms, scale, values_VE.size(1));
  for (const auto row : rows) multiply_row(values_VE, row, factor);
}

void set_norms_to_log_counts(torch::Tensor& values_VE, const std::vector<std::int64_t>& counts,
                             double scale) {
  std::vector<double> norms;
  for (const auto count : counts)
    norms.push_back(std::log1p(static_cast<double>(std::max<std::int64_t>(1, count))));
  for (std::int64_t w = 0; w < values_VE.size(0); ++w)
    if (norm_of_row(values_VE, w) == 0) norms[at(w)] = 0;  // has no direction, and stays zero
  const double factor = factor_to_random(norms, scale, values_VE.size(1));
  for (std::int64_t w = 0; w < values_VE.size(0); ++w) {
    const double norm = norm_of_row(values_VE, w);
    if (norm > 0) multiply_row(values_VE, w, factor * norms[at(w)] / norm);
  }
}

}  // namespace

void fill_normal(torch::Tensor& values, double scale, std::uint64_t seed, const std::string& name) {
  fill(values, seed, name, [&](Rng& rng) { return scale * rng.normal(); });
}

void fill_uniform(torch::Tensor& values, double bound, std::uint64_t seed,
                  const std::string& name) {
  fill(values, seed, name, [&](Rng& rng) { return rng.uniform(-bound, bound); });
}

void fill_log_unigram(torch::Tensor& b_V, const std::vector<std::int64_t>& counts,
                      double smoothing) {
  double total = 0;
  for (const auto count : counts) total += static_cast<double>(count) + smoothing;
  for (std::size_t w = 0; w < counts.size(); ++w) {
    b_V.data_ptr<float>()[w] =
        static_cast<float>(std::log((static_cast<double>(counts[w]) + smoothing) / total));
  }
}

void fill_features(torch::Tensor& values_Vm, const FeatureOptions& options,
                   const ModelInputs& inputs, const std::string& name, const std::string& model) {
  using Norms = FeatureOptions::Norms;
  fill_normal(values_Vm, options.scale, inputs.seed, name);
  const bool trained = inputs.train_ids == nullptr;  // the checkpoint has the features
  if (!options.vectors.empty() && !trained) {
    const auto found =
        fill_from_vectors(values_Vm, options.vectors, inputs.vocabulary, "model." + model + ".dim");
    if (options.norms == Norms::scaled) scale_rows(values_Vm, found, options.scale);
    const auto V = inputs.vocabulary.size(), known = static_cast<std::int64_t>(found.size());
    log(model, "initialised the features of {} of {} words from {}, those of {} at random", known,
        V, options.vectors, V - known);
  }
  if (options.norms == Norms::log_counts)
    set_norms_to_log_counts(values_Vm, inputs.counts, options.scale);
}

}  // namespace wordbridge
