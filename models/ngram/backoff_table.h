#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "core/io/container.h"
#include "core/shared_array.h"

namespace wordbridge {

constexpr std::int64_t kMaxNgramOrder = 16;

/// The probability of a log10_prob, or the weight of a log10_backoff.
inline double power_of_10(double x) { return std::exp(x * 2.302585092994045684); }

/// The history of a prediction: the preceding words, nearest first.
struct NgramHistory {
  std::array<std::int32_t, kMaxNgramOrder> back;
  std::int64_t size = 0;

  /// The history of ids[t]: at most `most` words, back to the beginning of the stream or to a
  /// `boundary` (-1: none), which also precedes the stream.
  static NgramHistory before(const std::int32_t* ids, std::int64_t t, std::int64_t most,
                             std::int32_t boundary);
};

/// A back-off n-gram model, as in ARPA files:
///
///     P(w | h) = p(h w)                 if the n-gram h w is listed
///              = backoff(h) P(w | h')   otherwise
///
/// h' is h without its first word; backoff(h) = 1 if h is not listed. The n-grams are a trie over
/// the words in reverse order, like NgramCounts. All logarithms have base 10, as in ARPA files.
class BackoffTable {
 public:
  /// Marks an n-gram in log10_prob that is not listed but has listed children.
  static constexpr float kNotListed = 1;

  struct Level {
    SharedArray<std::int32_t> word;    // first word of each n-gram; first level: the ids
    SharedArray<std::int32_t> begin;   // [size + 1]: children in the next level; last level: empty
    SharedArray<float> log10_prob;     // of the last word given the others
    SharedArray<float> log10_backoff;  // last level: empty
    std::int64_t size() const { return word.size(); }
  };

  BackoffTable() = default;
  BackoffTable(std::vector<Level> levels, std::int32_t boundary)
      : levels_(std::move(levels)), boundary_(boundary) {}

  std::int64_t order() const { return static_cast<std::int64_t>(levels_.size()); }
  std::int64_t types() const { return levels_[0].size(); }
  std::int32_t boundary() const { return boundary_; }
  const std::vector<Level>& levels() const { return levels_; }

  NgramHistory history(const std::int32_t* ids, std::int64_t t) const {
    return NgramHistory::before(ids, t, order() - 1, boundary_);
  }
  /// log10 P of a word that the model does not have (-1), before the back-off weights: that of
  /// KenLM.
  static constexpr double kFloor = -100;
  double log10_prob(std::int32_t word, const NgramHistory& history) const;
  /// log10 P of the last word of n-gram i of a level given its other words, also if the n-gram is
  /// not listed.
  float log10_prob_at(std::size_t level, std::int64_t i) const;
  /// The words of that n-gram, the first word first.
  std::vector<std::int32_t> words_at(std::size_t level, std::int64_t i) const;
  /// Writes log10 P of all words given the history to `log10_probs` [types].
  void log10_probs(const NgramHistory& history, double* log10_probs) const;

  /// Adds the arrays "PREFIXword2", "PREFIXbegin1", ... to a model file.
  void add_to(ContainerWriter& writer, const std::string& prefix) const;
  /// Returns a table of views of the file's arrays. Error if they are inconsistent.
  static BackoffTable from(const ContainerReader& reader, const std::string& prefix,
                           std::int64_t order, std::int32_t boundary);

 private:
  /// [m]: log10 of the product of the back-off weights of the history's last j words over j = m ..
  /// size; 0 for m = size + 1.
  std::array<double, kMaxNgramOrder + 2> backoffs(const NgramHistory& history) const;
  /// The log10_prob and the number of words of the longest listed n-gram that ends in the word.
  std::pair<double, std::int64_t> longest(std::int32_t word, const NgramHistory& history) const;
  /// Index of the child of an n-gram in the next level, -1: none.
  std::int64_t child(std::size_t level, std::int64_t index, std::int32_t word) const;

  std::vector<Level> levels_;
  std::int32_t boundary_ = -1;
};

}  // namespace wordbridge
