#include "models/ngram/ngram_models.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/threads.h"
#include "models/ngram/history_sums.h"
#include "models/ngram/smoothing.h"
#include "models/ngram/trie.h"

namespace wordbridge {
namespace {

constexpr double kLn10 = 2.302585092994045684;
constexpr std::int64_t kTokens = 1024;

/// log_probs[t - span.begin] = value(t), in parallel.
template <class F>
void for_each_token(Span span, double* log_probs, const F& value) {
  for_each_range(span.size(), kTokens, [&](std::int64_t begin, std::int64_t end) {
    for (auto i = begin; i < end; ++i) log_probs[i] = value(span.begin + i);
  });
}

[[noreturn]] void refuse(const ContainerReader& reader, const char* what) {
  throw Error("the parts of the model file are inconsistent")
      .at("{}: {}", reader.file()->path().string(), what);
}

template <class T>
SharedArray<T> shared(const ContainerReader& reader, const T* data, const std::string& name) {
  return SharedArray<T>(reader.file(), data, reader.array(name).count());
}

}  // namespace

nlohmann::json BackoffModel::facts() const {
  return {{"order", table_.order()}, {"boundary", table_.boundary()}};
}

std::shared_ptr<BackoffModel> BackoffModel::load(const ContainerReader& reader) {
  const auto& meta = reader.meta();
  auto model = std::make_shared<BackoffModel>(
      Vocabulary::from(reader),
      BackoffTable::from(reader, "", meta.at("order"), meta.at("boundary")));
  if (model->table_.types() != model->vocabulary().size()) refuse(reader, "words");
  return model;
}

void BackoffModel::log_probs(const std::int32_t* ids, Span span, double* log_probs) const {
  for_each_token(span, log_probs, [&](std::int64_t t) {
    return kLn10 * table_.log10_prob(ids[t], table_.history(ids, t));
  });
}

void BackoffModel::distribution(const std::int32_t* history, std::int64_t size,
                                double* probabilities) const {
  table_.log10_probs(table_.history(history, size), probabilities);
  for (std::int64_t w = 0; w < table_.types(); ++w)
    probabilities[w] = std::exp(kLn10 * probabilities[w]);
}

namespace {

/// Visitor of HistorySums that adds up the occurrences of each history.
struct HistoryTotals {
  using Sum = std::int32_t;
  using OfHistory = std::int32_t;
  Continuation get(std::int64_t /*parent*/, std::int64_t i) const {
    return {0, 0, level.count[i], 0};
  }
  static void add(Sum& total, const Continuation& ngram) { total += ngram.count; }
  static OfHistory of_history(Sum total) { return total; }
  static float of_ngram(Sum /*total*/, const Continuation& /*ngram*/) { return 0; }
  static void release(std::int64_t /*first*/, std::int64_t /*last*/) {}

