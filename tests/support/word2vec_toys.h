#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "data/corpus/id_stream.h"
#include "models/streaming_model.h"
#include "models/word2vec/word2vec_options.h"

namespace wordbridge {

/// Options without subsampling, for short training runs.
inline Word2vecOptions toy_word2vec_options() {
  Word2vecOptions options;
  options.dim = 12;
  options.window = 2;
  options.sample = 0;
  options.epochs = 2;
  options.lr = 0.05;
  return options;
}

/// Sets an option with named choices, by the names of the option and the choice.
inline void set_choice(Word2vecOptions& options, const std::string& name,
                       const std::string& value) {
  for (const auto& field : options.describe().fields)
    if (field.name == name) std::get<EnumTarget>(field.value).set(value);
}

/// Copies the parameters of a model into another of the same shape.
inline void copy_arrays(StreamingModel& from_model, StreamingModel& to_model) {
  const auto from = from_model.arrays(), to = to_model.arrays();
  for (std::size_t a = 0; a < to.size(); ++a)
    std::copy_n(from[a].values, from[a].shape[0] * from[a].shape[1], to[a].values);
}

/// All parameters as bits, so that NaN equals NaN.
inline std::vector<std::uint32_t> bits_of(StreamingModel& model) {
  std::vector<std::uint32_t> bits;
  for (const auto& array : model.arrays()) {
    const auto size = static_cast<std::size_t>(array.shape[0] * array.shape[1]);
    const std::size_t before = bits.size();
    bits.resize(before + size);
    std::memcpy(bits.data() + before, array.values, size * sizeof(float));
  }
  return bits;
}

/// A corpus with the ids `words` and documents that start at `starts`.
struct IdText {
  std::vector<std::int32_t> ids;
  std::vector<std::int64_t> documents, counts;
  explicit IdText(std::vector<std::int32_t> words, std::vector<std::int64_t> starts = {0})
      : ids(std::move(words)), documents(std::move(starts)) {
    counts.resize(static_cast<std::size_t>(*std::max_element(ids.begin(), ids.end()) + 1));
    for (const auto id : ids) ++counts[static_cast<std::size_t>(id)];
  }
  IdStream stream() const {
    return {ids.data(), static_cast<std::int64_t>(ids.size()),
            static_cast<std::int64_t>(counts.size()), documents};
  }
};

/// Returns a corpus in which each word w < `types` is evenly spread and has a frequency
/// proportional to 1 / (w + 1).
inline IdText zipf_text(std::size_t tokens, std::int32_t types,
                        std::vector<std::int64_t> starts = {0}) {
  std::vector<std::int32_t> ids;
  for (std::size_t turn = 0; ids.size() < tokens; ++turn)
    for (std::int32_t w = 0; w < types; ++w)
      if (turn % static_cast<std::size_t>(w + 1) == 0) ids.push_back(w);
  ids.resize(tokens);
  return IdText(std::move(ids), std::move(starts));
}

/// Returns the value that chi-square exceeds with probability 1e-4 (Wilson and Hilferty 1931).
inline double chi_square_limit(double degrees) {
  const double part = 2 / (9 * degrees);
  return degrees * std::pow(1 - part + 3.72 * std::sqrt(part), 3);
}

}  // namespace wordbridge
