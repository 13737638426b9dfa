#include "models/ngram/interpolate_models.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <numeric>
#include <string>

#include "core/error.h"
#include "core/index.h"
#include "core/interrupt.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/threads.h"
#include "models/ngram/arpa_file.h"
#include "models/ngram/backoff_weights.h"
#include "models/ngram/trie.h"

namespace wordbridge {
namespace {

constexpr const char* kStoppedInterpolating = "stopped while interpolating n-grams";

void check_weights(std::size_t models, const std::vector<double>& weights) {
  const auto wrong = [&] {
    return std::move(Error("the interpolation weights are not valid")
                         .at("--weights {}", fmt::join(weights, ","))
                         .expected("{} with sum 1",
                                   counted(static_cast<std::int64_t>(models), "positive number")));
  };
  if (weights.size() != models)
    throw wrong().got("{}", counted(static_cast<std::int64_t>(weights.size()), "number"));
  for (std::size_t i = 0; i < models; ++i) {
    if (!(weights[i] > 0)) throw wrong().got("{} as weight {}", weights[i], i + 1);
  }
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (!(std::abs(sum - 1) < 1e-6)) throw wrong().got("the sum {}", sum);
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
  /// log10 P of the first of these words given the others; minus infinity for an unknown word.
  float log10_prob(const std::int32_t* words, std::size_t size) const {
    const std::int32_t word = from_union[at(words[0])];
    if (word < 0) return -std::numeric_limits<float>::infinity();
    NgramHistory history;
    for (std::size_t k = 1; k < size && history.size + 1 < table.order(); ++k)
      history.back[at(history.size++)] = from_union[at(words[k])];
    return static_cast<float>(table.log10_prob(word, history));
  }
  std::int64_t ngrams() const {
    std::int64_t sum = 0;
    for (const auto& level : table.levels()) sum += level.size();
    return sum;
  }
};

/// The union of the models' n-grams, whose probabilities and back-off weights are those of the
/// mixture.
class Mixture {
 public:
  Mixture(const std::vector<Part>& parts, const std::vector<double>& weights,
          const BackoffTable& trie)
      : parts_(parts),
        weights_(weights),
        boundary_(trie.boundary()),
        levels_(trie.levels()),
        nodes_(levels_.size()) {}

  BackoffTable run(const std::vector<std::string>& words) {
    evaluate_parts();
    BackoffMass mass;
    for (std::size_t k = 0; k < levels_.size(); ++k) {
      mix_probs(k);
      if (k + 1 < levels_.size()) mass.left.push_back(mix_backoffs(k));
    }
    nodes_.clear();
    set_backoff_weights(
        levels_, boundary_, mass, {}, [&](std::int32_t word) { return words[at(word)]; },
        kStoppedInterpolating);
    return BackoffTable(std::move(levels_), boundary_);
  }

 private:
  /// What the parts say of the n-grams of a level.
  struct Nodes {
    std::vector<std::vector<float>> log10_prob;     // [parts][n-grams]: of the last word
    std::vector<std::vector<float>> log10_backoff;  // [parts][n-grams]: 0 if not listed
    std::vector<std::int32_t> history;              // [n-grams]: index in the level above
  };
  /// The way to an n-gram: its words in reverse order, and its index in each part (-1: none).
  struct Path {
    std::array<std::int32_t, kMaxNgramOrder> words;
    std::vector<std::array<std::int64_t, kMaxNgramOrder>> index;  // [parts]
  };

  void evaluate_parts() {
    std::int64_t ngrams = 0;
    for (std::size_t k = 0; k < levels_.size(); ++k) {
      const auto size = at(levels_[k].size());
      ngrams += levels_[k].size();
      nodes_[k].log10_prob.assign(parts_.size(), std::vector<float>(size));
      nodes_[k].log10_backoff.assign(parts_.size(), std::vector<float>(size));
      nodes_[k].history.resize(size);
    }
    constexpr std::int64_t kWords = 64;
    Progress progress("interpolating", at(ngrams), "n-grams");
    std::mutex mutex;
    std::uint64_t done = 0;
    for_each_range(levels_[0].size(), kWords, [&](std::int64_t begin, std::int64_t end) {
      Path path;
      path.index.resize(parts_.size());
      std::uint64_t evaluated = 0;
      for (std::int64_t word = begin; word < end; ++word) {
        if (interrupted()) throw Interrupted(kStoppedInterpolating);
        evaluated += evaluate(0, word, -1, path);
      }
      const std::lock_guard<std::mutex> lock(mutex);
      progress.update(done += evaluated);
    });
    progress.finish();
  }