  const NgramCounts::Level& level;
  const char* stopped = "stopped while adding up n-grams";
};

}  // namespace

InterpolatedModel::InterpolatedModel(Vocabulary vocabulary, const NgramCounts& counts,
                                     const NgramResources& resources)
    : StoredLanguageModel(std::move(vocabulary)), boundary_(counts.boundary) {
  double largest = 0;
  for (const auto& level : counts.levels) {
    levels_.push_back({level.word, level.begin, level.count, {}});
    largest = std::max(largest, static_cast<double>(level.size()));
  }
  for (const auto count : counts.levels[0].count) tokens_ += count;
  const fs::path folder = resources.folder_for((sizeof(Continuation) + 12) * largest);
  SharedArray<std::int32_t> histories;
  for (std::size_t k = 1; k < counts.levels.size(); ++k) {
    const HistoryTotals visitor{counts.levels[k]};
    HistorySums<HistoryTotals> sums(counts, k, histories, resources.memory, folder, visitor);
    sums.run();
    levels_[k - 1].total = std::move(sums.of_histories);
    histories = std::move(sums.histories);
  }
  weights_.components = order() + 1;
  weights_.bins = frequency_bin(0, tokens_) + 1;
  weights_.weights.assign(static_cast<std::size_t>(weights_.components * weights_.bins),
                          1 / static_cast<double>(weights_.components));
}

std::int64_t InterpolatedModel::child(std::size_t level, std::int64_t index,
                                      std::int32_t word) const {
  return find_child(levels_[level].begin, levels_[level + 1].word, index, word);
}

InterpolatedModel::Totals InterpolatedModel::totals(const NgramHistory& history) const {
  Totals totals;
  totals.of[0] = tokens_;
  std::int64_t index = -1;
  for (std::int64_t words = 1; words <= history.size; ++words) {
    const auto level = static_cast<std::size_t>(words) - 1;
    index = words == 1 ? history.back[0] : child(level - 1, index, history.back[level]);
    if (index < 0) break;
    totals.of[static_cast<std::size_t>(words)] = levels_[level].total[index];
  }
  totals.bin = frequency_bin(totals.of[static_cast<std::size_t>(order()) - 1], tokens_);
  return totals;
}

void InterpolatedModel::components(std::int32_t word, const NgramHistory& history,
                                   const Totals& totals, double* p) const {
  p[0] = 1 / static_cast<double>(vocabulary().size());
  std::int64_t index = word;
  for (std::size_t k = 0; k < levels_.size(); ++k) {
    if (totals.of[k] == 0) {
      p[k + 1] = p[k];
      continue;
    }
    if (k > 0 && index >= 0) index = child(k - 1, index, history.back[k - 1]);
    p[k + 1] = index < 0 ? 0
                         : static_cast<double>(levels_[k].count[index]) /
                               static_cast<double>(totals.of[k]);
  }
}

void InterpolatedModel::estimate_weights(const std::int32_t* ids, Span span,
                                         std::int64_t iterations) {
  const auto k = static_cast<std::size_t>(weights_.components);
  std::vector<double> probabilities(static_cast<std::size_t>(span.size()) * k);
  std::vector<std::int32_t> bins(static_cast<std::size_t>(span.size()));
  for_each_range(span.size(), kTokens, [&](std::int64_t begin, std::int64_t end) {
    for (auto i = begin; i < end; ++i) {
      const auto before = history(ids, span.begin + i);
      const auto histories = totals(before);
      bins[static_cast<std::size_t>(i)] = histories.bin;
      components(ids[span.begin + i], before, histories,
                 probabilities.data() + static_cast<std::size_t>(i) * k);
    }
  });
  weights_ = estimate_mixture(probabilities, bins, weights_.components, weights_.bins, iterations);
}

void InterpolatedModel::log_probs(const std::int32_t* ids, Span span, double* log_probs) const {
  for_each_token(span, log_probs, [&](std::int64_t t) {
    const auto before = history(ids, t);
    const auto histories = totals(before);
    std::array<double, kMaxNgramOrder + 1> p{};
    components(ids[t], before, histories, p.data());
    const double* weight = weights_.row(histories.bin);
    double sum = 0;
    for (std::int64_t j = 0; j < weights_.components; ++j)
      sum += weight[j] * p[static_cast<std::size_t>(j)];
    return std::log(sum);
  });
}

void InterpolatedModel::distribution(const std::int32_t* history, std::int64_t size,
                                     double* probabilities) const {
  const auto before = this->history(history, size);
  const auto histories = totals(before);
  const double* weight = weights_.row(histories.bin);
  for (std::int64_t w = 0; w < vocabulary().size(); ++w) {
    std::array<double, kMaxNgramOrder + 1> p{};
    components(static_cast<std::int32_t>(w), before, histories, p.data());
    probabilities[w] = 0;
    for (std::int64_t j = 0; j < weights_.components; ++j)
      probabilities[w] += weight[j] * p[static_cast<std::size_t>(j)];
  }
}

nlohmann::json InterpolatedModel::facts() const {
  return {{"order", order()},
          {"boundary", boundary_},
          {"tokens", tokens_},
          {"bins", weights_.bins},
          {"weights", weights_.weights}};
}

void InterpolatedModel::add_to(ContainerWriter& writer) const {
  for (std::size_t k = 0; k < levels_.size(); ++k) {
    const auto add = [&](const char* name, const SharedArray<std::int32_t>& values) {
      writer.add(fmt::format("{}{}", name, k + 1), values);
    };
    add("word", levels_[k].word);
    add("count", levels_[k].count);
    if (k + 1 == levels_.size()) continue;
    add("begin", levels_[k].begin);
    add("total", levels_[k].total);
  }
}

std::shared_ptr<InterpolatedModel> InterpolatedModel::load(const ContainerReader& reader) {
  const auto& meta = reader.meta();
  std::shared_ptr<InterpolatedModel> model(new InterpolatedModel(Vocabulary::from(reader)));
  const auto order = meta.at("order").get<std::int64_t>();
  if (order < 1 || order > kMaxNgramOrder) refuse(reader, "order");
  const auto types = model->vocabulary().size();
  model->boundary_ = meta.at("boundary");
  model->tokens_ = meta.at("tokens");
  model->weights_.components = order + 1;
  model->weights_.bins = meta.at("bins");
  model->weights_.weights = meta.at("weights").get<std::vector<double>>();
  if (model->tokens_ < 1 || model->boundary_ < -1 || model->boundary_ >= types ||
      model->weights_.bins != frequency_bin(0, model->tokens_) + 1 ||
      static_cast<std::int64_t>(model->weights_.weights.size()) !=
          model->weights_.bins * (order + 1))
    refuse(reader, "weights");
  for (std::int64_t k = 1; k <= order; ++k) {
    const auto array = [&](const char* name) {
      const auto full = fmt::format("{}{}", name, k);
      return shared(reader, reader.i32(full), full);
    };
    Level level{array("word"), {}, array("count"), {}};
    if (k < order) {
      level.begin = array("begin");
      level.total = array("total");
    }
    model->levels_.push_back(level);
  }
  for (std::size_t k = 0; k < model->levels_.size(); ++k) {
    const auto& level = model->levels_[k];
    const auto size = level.word.size();
    if (level.count.size() != size || (k == 0 && size != types)) refuse(reader, "counts");
    if (k + 1 == model->levels_.size()) continue;
    if (level.total.size() != size || level.begin.size() != size + 1 || level.begin[0] != 0 ||
        level.begin[size] != model->levels_[k + 1].word.size() ||
        !std::is_sorted(level.begin.begin(), level.begin.end()))
      refuse(reader, "n-grams");
  }
  return model;
}

namespace {

/// The classes of ids[begin .. end) and of up to `before` preceding ids; the class of ids[t] is at
/// index t - offset.
std::vector<std::int32_t> classes_of(const SharedArray<std::int32_t>& class_of,
                                     const std::int32_t* ids, Span span, std::int64_t before,
                                     std::int64_t& offset) {
  offset = std::max<std::int64_t>(0, span.begin - before);
  std::vector<std::int32_t> classes;
  classes.reserve(static_cast<std::size_t>(span.end - offset));
  for (auto t = offset; t < span.end; ++t) classes.push_back(class_of[ids[t]]);
  return classes;
}

}  // namespace

void ClassModel::log_probs(const std::int32_t* ids, Span span, double* log_probs) const {
  std::int64_t offset = 0;
  const auto classes = classes_of(class_of_, ids, span, table_.order(), offset);
  for_each_token(span, log_probs, [&](std::int64_t t) {
    const auto i = t - offset;
    return kLn10 * (table_.log10_prob(classes[static_cast<std::size_t>(i)],
                                      table_.history(classes.data(), i)) +
                    log10_emission_[ids[t]]);
  });
}

void ClassModel::distribution(const std::int32_t* history, std::int64_t size,
                              double* probabilities) const {
  std::int64_t offset = 0;
  const auto classes = classes_of(class_of_, history, {size, size}, table_.order(), offset);
  std::vector<double> of_class(static_cast<std::size_t>(table_.types()));
  table_.log10_probs(table_.history(classes.data(), size - offset), of_class.data());
  for (std::int64_t w = 0; w < vocabulary().size(); ++w) {
    probabilities[w] =
        std::exp(kLn10 * (of_class[static_cast<std::size_t>(class_of_[w])] + log10_emission_[w]));
  }
}

nlohmann::json ClassModel::facts() const {
  return {{"order", table_.order()}, {"boundary", table_.boundary()}};
}

void ClassModel::add_to(ContainerWriter& writer) const {
  writer.add("class_of", class_of_);
  writer.add("log10_emission", log10_emission_);
  table_.add_to(writer, "class.");
}

std::shared_ptr<ClassModel> ClassModel::load(const ContainerReader& reader) {
  const auto& meta = reader.meta();
  auto model = std::make_shared<ClassModel>(
      Vocabulary::from(reader),
      BackoffTable::from(reader, "class.", meta.at("order"), meta.at("boundary")),
      shared(reader, reader.i32("class_of"), "class_of"),
      shared(reader, reader.f32("log10_emission"), "log10_emission"));
  const auto V = model->vocabulary().size();
  if (model->class_of_.size() != V || model->log10_emission_.size() != V) refuse(reader, "words");
  for (const auto c : model->class_of_)
    if (c < 0 || c >= model->table_.types()) refuse(reader, "classes");
  return model;
}

std::vector<float> class_emissions(const std::vector<std::int64_t>& counts,
                                   const std::vector<std::int64_t>& neighbors,
                                   const std::int32_t* class_of, std::int64_t classes) {
  std::array<std::int64_t, 5> numbers{};
  for (const auto count : neighbors)
    if (count > 0 && count < 5) ++numbers[static_cast<std::size_t>(count)];
  bool fallback = false;
  const Discounts discounts = kneser_ney_discounts(numbers, true, fallback);
  struct Class {
    double tokens = 0, types = 0, neighbors = 0, discounted = 0;
  };
  std::vector<Class> of(static_cast<std::size_t>(classes));
  for (std::size_t w = 0; w < counts.size(); ++w) {
    auto& c = of[static_cast<std::size_t>(class_of[w])];
    c.tokens += static_cast<double>(counts[w]);
    c.types += 1;
    c.neighbors += static_cast<double>(neighbors[w]);
    c.discounted += discounts[static_cast<std::size_t>(std::min<std::int64_t>(neighbors[w], 3))];
  }
  std::vector<float> emissions;
  for (std::size_t w = 0; w < counts.size(); ++w) {
    const auto& c = of[static_cast<std::size_t>(class_of[w])];
    const double share = c.neighbors > 0 ? c.discounted / c.neighbors : 1;
    const double own = c.tokens > 0 ? static_cast<double>(counts[w]) / c.tokens : 1 / c.types;
    emissions.push_back(static_cast<float>(std::log10((1 - share) * own + share / c.types)));
  }
  return emissions;
}

}  // namespace wordbridge
