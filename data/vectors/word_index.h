#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wordbridge {

/// Words stored one after another in a single block of memory. Each word costs its letters and
/// eight bytes.
class WordList {
 public:
  WordList() = default;
  explicit WordList(const std::vector<std::string>& words);
  /// Copies the words with all threads.
  explicit WordList(const std::vector<std::string_view>& words);

  void add(std::string_view word);
  std::int64_t size() const { return static_cast<std::int64_t>(starts_.size()) - 1; }
  std::string_view operator[](std::int64_t i) const {
    const auto at = static_cast<std::size_t>(i);
    return std::string_view(letters_).substr(starts_[at], starts_[at + 1] - starts_[at]);
  }
  /// Keeps the first `size` words.
  void cut(std::int64_t size);

 private:
  std::string letters_;
  std::vector<std::uint64_t> starts_ = {0};  // start of each word, and the end of the last
};

/// Finds the row of a word. A hash table with at least twice as many places as words. Each place
/// stores the row and half of the hash of a word. A word whose place is taken uses the next free
/// place.
class WordIndex {
 public:
  /// Error if there are more words than the places can number (4,294,967,294).
  explicit WordIndex(WordList words);

  const WordList& words() const { return words_; }
  /// The first row of the word, -1 if it is not in the list.
  std::int64_t find(std::string_view word) const;
  /// Rows whose words occur in an earlier row, ascending.
  const std::vector<std::int64_t>& repeated() const { return repeated_; }

 private:
  struct Place {
    std::uint32_t tag = 0, next_row = 0;  // next_row: the row + 1; 0: free
  };

  void insert(std::int64_t row, std::uint64_t hash);

  WordList words_;
  std::vector<Place> places_;
  std::uint64_t mask_ = 0;
  std::vector<std::int64_t> repeated_;
};

}  // namespace wordbridge
