#pragma once

#include <cstdint>
#include <vector>

namespace wordbridge {

/// Bigram counts of a token stream by word: the words before and after each word. Bigrams of a word
/// with itself are counted separately.
struct WordBigrams {
  struct Neighbour {
    std::int32_t word;
    std::int32_t count;
  };
  struct List {
    const Neighbour* first;
    const Neighbour* last;
    const Neighbour* begin() const { return first; }
    const Neighbour* end() const { return last; }
  };

  /// ids: `size` < 2^31 ids in [0, V).
  WordBigrams(const std::int32_t* ids, std::int64_t size, std::int64_t vocabulary_size);

  List before(std::int64_t word) const { return list(before_begin, before_list, word); }
  List after(std::int64_t word) const { return list(after_begin, after_list, word); }

  std::int64_t vocabulary_size, bigrams;
  std::vector<std::int64_t> counts;                     // [V], tokens of each word
  std::vector<std::int32_t> left;                       // [V], bigrams that start with the word
  std::vector<std::int32_t> right;                      // [V], bigrams that end with the word
  std::vector<std::int32_t> twice;                      // [V], bigrams of the word with itself
  std::vector<std::int64_t> before_begin, after_begin;  // [V + 1], offsets into the lists
  std::vector<Neighbour> before_list, after_list;       // for each word, ascending by id

 private:
  static List list(const std::vector<std::int64_t>& begin, const std::vector<Neighbour>& all,
                   std::int64_t word) {
    const auto w = static_cast<std::size_t>(word);
    return {all.data() + begin[w], all.data() + begin[w + 1]};
  }
};

/// Table of x ln x in integer units of 2^-24 nats. Sums are therefore exact in any order, and a
/// sequence of moves that each increase such a sum must terminate.
class LogTable {
 public:
  static constexpr double kUnit = 1.0 / (1 << 24);
  explicit LogTable(std::int64_t largest);
  std::int64_t operator()(std::int32_t x) const {
    return x < size_ ? table_[static_cast<std::size_t>(x)] : compute(x);
  }
  /// The values for 0 to `largest`; null if the table is smaller.
  const std::int64_t* table(std::int32_t largest) const {
    return largest < size_ ? table_.data() : nullptr;
  }

 private:
  static std::int64_t compute(std::int32_t x);
  std::int32_t size_;
  std::vector<std::int64_t> table_;
};

/// Bigram counts of a token stream by class, and the change of their likelihood when a word moves
/// to another class. With f(x) = x ln x,
///
///     F = sum_gh f(N(g, h)) - sum_g f(N_left(g)) - sum_g f(N_right(g))
///
/// (Martin, Liermann and Ney 1998, here with exact counts at the ends of the stream), where
/// N_left(g) = sum_h N(g, h) and N_right(h) = sum_g N(g, h). F is in units of LogTable::kUnit nats.
class ClassBigrams {
 public:
  /// Buffers of one thread, allocated once.
  struct Scratch {
    explicit Scratch(std::int64_t classes);
    std::vector<std::int32_t> before, after;  // [C], the word's bigrams with other words
    std::vector<std::int32_t> before_classes, after_classes;  // classes with non-zero counts
    std::vector<std::int32_t> row;                            // [C]
    std::vector<std::int64_t> gain;                           // [C]
  };

  ClassBigrams(const WordBigrams& words, std::vector<std::int32_t> class_of, std::int64_t classes);

  const std::vector<std::int32_t>& class_of() const { return class_of_; }
  /// Number of words of the class that occur in the stream.
  std::int64_t members(std::int32_t c) const { return members_[static_cast<std::size_t>(c)]; }
  /// Writes the increase of F when the word moves to each class to scratch.gain; 0 for its own
  /// class.
  void gains(std::int32_t word, Scratch& scratch) const;
  /// The same for one class only, which is cheaper.
  std::int64_t gain(std::int32_t word, std::int32_t to, Scratch& scratch) const;
  void move(std::int32_t word, std::int32_t to, Scratch& scratch);
  /// F, kept up to date by move().
  std::int64_t objective() const { return objective_; }

 private:
  const std::int32_t* row(const std::vector<std::int32_t>& n, std::int32_t g) const {
    return n.data() + g * classes_;
  }
  void look_at(std::int32_t word, Scratch& scratch) const;
  std::int64_t loss_of_leaving(std::int32_t word, const Scratch& scratch) const;
  void add(std::int32_t word, std::int32_t c, std::int32_t sign, const Scratch& scratch);

  const WordBigrams& words_;
  std::int64_t classes_;
  LogTable f_;
  std::vector<std::int32_t> class_of_;      // [V]
  std::vector<std::int64_t> members_;       // [C]
  std::vector<std::int32_t> n_, n_t_;       // [C, C]: N(g, h), N(h, g)
  std::vector<std::int32_t> left_, right_;  // [C]
  std::int64_t objective_ = 0;
};

}  // namespace wordbridge