  /// Evaluates the parts at an n-gram and those that end in it; returns their number.
  std::uint64_t evaluate(std::size_t level, std::int64_t node, std::int64_t history, Path& path) {
    const std::int32_t word = levels_[level].word[node];
    path.words[level] = word;
    Nodes& of = nodes_[level];
    of.history[at(node)] = static_cast<std::int32_t>(history);
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const auto& table = parts_[i].table.levels();
      const std::int32_t own = parts_[i].from_union[at(word)];
      std::int64_t& index = path.index[i][level];
      if (level == 0) {
        index = own;
      } else {
        const std::int64_t parent = path.index[i][level - 1];
        index = parent < 0 || level >= table.size()
                    ? -1
                    : find_child(table[level - 1].begin, table[level].word, parent, own);
      }
      of.log10_prob[i][at(node)] = parts_[i].log10_prob(path.words.data(), level + 1);
      if (index >= 0 && level + 1 < table.size())
        of.log10_backoff[i][at(node)] = table[level].log10_backoff[index];
    }
    std::uint64_t evaluated = 1;
    if (level + 1 == levels_.size()) return evaluated;
    const auto& begin = levels_[level].begin;
    const auto& next = levels_[level + 1].word;
    for (std::int64_t child = begin[node]; child < begin[node + 1]; ++child) {
      const std::int32_t first = next[child];
      const std::int64_t above =
          level == 0 ? first
                     : find_child(levels_[level - 1].begin, levels_[level].word, history, first);
      WB_ASSERT(above >= 0, "an n-gram of order {} without its history", level + 2);
      evaluated += evaluate(level + 1, child, above, path);
    }
    return evaluated;
  }

  /// Sets the probabilities of the listed n-grams.
  void mix_probs(std::size_t k) {
    auto& of = levels_[k];
    std::vector<float> mixed(of.log10_prob.begin(), of.log10_prob.end());
    for (std::size_t node = 0; node < mixed.size(); ++node) {
      if (mixed[node] == BackoffTable::kNotListed) continue;
      const double p = mixture(nodes_[k].log10_prob, node);
      mixed[node] = p > 0 ? static_cast<float>(std::min(0.0, std::log10(p))) : -99;
    }
    of.log10_prob = SharedArray<float>(std::move(mixed));
  }

  /// Sets the weights of the level to the mixture of the parts' weights. Returns what the parts
  /// leave after each history h to the words that are not listed: the sum over the parts i of
  /// weights[i] backoff_i(h) (1 - sum of P_i(w | h') over the listed w).
  SharedArray<double> mix_backoffs(std::size_t k) {
    const Nodes& of = nodes_[k];
    auto& level = levels_[k];
    const auto& next = levels_[k + 1];
    const auto size = at(level.size());
    std::vector<double> left(size, 0.0), rest(size);
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      std::fill(rest.begin(), rest.end(), 1.0);
      for (std::int64_t lower = 0; lower < level.size(); ++lower) {
        if ((lower & 0xffff) == 0 && interrupted()) throw Interrupted(kStoppedInterpolating);
        const double p = power_of_10(of.log10_prob[i][at(lower)]);
        for (std::int64_t child = level.begin[lower]; child < level.begin[lower + 1]; ++child) {
          if (next.log10_prob[child] != BackoffTable::kNotListed)
            rest[at(nodes_[k + 1].history[at(child)])] -= p;
        }
      }
      for (std::size_t h = 0; h < size; ++h)
        left[h] += weights_[i] * power_of_10(of.log10_backoff[i][h]) * std::max(0.0, rest[h]);
    }
    std::vector<float> own(size, 0.0f);
    for (std::size_t h = 0; h < size; ++h) {
      if (level.log10_prob[static_cast<std::int64_t>(h)] != BackoffTable::kNotListed)
        own[h] = static_cast<float>(std::log10(mixture(of.log10_backoff, h)));
    }
    level.log10_backoff = SharedArray<float>(std::move(own));
    return SharedArray<double>(std::move(left));
  }

  double mixture(const std::vector<std::vector<float>>& of_parts, std::size_t node) const {
    double sum = 0;
    for (std::size_t i = 0; i < parts_.size(); ++i)
      sum += weights_[i] * power_of_10(of_parts[i][node]);
    return sum;
  }

  const std::vector<Part>& parts_;
  const std::vector<double>& weights_;
  std::int32_t boundary_;
  std::vector<BackoffTable::Level> levels_;
  std::vector<Nodes> nodes_;  // [levels]
};

