#include "models/cache/cache.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kTokens = 1024;

}  // namespace

CacheModel::CacheModel(Vocabulary vocabulary, SharedArray<double> unigrams, std::int64_t order,
                       std::int64_t window, double decay, double prior)
    : StoredLanguageModel(std::move(vocabulary)),
      unigrams_(std::move(unigrams)),
      order_(order),
      window_(window),
      decay_(decay),
      prior_(prior) {
  weight_.push_back(0);
  double weight = 1;
  for (std::int64_t i = 1; i <= window_; ++i, weight *= decay_) weight_.push_back(weight);
}

std::int64_t CacheModel::alike(const std::int32_t* ids, std::int64_t t, std::int64_t i) const {
  std::int64_t words = 0;
  while (words < order_ - 1 && t - i - words - 1 >= 0 &&
         ids[t - i - words - 1] == ids[t - words - 1])
    ++words;
  return words;
}

void CacheModel::log_probs(const std::int32_t* ids, Span span, double* log_probs) const {
  for_each_range(span.size(), kTokens, [&](std::int64_t begin, std::int64_t end) {
    std::vector<double> total(static_cast<std::size_t>(order_)), hits(total.size());
    for (auto at = begin; at < end; ++at) {
      const auto t = span.begin + at;
      std::fill(total.begin(), total.end(), 0.0);
      std::fill(hits.begin(), hits.end(), 0.0);
      for (std::int64_t i = 1; i <= std::min(window_, t); ++i) {
        const auto words = static_cast<std::size_t>(alike(ids, t, i));
        const double weight = weight_[static_cast<std::size_t>(i)];
        for (std::size_t k = 0; k <= words; ++k) {
          total[k] += weight;
          hits[k] += ids[t - i] == ids[t] ? weight : 0;
        }
      }
      double p = unigrams_[ids[t]];
      for (std::size_t k = 0; k < total.size(); ++k)
        p = (hits[k] + prior_ * p) / (total[k] + prior_);
      log_probs[at] = std::log(p);
    }
  });
}

void CacheModel::distribution(const std::int32_t* history, std::int64_t size,
                              double* probabilities) const {
  const auto V = vocabulary().size();
  std::copy(unigrams_.begin(), unigrams_.end(), probabilities);
  for (std::int64_t k = 0; k < order_; ++k) {
    double total = prior_;
    for (std::int64_t w = 0; w < V; ++w) probabilities[w] *= prior_;
    for (std::int64_t i = 1; i <= std::min(window_, size); ++i) {
      if (alike(history, size, i) < k) continue;
      total += weight_[static_cast<std::size_t>(i)];
      probabilities[history[size - i]] += weight_[static_cast<std::size_t>(i)];
    }
    for (std::int64_t w = 0; w < V; ++w) probabilities[w] /= total;
  }
}

nlohmann::json CacheModel::facts() const {
  return {{"order", order_}, {"window", window_}, {"decay", decay_}, {"prior", prior_}};
}

void CacheModel::add_to(ContainerWriter& writer) const {
  writer.add("unigrams", DType::f64, {unigrams_.size()}, unigrams_.data());
}

std::shared_ptr<CacheModel> CacheModel::load(const ContainerReader& reader) {
  const auto& meta = reader.meta();
  const auto& array = reader.array("unigrams");
  Vocabulary vocabulary = Vocabulary::from(reader);
  const auto order = meta.at("order").get<std::int64_t>();
  const auto window = meta.at("window").get<std::int64_t>();
  if (array.type != DType::f64 || array.count() != vocabulary.size() || order < 1 || window < 1) {
    throw Error("the parts of the model file are inconsistent")
        .at("{}", reader.file()->path().string());
  }
  SharedArray<double> unigrams(reader.file(), reinterpret_cast<const double*>(array.data),
                               array.count());
  return std::make_shared<CacheModel>(std::move(vocabulary), std::move(unigrams), order, window,
                                      meta.at("decay"), meta.at("prior"));
}

void CacheLearner::fit(const Corpus& corpus, std::uint64_t) {
  const auto& counts = corpus.train_counts();
  const auto total =
      static_cast<double>(corpus.train().size() + static_cast<std::int64_t>(counts.size()));
  std::vector<double> unigrams;
  for (const auto count : counts) unigrams.push_back(static_cast<double>(count + 1) / total);
  model_ =
      std::make_shared<CacheModel>(corpus.vocabulary(), SharedArray<double>(std::move(unigrams)),
                                   options_.order, options_.window, options_.decay, options_.prior);
}

double CacheLearner::estimated_bytes(const Corpus& corpus) const {
  return 8 * static_cast<double>(corpus.vocabulary().size() + options_.window);
}

std::unique_ptr<FittedModel> make_cache(const ModelOptions& options) {
  return std::make_unique<CacheLearner>(dynamic_cast<const CacheOptions&>(options));
}

}  // namespace wordbridge
