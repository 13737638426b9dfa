#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "models/language_model/mixture_weights.h"
#include "models/language_model/stored_language_model.h"
#include "models/ngram/backoff_table.h"
#include "models/ngram/ngram_counts.h"

namespace wordbridge {

/// Word n-gram model in back-off form: Kneser-Ney, Witten-Bell, Good-Turing, ARPA files.
class BackoffModel : public StoredLanguageModel {
 public:
  static constexpr const char* kType = "back-off";
  BackoffModel(Vocabulary vocabulary, BackoffTable table)
      : StoredLanguageModel(std::move(vocabulary)), table_(std::move(table)) {}
  static std::shared_ptr<BackoffModel> load(const ContainerReader& reader);

  const BackoffTable& table() const { return table_; }
  /// Ids may be -1, a word that the model does not have: its log10 P is BackoffTable::kFloor, and
  /// contexts end at it.
  void log_probs(const std::int32_t* ids, Span span, double* log_probs) const override;
  void distribution(const std::int32_t* history, std::int64_t size,
                    double* probabilities) const override;

 protected:
  std::string type() const override { return kType; }
  nlohmann::json facts() const override;
  void add_to(ContainerWriter& writer) const override { table_.add_to(writer, ""); }

 private:
  BackoffTable table_;
};

/// The interpolated n-gram model of Jelinek and Mercer (1980) as in Bengio et al. 2003,
/// section 4.1:
///
///     P(w | h) = a_0(q) / V + a_1(q) p_1(w) + ... + a_n(q) p_n(w | h)
///     q = frequency_bin(freq(h), T)
///
/// p_k is the relative frequency c(h_k-1 w) / c(h_k-1), or p_k-1 if the history never occurs. The
/// weights a of each bin are estimated on the validation split.
class InterpolatedModel : public StoredLanguageModel {
 public:
  static constexpr const char* kType = "interpolated";
  struct Level {
    SharedArray<std::int32_t> word, begin, count;
    SharedArray<std::int32_t> total;  // occurrences as a history; last level: empty
  };
  InterpolatedModel(Vocabulary vocabulary, const NgramCounts& counts,
                    const NgramResources& resources = {});
  static std::shared_ptr<InterpolatedModel> load(const ContainerReader& reader);

  /// Estimates the weights of all bins by maximum likelihood on the tokens of the span (EM).
  void estimate_weights(const std::int32_t* ids, Span span, std::int64_t iterations);
  const MixtureWeights& weights() const { return weights_; }
  std::int64_t order() const { return static_cast<std::int64_t>(levels_.size()); }
  void log_probs(const std::int32_t* ids, Span span, double* log_probs) const override;
  void distribution(const std::int32_t* history, std::int64_t size,
                    double* probabilities) const override;

 protected:
  std::string type() const override { return kType; }
  nlohmann::json facts() const override;
  void add_to(ContainerWriter& writer) const override;

 private:
  explicit InterpolatedModel(Vocabulary vocabulary) : StoredLanguageModel(std::move(vocabulary)) {}

  /// Occurrences of the histories of 0, 1, ... words, and the bin of the longest.
  struct Totals {
    std::array<std::int64_t, kMaxNgramOrder> of{};
    std::int32_t bin = 0;
  };
  Totals totals(const NgramHistory& history) const;
  /// Writes 1/V, p_1, ..., p_n to `p` [order + 1].
  void components(std::int32_t word, const NgramHistory& history, const Totals& totals,
                  double* p) const;
  NgramHistory history(const std::int32_t* ids, std::int64_t t) const {
    return NgramHistory::before(ids, t, order() - 1, boundary_);
  }
  std::int64_t child(std::size_t level, std::int64_t index, std::int32_t word) const;

  std::vector<Level> levels_;
  std::int64_t tokens_ = 0;  // T
  std::int32_t boundary_ = -1;
  MixtureWeights weights_;
};

/// Class-based n-gram model (Brown et al. 1992):
///
///     P(w | h) = P(w | class of w) P(class of w | classes of h)
class ClassModel : public StoredLanguageModel {
 public:
  static constexpr const char* kType = "classes";
  /// `class_of` [V]; log10_emission [V] is log10 P(w | class of w).
  ClassModel(Vocabulary vocabulary, BackoffTable table, SharedArray<std::int32_t> class_of,
             SharedArray<float> log10_emission)
      : StoredLanguageModel(std::move(vocabulary)),
        table_(std::move(table)),
        class_of_(std::move(class_of)),
        log10_emission_(std::move(log10_emission)) {}
  static std::shared_ptr<ClassModel> load(const ContainerReader& reader);

  const SharedArray<std::int32_t>& class_of() const { return class_of_; }
  void log_probs(const std::int32_t* ids, Span span, double* log_probs) const override;
  void distribution(const std::int32_t* history, std::int64_t size,
                    double* probabilities) const override;

 protected:
  std::string type() const override { return kType; }
  nlohmann::json facts() const override;
  void add_to(ContainerWriter& writer) const override;

 private:
  BackoffTable table_;
  SharedArray<std::int32_t> class_of_;
  SharedArray<float> log10_emission_;
};

/// log10 P(w | class of w) [V], with P = (1 - l) n(w) / n(c) + l / |c|. The share l of the class is
/// distributed evenly, so that words that never occur have a probability. It is the mass that
/// Kneser-Ney discounting subtracts from the words of the class: l = sum of D(a(w)) / sum of a(w),
/// where a(w), in `neighbors`, is the number of distinct words that precede w. In a class that
/// never occurs, all words are equally likely.
std::vector<float> class_emissions(const std::vector<std::int64_t>& counts,
                                   const std::vector<std::int64_t>& neighbors,
                                   const std::int32_t* class_of, std::int64_t classes);

}  // namespace wordbridge