class Interpolation {
 public:
  Interpolation(const std::vector<std::shared_ptr<const BackoffModel>>& models,
                const std::vector<double>& weights)
      : weights_(weights) {
    unite_vocabularies(models);
    for (const auto& model : models)
      file_.sections.resize(std::max(file_.sections.size(), at(model->table().order())));
    std::int64_t ngrams = 0;
    for (const Part& part : parts_) ngrams += part.ngrams();
    Progress progress("uniting", at(ngrams), "n-grams");
    std::uint64_t done = 0;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      std::vector<std::int32_t> words;
      const auto types = parts_[i].table.types();
      for (std::int64_t word = 0; word < types; ++word) {
        if (interrupted()) throw Interrupted(kStoppedInterpolating);
        add_ngrams(i, 0, word, words, done);
        progress.update(done);
      }
    }
    progress.finish();
  }

  std::shared_ptr<BackoffModel> model() {
    const BackoffTable trie = arpa_trie(file_, boundary_);
    file_.sections.clear();
    const BackoffTable table = Mixture(parts_, weights_, trie).run(file_.words);
    std::vector<std::int64_t> counts(file_.words.size());
    return std::make_shared<BackoffModel>(
        Vocabulary(std::move(file_.words), std::move(counts), unknown_), table);
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
        const auto [place, is_new] = ids_.emplace(is_unknown    ? "?"
                                                  : is_boundary ? "."
                                                                : word_key(vocabulary.word(w)),
                                                  static_cast<std::int32_t>(file_.words.size()));
        if (is_new) file_.words.emplace_back(vocabulary.word(w));
        if (is_unknown || is_boundary) known = place->second;
        part.to_union.push_back(place->second);
      }
      parts_.push_back(std::move(part));
    }
    name_symbol(models, unknown_id_, [](const BackoffModel& model) {
      return static_cast<std::int64_t>(model.vocabulary().unknown_id());
    });
    name_symbol(models, boundary_, [](const BackoffModel& model) {
      return static_cast<std::int64_t>(model.table().boundary());
    });
    if (unknown_id_ >= 0) unknown_ = file_.words[at(unknown_id_)];
    for (Part& part : parts_) {
      part.from_union.assign(file_.words.size(), -1);
      for (std::size_t w = 0; w < part.to_union.size(); ++w)
        part.from_union[at(part.to_union[w])] = static_cast<std::int32_t>(w);
    }
  }

  static std::string word_key(std::string_view word) { return "w" + std::string(word); }

  /// Gives a symbol of the union the name that it has in the first model where that is not also an
  /// ordinary word of another model: with <UNK> and <unk>, both may occur.
  template <class IdOf>
  void name_symbol(const std::vector<std::shared_ptr<const BackoffModel>>& models,
                   std::int32_t symbol, const IdOf& id_of) {
    if (symbol < 0) return;
    std::string first;
    for (const auto& model : models) {
      const std::int64_t id = id_of(*model);
      if (id < 0) continue;
      const std::string name(model->vocabulary().word(id));
      if (first.empty()) first = name;
      if (ids_.count(word_key(name)) > 0) continue;
      file_.words[at(symbol)] = name;
      return;
    }
    throw Error("a symbol of one model is an ordinary word of another")
        .expected("a name for the unknown symbol, and one for the boundary, that is no word")
        .got("{}", printable(first));
  }

  /// Adds n-gram `index` of a level of model i, and those that end in it, unless an earlier model
  /// lists them. `words`: the words after its first one, in reverse order; `done`: the n-grams so
  /// far.
  void add_ngrams(std::size_t i, std::size_t level, std::int64_t index,
                  std::vector<std::int32_t>& words, std::uint64_t& done) {
    ++done;
    const Part& part = parts_[i];
    const auto& of = part.table.levels()[level];
    words.push_back(part.to_union[at(of.word[index])]);
    const bool is_new =
        std::none_of(parts_.begin(), parts_.begin() + static_cast<std::ptrdiff_t>(i),
                     [&](const Part& other) { return other.lists(words.data(), words.size()); });
    if (of.log10_prob[index] != BackoffTable::kNotListed && is_new) {
      ArpaSection& section = file_.sections[level];
      section.words.insert(section.words.end(), words.rbegin(), words.rend());
      section.log10_prob.push_back(0);
      section.log10_backoff.push_back(0);
      section.line.push_back(0);
    }
    if (level + 1 < part.table.levels().size()) {
      for (std::int64_t child = of.begin[index]; child < of.begin[index + 1]; ++child)
        add_ngrams(i, level + 1, child, words, done);
    }
    words.pop_back();
  }

  const std::vector<double>& weights_;
  std::vector<Part> parts_;
  std::map<std::string, std::int32_t>
      ids_;  // by kind and word: word_key(), "?" unknown, "." boundary
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
