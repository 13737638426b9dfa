#include "models/mixture/mixture_language_model.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "models/ngram/trie.h"

namespace wordbridge {

ContextBins::ContextBins(const NgramStream& training, std::int64_t words) : tokens_(training.size) {
  const NgramCounts counts = count_ngrams(training, words);
  for (const auto& level : counts.levels) {
    word_.push_back(level.word);
    begin_.push_back(level.begin);
  }
  count_ = counts.levels.back().count;
}

std::int32_t ContextBins::bin(const std::int32_t* ids, std::int64_t t) const {
  if (tokens_ == 0) return 0;
  const auto words = static_cast<std::int64_t>(word_.size());
  if (t < words) return frequency_bin(0, tokens_);
  std::int64_t index = ids[t - 1];
  for (std::size_t level = 1; level < word_.size() && index >= 0; ++level) {
    index = find_child(begin_[level - 1], word_[level], index,
                       ids[t - 1 - static_cast<std::int64_t>(level)]);
  }
  return frequency_bin(index < 0 ? 0 : count_[index], tokens_);
}

nlohmann::json ContextBins::facts() const { return {{"tokens", tokens_}, {"words", word_.size()}}; }

void ContextBins::add_to(ContainerWriter& writer) const {
  for (std::size_t k = 0; k < word_.size(); ++k) {
    writer.add(fmt::format("context.word{}", k + 1), word_[k]);
    if (k + 1 < word_.size()) writer.add(fmt::format("context.begin{}", k + 1), begin_[k]);
  }
  if (tokens_ > 0) writer.add("context.count", count_);
}

ContextBins ContextBins::load(const ContainerReader& reader) {
  const auto& facts = reader.meta().at("context");
  ContextBins bins;
  bins.tokens_ = facts.at("tokens");
  const auto array = [&](const std::string& name) {
    return SharedArray<std::int32_t>(reader.file(), reader.i32(name), reader.array(name).count());
  };
  const auto words = facts.at("words").get<std::int64_t>();
  for (std::int64_t k = 1; k <= words; ++k) {
    bins.word_.push_back(array(fmt::format("context.word{}", k)));
    bins.begin_.push_back(k < words ? array(fmt::format("context.begin{}", k))
                                    : SharedArray<std::int32_t>());
  }
  if (bins.tokens_ > 0) bins.count_ = array("context.count");
  const auto fits = [&] {
    for (std::size_t k = 0; k + 1 < bins.word_.size(); ++k) {
      const auto& begin = bins.begin_[k];
      if (begin.size() != bins.word_[k].size() + 1 || begin[0] != 0 ||
          begin[begin.size() - 1] != bins.word_[k + 1].size() ||
          !std::is_sorted(begin.begin(), begin.end()))
        return false;
    }
    return bins.word_.empty() == (bins.tokens_ == 0) &&
           (bins.word_.empty() || bins.word_.back().size() == bins.count_.size());
  };
  if (!fits())
    throw Error("the parts of the model file are inconsistent")
        .at("{}", reader.file()->path().string());
  return bins;
}

MixtureLanguageModel::MixtureLanguageModel(
    Vocabulary vocabulary, std::vector<std::string> paths, MixtureWeights weights, ContextBins bins,
    std::vector<std::shared_ptr<const LanguageModel>> components)
    : StoredLanguageModel(std::move(vocabulary)),
      paths_(std::move(paths)),
      weights_(std::move(weights)),
      bins_(std::move(bins)),
      components_(std::move(components)) {}

void MixtureLanguageModel::log_probs(const std::int32_t* ids, Span span, double* log_probs) const {
  WB_ASSERT(components_.size() == paths_.size());
  std::vector<double> mixed(static_cast<std::size_t>(span.size()));
  for (std::size_t j = 0; j < components_.size(); ++j) {
    components_[j]->log_probs(ids, span, log_probs);
    for (std::int64_t i = 0; i < span.size(); ++i)
      mixed[static_cast<std::size_t>(i)] +=
          weights_.row(bins_.bin(ids, span.begin + i))[j] * std::exp(log_probs[i]);
  }
  for (std::size_t i = 0; i < mixed.size(); ++i) log_probs[i] = std::log(mixed[i]);
}

void MixtureLanguageModel::distribution(const std::int32_t* history, std::int64_t size,
                                        double* probabilities) const {
  WB_ASSERT(components_.size() == paths_.size());
  const auto V = static_cast<std::size_t>(vocabulary().size());
  std::vector<double> one(V);
  std::fill(probabilities, probabilities + V, 0.0);
  const double* weight = weights_.row(bins_.bin(history, size));
  for (std::size_t j = 0; j < components_.size(); ++j) {
    components_[j]->distribution(history, size, one.data());
    for (std::size_t w = 0; w < V; ++w) probabilities[w] += weight[j] * one[w];
  }
}

nlohmann::json MixtureLanguageModel::facts() const {
  return {{"components", paths_},
          {"bins", weights_.bins},
          {"weights", weights_.weights},
          {"context", bins_.facts()}};
}

std::shared_ptr<MixtureLanguageModel> MixtureLanguageModel::load(
    const ContainerReader& reader, const LanguageModelLoader& load_component) {
  const auto& meta = reader.meta();
  const auto paths = meta.at("components").get<std::vector<std::string>>();
  MixtureWeights weights;
  weights.components = static_cast<std::int64_t>(paths.size());
  weights.bins = meta.at("bins");
  weights.weights = meta.at("weights").get<std::vector<double>>();
  ContextBins bins = ContextBins::load(reader);
  const Vocabulary vocabulary = Vocabulary::from(reader);
  if (weights.bins != bins.bins() ||
      static_cast<std::int64_t>(weights.weights.size()) != weights.bins * weights.components) {
    throw Error("the parts of the model file are inconsistent")
        .at("{}", reader.file()->path().string());
  }
  std::vector<std::shared_ptr<const LanguageModel>> components;
  for (const auto& path : paths) {
    components.push_back(load_component(path));
    if (components.back()->vocabulary().words() == vocabulary.words()) continue;
    throw Error("the vocabulary of a component of the mixture has changed").at("{}", path);
  }
  return std::make_shared<MixtureLanguageModel>(vocabulary, paths, std::move(weights),
                                                std::move(bins), std::move(components));
}

}  // namespace wordbridge
