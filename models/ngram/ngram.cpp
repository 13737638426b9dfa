#include "models/ngram/ngram.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/io/file.h"
#include "core/log.h"
#include "core/process_memory.h"
#include "core/progress.h"
#include "core/text.h"
#include "models/classes/exchange.h"
#include "models/classes/word_classes.h"
#include "models/ngram/prune.h"

namespace wordbridge {
namespace {

std::int32_t boundary_id(const Vocabulary& vocabulary, const std::string& boundary) {
  if (boundary.empty()) return -1;
  const auto id = vocabulary.find(boundary);
  if (id >= 0) return static_cast<std::int32_t>(id);
  throw Error("the boundary symbol is not in the vocabulary")
      .at("model.ngram.boundary")
      .got("{}", printable(boundary))
      .hint("data.boundaries.line: {} inserts it at the end of each line", printable(boundary));
}

NgramStream training_ngrams(const Corpus& corpus, std::int32_t boundary) {
  const Span train = corpus.train();
  return {corpus.ids() + train.begin, train.size(), corpus.vocabulary().size(), boundary,
          corpus.cache_file()};
}

NgramResources resources_of(const NgramOptions& options, const Corpus& corpus) {
  NgramResources resources;
  resources.share = memory_share(options.memory, corpus.cache_file().get());
  resources.memory = resources.share.left;
  if (corpus.cache_file()) resources.folder = corpus.cache_file()->path().parent_path();
  return resources;
}

/// Counts the n-grams, and warns if the text has none of the highest orders.
NgramCounts counted(const NgramStream& stream, std::int64_t order,
                    const NgramResources& resources) {
  NgramCounts counts = count_ngrams(stream, order, resources);
  const auto& levels = counts.levels;
  const auto empty = std::find_if(levels.begin(), levels.end(),
                                  [](const auto& level) { return level.size() == 0; });
  if (empty != levels.end())
    warn("the training split has no {}-gram: the model is one of order {}, not {}",
         empty - levels.begin() + 1, empty - levels.begin(), order);
  return counts;
}

std::int64_t listed_ngrams(const BackoffTable::Level& level) {
  const auto& prob = level.log10_prob;
  const auto unlisted = std::count(prob.begin(), prob.end(), BackoffTable::kNotListed);
  prob.release();
  return prob.size() - unlisted;
}

std::int64_t listed_ngrams(const BackoffTable& table) {
  std::int64_t sum = 0;
  for (const auto& level : table.levels()) sum += listed_ngrams(level);
  return sum;
}

/// Number of distinct preceding words of each word.
std::vector<std::int64_t> left_neighbors(const NgramStream& stream,
                                         const NgramResources& resources) {
  const auto counts = count_ngrams(stream, 2, resources);
  std::vector<std::int64_t> neighbors;
  for (std::int64_t w = 0; w < stream.types; ++w) neighbors.push_back(counts.levels[0].children(w));
  return neighbors;
}

}  // namespace

BackoffTable NgramModel::smoothed(const NgramStream& stream, const NgramResources& resources,
                                  const WordNames& names) {
  BackoffTable table =
      smooth(counted(stream, options_.order, resources), options_.smoothing, resources);
  if (options_.prune > 0) {
    const std::int64_t before = listed_ngrams(table);
    table = prune(table, options_.prune, resources, names);
    log("ngram", "pruning kept {} of {} n-grams", human_count(at(listed_ngrams(table))),
        human_count(at(before)));
  }
  for (std::size_t k = 0; k < table.levels().size(); ++k) {
    metrics_.emplace_back(fmt::format("ngrams_{}", k + 1),
                          static_cast<double>(listed_ngrams(table.levels()[k])));
  }
  return table;
}

void NgramModel::fit(const Corpus& corpus, std::uint64_t seed) {
  metrics_.clear();
  const auto boundary = boundary_id(corpus.vocabulary(), options_.boundary);
  const NgramStream stream = training_ngrams(corpus, boundary);
  const NgramResources resources = resources_of(options_, corpus);
  if (options_.of_classes()) {
    fit_classes(corpus, stream, resources, seed);
  } else if (options_.smoothing.method == Smoothing::jelinek_mercer) {
    fit_interpolated(corpus, stream, resources);
  } else {
    const Vocabulary& vocabulary = corpus.vocabulary();
    model_ = std::make_shared<BackoffModel>(
        vocabulary,
        smoothed(stream, resources, [&](std::int32_t word) { return vocabulary.word(word); }));
  }
}

void NgramModel::learn_classes(const Corpus& corpus, const NgramStream& stream,
                               std::uint64_t seed) {
  ExchangeOptions exchange;
  exchange.classes = options_.classes.count;
  exchange.annealing_passes = options_.classes.annealing_passes;
  exchange.max_passes = options_.classes.passes;
  exchange.seed = seed;
  auto found = exchange_classes(stream.ids, stream.size, stream.types, exchange);
  class_of_ = std::move(found.class_of);
  // A word that never occurs is most like the rare words, which the unknown symbol represents.
  const auto unknown = corpus.vocabulary().unknown_id();
  if (unknown >= 0 && corpus.train_counts()[static_cast<std::size_t>(unknown)] > 0) {
    for (std::size_t w = 0; w < class_of_.size(); ++w) {
      if (corpus.train_counts()[w] == 0)
        class_of_[w] = class_of_[static_cast<std::size_t>(unknown)];
    }
  }
  const double likelihood = found.log_likelihood / static_cast<double>(stream.size);
  log("ngram", "{} after {}, class bigrams: {:.4f} nats per word",
      counted(found.classes, "class", "classes"), counted(found.passes, "pass", "passes"),
      likelihood);
  metrics_.emplace_back("class_likelihood", likelihood);
  class_names_.clear();
  for (std::int64_t c = 0; c < found.classes; ++c) class_names_.push_back(std::to_string(c));
}

void NgramModel::fit_classes(const Corpus& corpus, const NgramStream& stream,
                             const NgramResources& resources, std::uint64_t seed) {
  if (options_.classes.file.empty()) {
    learn_classes(corpus, stream, seed);
  } else {
    auto classes = read_word_classes(options_.classes.file, corpus.vocabulary());
    class_of_ = std::move(classes.class_of);
    class_names_ = std::move(classes.names);
  }
  if (stream.boundary >= 0) {
    class_of_[static_cast<std::size_t>(stream.boundary)] =
        static_cast<std::int32_t>(class_names_.size());
    class_names_.push_back(options_.boundary);
  }
  metrics_.emplace_back("classes", static_cast<double>(class_names_.size()));
  std::vector<std::int32_t> classes;
  classes.reserve(static_cast<std::size_t>(stream.size));
  for (std::int64_t t = 0; t < stream.size; ++t)
    classes.push_back(class_of_[static_cast<std::size_t>(stream.ids[t])]);
  NgramStream of_classes = stream;
  of_classes.ids = classes.data();
  of_classes.file = nullptr;
  of_classes.types = static_cast<std::int64_t>(class_names_.size());
  if (stream.boundary >= 0)
    of_classes.boundary = class_of_[static_cast<std::size_t>(stream.boundary)];
  model_ = std::make_shared<ClassModel>(
      corpus.vocabulary(),
      smoothed(of_classes, resources, [&](std::int32_t c) { return class_names_[at(c)]; }),
      SharedArray<std::int32_t>(class_of_),
      SharedArray<float>(class_emissions(corpus.train_counts(), left_neighbors(stream, resources),
                                         class_of_.data(), of_classes.types)));
}

void NgramModel::fit_interpolated(const Corpus& corpus, const NgramStream& stream,
                                  const NgramResources& resources) {
  if (corpus.valid().size() == 0) {
    throw Error("Jelinek-Mercer smoothing needs a validation split to estimate its weights")
        .at("model.ngram.smoothing: jelinek-mercer")
        .hint("set data.split.valid, or use another smoothing method");
  }
  const auto model = std::make_shared<InterpolatedModel>(
      corpus.vocabulary(), counted(stream, options_.order, resources), resources);
  model->estimate_weights(corpus.ids(), corpus.valid(), options_.em_iterations);
  const auto& steps = model->weights().log_likelihoods;
  const auto words = static_cast<double>(corpus.valid().size());
  for (std::size_t i = 0; i < steps.size(); ++i)
    log_detail("ngram", fmt::format("EM step {}: {:.6f} nats per word", i, steps[i] / words));
  metrics_.emplace_back("interpolation_likelihood", steps.back() / words);
  model_ = model;
}

void NgramModel::save(const std::filesystem::path& folder) const {
  WB_ASSERT(model_ != nullptr, "fit() first");
  model_->save(folder / "model.wb");
  if (class_of_.empty()) return;
  std::string text;
  for (std::size_t w = 0; w < class_of_.size(); ++w) {
    text += fmt::format("{}\t{}\n", model_->vocabulary().word(static_cast<std::int64_t>(w)),
                        class_names_[static_cast<std::size_t>(class_of_[w])]);
  }
  write_file(folder / "classes.tsv", text);
}

double NgramModel::estimated_bytes(const Corpus& corpus) const {
  // About half of the n-grams of each order are distinct, with 20 bytes each.
  const double all =
      static_cast<double>(corpus.train().size()) * (10 + 10 * static_cast<double>(options_.order));
  return std::min(all, parse_bytes(options_.memory).value());
}

std::unique_ptr<FittedModel> make_ngram(const ModelOptions& options) {
  return std::make_unique<NgramModel>(dynamic_cast<const NgramOptions&>(options));
}

}  // namespace wordbridge
