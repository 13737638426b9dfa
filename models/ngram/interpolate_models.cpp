#include "models/ngram/interpolate_models.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>

#include "core/error.h"
#include "core/index.h"
#include "core/threads.h"
#include "models/ngram/arpa_file.h"
#include "models/ngram/prune.h"
#include "models/ngram/trie.h"

namespace wordbridge {
namespace {

void check_weights(std::size_t models, const std::vector<double>& weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  const bool positive =
      std::all_of(weights.begin(), weights.end(), [](double weight) { return weight > 0; });
  if (weights.size() == models && positive && std::abs(sum - 1) < 1e-6) return;
  throw Error("the weights of the models are not valid")
      .expected("{} positive numbers with sum 1", models)
      .got("{} with sum {}", counted(static_cast<std::int64_t>(weights.size()), "number"), sum);
}

/// One of the models, with its words' ids in the union and the other way round.
struct Part {
  const BackoffTable& table;
  std::vector<std::int32_t> to_union;    // [words of the model]
  std::vector<std::int32_t> from_union;  // [words of the union], -1: none

  /// `words` of the union in reverse order.
  bool lists(const std::int32_t* words, std::size_t size) const {
    std::int64_t index = from_union[at(words[0])];
    for (std::size_t k = 1; k < size && index >= 0; ++k) {
      if (k >= table.levels().size()) return false;
      index = find_child(table.levels()[k - 1].begin, table.levels()[k].word, index,
                         from_union[at(words[k])]);
    }
    return index >= 0 && table.levels()[size - 1].log10_prob[index] != BackoffTable::kNotListed;
  }
  double probability(const std::int32_t* words, std::size_t size) const {
    const std::int32_t word = from_union[at(words[0])];
    if (word < 0) return 0;
    NgramHistory history;
    for (std::size_t k = 1; k < size && history.size + 1 < table.order(); ++k)
      history.back[at(history.size++)] = from_union[at(words[k])];
    return std::pow(10.0, table.log10_prob(word, history));
  }
};

class Interpolation {
 public:
  Interpolation(const std::vector<std::shared_ptr<const BackoffModel>>& models,
                const std::vector<double>& weights)
      : weights_(weights) {
    unite_vocabularies(models);
    for (const auto& model : models)
      file_.sections.resize(std::max(file_.sections.size(), at(model->table().order())));
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      std::vector<std::int32_t> words;
      const auto types = parts_[i].table.types();
      for (std::int64_t word = 0; word < types; ++word) add_ngrams(i, 0, word, words);
    }
    set_probabilities();
  }

  std::shared_ptr<BackoffModel> model() {
    const BackoffTable table = arpa_trie(file_, boundary_);
    std::vector<std::int64_t> counts(file_.words.size());
    return std::make_shared<BackoffModel>(
        Vocabulary(std::move(file_.words), std::move(counts), unknown_),
        with_backoff_weights(table));
  }

 private:
  void unite_vocabularies(const std::vector<std::shared_ptr<const BackoffModel>>& models) {
    std::vector<std::int32_t> unknown_ids;
    for (const auto& model : models) {
      if ((model->table().boundary() >= 0) != (models[0]->table().boundary() >= 0)) {
        throw Error("models with and without a boundary can't be interpolated")
            .hint("model.ngram.boundary, or <s> and </s> of ARPA files");
      }
      Part part{model->table(), {}, {}};
      const Vocabulary& vocabulary = model->vocabulary();
      for (std::int64_t w = 0; w < vocabulary.size(); ++w) {
        const bool is_unknown = w == vocabulary.unknown_id();
        const bool is_boundary = w == model->table().boundary();
        std::int32_t& known = is_unknown ? unknown_id_ : boundary_;
        const auto [place, is_new] =
            ids_.emplace(is_unknown    ? "?"
                         : is_boundary ? "."
                                       : "w" + std::string(vocabulary.word(w)),
                         static_cast<std::int32_t>(file_.words.size()));
        if (is_new) file_.words.emplace_back(vocabulary.word(w));
        if (is_unknown || is_boundary) known = place->second;
        if (is_unknown && is_new) unknown_ = vocabulary.word(w);
        part.to_union.push_back(place->second);
      }
      parts_.push_back(std::move(part));
    }
    for (Part& part : parts_) {
      part.from_union.assign(file_.words.size(), -1);
      for (std::size_t w = 0; w < part.to_union.size(); ++w)
        part.from_union[at(part.to_union[w])] = static_cast<std::int32_t>(w);
    }
  }

  /// Adds n-gram `index` of a level of model i, and those that end in it, unless an earlier model
  /// lists them. `words`: the words after its first one, in reverse order.
  void add_ngrams(std::size_t i, std::size_t level, std::int64_t index,
                  std::vector<std::int32_t>& words) {
    const Part& part = parts_[i];
    const auto& of = part.table.levels()[level];
    words.push_back(part.to_union[at(of.word[index])]);
    const bool is_new =
        std::none_of(parts_.begin(), parts_.begin() + static_cast<std::ptrdiff_t>(i),
                     [&](const Part& other) { return other.lists(words.data(), words.size()); });
    if (of.log10_prob[index] != BackoffTable::kNotListed && is_new) {
      ArpaSection& section = file_.sections[level];
      section.words.insert(section.words.end(), words.rbegin(), words.rend());
      section.log10_backoff.push_back(0);
      section.line.push_back(0);
    }
    if (level + 1 < part.table.levels().size()) {
      for (std::int64_t child = of.begin[index]; child < of.begin[index + 1]; ++child)
        add_ngrams(i, level + 1, child, words);
    }
    words.pop_back();
  }

  void set_probabilities() {
    constexpr std::int64_t kRange = 4096;
    for (std::size_t k = 0; k < file_.sections.size(); ++k) {
      ArpaSection& section = file_.sections[k];
      section.log10_prob.resize(section.line.size());
      for_each_range(section.size(), kRange, [&](std::int64_t begin, std::int64_t end) {
        std::vector<std::int32_t> words(k + 1);
        for (auto i = at(begin); i < at(end); ++i) {
          const auto first = section.words.begin() + static_cast<std::ptrdiff_t>(i * (k + 1));
          std::reverse_copy(first, first + static_cast<std::ptrdiff_t>(k + 1), words.begin());
          double p = 0;
          for (std::size_t j = 0; j < parts_.size(); ++j)
            p += weights_[j] * parts_[j].probability(words.data(), words.size());
          section.log10_prob[i] = p > 0 ? static_cast<float>(std::min(0.0, std::log10(p))) : -99;
        }
      });
    }
  }

  const std::vector<double>& weights_;
  std::vector<Part> parts_;
  std::map<std::string, std::int32_t>
      ids_;  // by kind and word: "w" a word, "?" unknown, "." boundary
  std::string unknown_;
  std::int32_t unknown_id_ = -1, boundary_ = -1;
  ArpaFile file_;
};

}  // namespace

std::shared_ptr<BackoffModel> interpolate_models(
    const std::vector<std::shared_ptr<const BackoffModel>>& models,
    const std::vector<double>& weights) {
  check_weights(models.size(), weights);
  return Interpolation(models, weights).model();
}

}  // namespace wordbridge
