#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/container.h"
#include "data/vectors/word_index.h"

namespace wordbridge {

/// Words of a file, with the hash table that was built when it was written. Only what is asked for
/// is read, and verified when it is read. Arrays of the container:
///
///     words        the words, with a line break between them
///     word_starts  i64 [words + 1]: the byte at which each starts, and the end of the last + 1
///     word_places  i32 [places, 2]: the tag and the row + 1 of each WordPlace
class StoredWords final : public RowWords {
 public:
  /// Whether the container holds these arrays.
  static bool are_in(const ContainerReader& reader);
  /// Error if the arrays do not agree with each other.
  explicit StoredWords(const ContainerReader& reader);

  std::int64_t size() const override { return size_; }
  /// Error if the file is damaged there.
  std::string_view operator[](std::int64_t row) const override;
  std::int64_t find(std::string_view word) const override;
  void verify() const override;

  /// The arrays of words that contain no line break, each of which occurs once.
  class Arrays {
   public:
    explicit Arrays(WordList words);
    /// This object must live until the container is written.
    void add_to(ContainerWriter& writer) const;

   private:
    WordIndex index_;
    std::string letters_;
    std::vector<std::int64_t> starts_;
  };

 private:
  std::string path_;
  std::int64_t size_ = 0;
  std::uint64_t place_count_ = 0, letter_count_ = 0;
  std::shared_ptr<const VerifiedPieces> letters_, starts_, places_;
};

}  // namespace wordbridge
