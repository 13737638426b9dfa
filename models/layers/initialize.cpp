#include "models/layers/initialize.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
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

std::int64_t fill_from_vectors(torch::Tensor& values_VE, const std::string& file,
                               const Vocabulary& vocabulary, const std::string& dim_key) {
  const EmbeddingTable table = read_vectors(file);
  if (table.dim() != values_VE.size(1)) {
    throw Error("the initial vectors have a different dimension")
        .at("{}", file)
        .expected("{} columns, {}", values_VE.size(1), dim_key)
        .got("{}", table.dim())
        .hint("remove {}, or set it to {}", dim_key, table.dim());
  }
  std::int64_t found = 0;
  for (std::int64_t w = 0; w < vocabulary.size(); ++w) {
    const auto row = table.find(vocabulary.word(w));
    if (row < 0) continue;
    std::copy_n(table.row(row), table.dim(), values_VE.data_ptr<float>() + w * table.dim());
    ++found;
  }
  if (found == 0) {
    throw Error("no word of the vocabulary has an initial vector")
        .at("{}", file)
        .hint("the first word of the file is '{}'; does its letter case match the vocabulary's?",
              table.word(0));
  }
  return found;
}

}  // namespace wordbridge
