#include <fmt/format.h>

#include <cmath>
#include <functional>

#include "core/json.h"
#include "core/progress.h"
#include "eval/statistics/correlation.h"
#include "report/report_parts.h"

// The measures of vectors in context, which `wordbridge contexts --measures --save` stores in runs.

namespace wordbridge {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

/// "500 words, 500 sentences (lines), 1,000 random occurrences of the training split"
std::string sample_text(const json& measures) {
  const json& sample = measures.at("sample");
  const auto count = [&](const char* key, const char* one) {
    return counted(sample.at(key).get<std::int64_t>(), one);
  };
  return fmt::format("{}, {} ({}), {} of {}", count("words", "word"),
                     count("sentences", "sentence"), sample.at("sentence").get<std::string>(),
                     count("random_occurrences", "random occurrence"),
                     measures.at("text").get<std::string>());
}

/// Mean over the seeds of a number of their layer; null if it is undefined.
json mean_of(const std::vector<const json*>& layers,
             const std::function<json(const json& layer)>& number) {
  std::vector<double> values;
  for (const json* layer : layers)
    if (const json value = number(*layer); value.is_number()) values.push_back(value.get<double>());
  return number_or_null(spread(values).mean);
}

}  // namespace

ordered_json report_contexts(const ReportSection& section) {
  ordered_json part = ordered_json::array();
  for (std::size_t i = 0; i < section.runs.size(); ++i) {
    std::vector<const json*> measured;
    for (const auto& seed : section.runs[i].seeds)
      if (!seed.context_measures.is_null()) measured.push_back(&seed.context_measures);
    if (measured.empty()) continue;
    ordered_json run = {{"run", i},
                        {"seeds", measured.size()},
                        {"sample", sample_text(*measured.front())},
                        {"layers", ordered_json::array()}};
    for (std::size_t l = 0; l < measured.front()->at("layers").size(); ++l) {
      std::vector<const json*> layers;
      for (const json* seed : measured) layers.push_back(&seed->at("layers").at(l));
      ordered_json line = {{"layer", l}, {"random_cosine", mean_of(layers, [](const json& layer) {
                                            return layer.at("random_cosine");
                                          })}};
      for (const char* measure :
           {"self_similarity", "intra_sentence_similarity", "explainable_variance"})
        for (const char* value : {"value", "adjusted"})
          line[measure][value] =
              mean_of(layers, [&](const json& layer) { return layer.at(measure).at(value); });
      run["layers"].push_back(std::move(line));
    }
    part.push_back(std::move(run));
  }
  return part;
}

}  // namespace wordbridge
