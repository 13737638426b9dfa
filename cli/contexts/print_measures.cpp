#include "cli/contexts/print_measures.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/print.h"
#include "core/index.h"
#include "core/json.h"
#include "core/progress.h"
#include "core/text_table.h"
#include "eval/contexts/context_measures.h"

namespace wordbridge {
namespace {

using nlohmann::ordered_json;

/// The vectors of a sample in each layer [L+1][positions,dim].
std::vector<std::vector<float>> vectors_of(const ContextText& text, const ContextSample& sample) {
  const ContextualModel& model = text.contextual();
  const std::int64_t d = model.dim();
  std::vector<std::vector<float>> layers(at(model.layers() + 1));
  for (auto& layer : layers) layer.resize(sample.positions.size() * at(d));
  Progress progress("contexts", sample.positions.size(), "words");
  model.visit_vectors(text.ids, text.span, sample.positions,
                      [&](std::int64_t index, const float* vectors) {
                        for (std::size_t l = 0; l < layers.size(); ++l)
                          std::copy_n(vectors + l * at(d), d, &layers[l][at(index * d)]);
                        progress.update(static_cast<std::uint64_t>(index + 1));
                      });
  return layers;
}

ordered_json json_of(const ContextMeasure& measure) {
  return {{"value", number_or_null(measure.value)},
          {"baseline", number_or_null(measure.baseline)},
          {"adjusted", number_or_null(measure.adjusted())}};
}

}  // namespace

ordered_json print_measures(const ContextText& text, const ContextSampleOptions& options) {
  const ContextSample sample =
      draw_contexts(text.ids, text.span, text.symbols, text.boundaries, options);
  const auto layers = vectors_of(text, sample);
  const std::string sentences =
      text.sentences.empty() ? fmt::format("windows of {} words", options.window) : text.sentences;
  ordered_json json = {{"text", text.name},
                       {"sample",
                        {{"words", sample.words.size()},
                         {"least_occurrences", options.least},
                         {"most_occurrences", options.occurrences},
                         {"sentences", sample.sentences.size()},
                         {"sentence", sentences},
                         {"random_occurrences", sample.random.size()},
                         {"seed", options.seed}}},
                       {"layers", ordered_json::array()}};
  const auto number = [](double value) { return fmt::format("{:.3f}", value); };
  std::vector<TableRow> table = {{"layer", "random words", "self-similarity", "adjusted",
                                  "intra-sentence", "adjusted", "explainable", "random",
                                  "adjusted"}};
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const LayerMeasures m = measure_contexts(sample, layers[l], text.contextual().dim());
    table.push_back({std::to_string(l), number(m.self_similarity.baseline),
                     number(m.self_similarity.value), number(m.self_similarity.adjusted()),
                     number(m.intra_sentence.value), number(m.intra_sentence.adjusted()),
                     number(m.explainable_variance.value), number(m.explainable_variance.baseline),
                     number(m.explainable_variance.adjusted())});
    json["layers"].push_back({{"layer", l},
                              {"random_cosine", number_or_null(m.self_similarity.baseline)},
                              {"self_similarity", json_of(m.self_similarity)},
                              {"intra_sentence_similarity", json_of(m.intra_sentence)},
                              {"explainable_variance", json_of(m.explainable_variance)}});
  }
  const auto count = [](std::size_t n, const char* one) {
    return counted(static_cast<std::int64_t>(n), one);
  };
  print(fmt::format("{} ({} to {} occurrences each), {} ({}), {} of {}; seed {}\n",
                    count(sample.words.size(), "word"), options.least, options.occurrences,
                    count(sample.sentences.size(), "sentence"), sentences,
                    count(sample.random.size(), "random occurrence"), text.name, options.seed));
  print(table_text(table, TableStyle{}));
  return json;
}

}  // namespace wordbridge
