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

/// The words of a table: the word of each row, and the row of each word.
class RowWords {
 public:
  virtual ~RowWords() = default;
  virtual std::int64_t size() const = 0;
  virtual std::string_view operator[](std::int64_t row) const = 0;
  /// The first row of the word, -1 if there is none.
  virtual std::int64_t find(std::string_view word) const = 0;
  /// Verifies those of a file that are verified only when they are used. Error if it is damaged.
  virtual void verify() const {}
};

/// A place of a hash table of words: the row of a word and half of its hash. A table has at least
/// twice as many places as words, a power of two. A word whose place, the lower half of its hash,
/// is taken uses the next free place.
struct WordPlace {
  std::uint32_t tag = 0, next_row = 0;  // next_row: the row + 1; 0: free
};
/// The same on all machines, because files hold places.
std::uint64_t hash_of_word(std::string_view word);
inline std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

/// The row of a word in `count` places, -1 if there is none. place_at(i): a WordPlace;
/// is_word(row): whether the row's word is this one.
template <class PlaceAt, class IsWord>
std::int64_t find_row(std::string_view word, std::uint64_t count, const PlaceAt& place_at,
                      const IsWord& is_word) {
  const std::uint64_t hash = hash_of_word(word);
  for (std::uint64_t i = 0; i < count; ++i) {
    const WordPlace place = place_at((hash + i) & (count - 1));
    if (place.next_row == 0) return -1;
    const std::int64_t row = static_cast<std::int64_t>(place.next_row) - 1;
    if (place.tag == tag_of(hash) && is_word(row)) return row;
  }
  return -1;
}

/// Words and their hash table in memory.
class WordIndex final : public RowWords {
 public:
  /// Error if there are more words than the places can number (4,294,967,294).
  explicit WordIndex(WordList words);

  const WordList& words() const { return words_; }
  std::int64_t size() const override { return words_.size(); }
  std::string_view operator[](std::int64_t row) const override { return words_[row]; }
  std::int64_t find(std::string_view word) const override;
  /// Rows whose words occur in an earlier row, ascending.
  const std::vector<std::int64_t>& repeated() const { return repeated_; }
  const std::vector<WordPlace>& places() const { return places_; }

 private:
  void insert(std::int64_t row, std::uint64_t hash);

  WordList words_;
  std::vector<WordPlace> places_;
  std::uint64_t mask_ = 0;
  std::vector<std::int64_t> repeated_;
};

}  // namespace wordbridge
