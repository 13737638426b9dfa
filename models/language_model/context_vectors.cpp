#include "models/language_model/context_vectors.h"

#include <fmt/format.h>

#include "core/error.h"
#include "core/index.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"

namespace wordbridge {

LayerChoice::LayerChoice(const std::string& text, std::int64_t layers) : last_(layers) {
  if (!exists(text, layers))
    throw UsageError("the model does not have this layer")
        .expected("0 (the input of the layers) to {}, or mean", layers)
        .got("{}", printable(text));
  if (text != "mean") first_ = last_ = parse_integer(text).value();
}

bool LayerChoice::exists(const std::string& text, std::int64_t layers) {
  const auto layer = parse_integer(text);
  return text == "mean" || (layer && *layer >= 0 && *layer <= layers);
}

void LayerChoice::add_to(double* sum, const float* vectors, std::int64_t dim) const {
  const double weight = 1.0 / static_cast<double>(last_ - first_ + 1);
  for (std::int64_t layer = first_; layer <= last_; ++layer)
    for (std::int64_t j = 0; j < dim; ++j)
      sum[j] += weight * static_cast<double>(vectors[layer * dim + j]);
}

std::string LayerChoice::text() const {
  return first_ == last_ ? fmt::format("layer {}", first_)
                         : fmt::format("mean of layers {} to {}", first_, last_);
}

std::vector<std::int64_t> first_occurrences(const std::int32_t* ids, Span span,
                                            std::int64_t vocabulary, std::int64_t count) {
  std::vector<std::int64_t> seen(at(vocabulary), 0), positions;
  for (std::int64_t p = span.begin; p < span.end; ++p)
    if (seen[at(ids[p])]++ < count) positions.push_back(p);
  return positions;
}

EmbeddingTable mean_context_vectors(const ContextualModel& model, const Vocabulary& vocabulary,
                                    const std::int32_t* ids, Span span, const LayerChoice& layer,
                                    std::int64_t occurrences, const std::string& origin) {
  const std::int64_t V = vocabulary.size(), d = model.dim();
  const auto positions = first_occurrences(ids, span, V, occurrences);
  std::vector<double> sums(at(V * d), 0);
  std::vector<std::int64_t> counts(at(V), 0);
  Progress progress("contexts", positions.size(), "words");
  model.visit_vectors(ids, span, positions, [&](std::int64_t index, const float* vectors) {
    const std::int64_t word = ids[positions[at(index)]];
    layer.add_to(&sums[at(word * d)], vectors, d);
    ++counts[at(word)];
    progress.update(static_cast<std::uint64_t>(index + 1));
  });
  progress.finish();
  std::vector<std::string> words;
  std::vector<float> rows;
  for (std::int64_t word = 0; word < V; ++word) {
    const auto n = static_cast<double>(counts[at(word)]);
    if (n == 0) continue;
    words.push_back(vocabulary.word(word));
    for (std::int64_t j = 0; j < d; ++j)
      rows.push_back(static_cast<float>(sums[at(word * d + j)] / n));
  }
  if (const auto absent = V - static_cast<std::int64_t>(words.size()); absent > 0)
    log("contexts", "{} of {} words do not occur in the text and have no vector", absent, V);
  log("contexts", "{}, mean over {} (at most {} of a word)", layer.text(),
      counted(static_cast<std::int64_t>(positions.size()), "occurrence"), occurrences);
  return EmbeddingTable(std::move(words), std::move(rows), d, origin);
}

}  // namespace wordbridge
