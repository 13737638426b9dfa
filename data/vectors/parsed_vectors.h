#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/vectors/embedding_table.h"
#include "data/vectors/word_index.h"

/// What the readers of vector files have in common.
namespace wordbridge {

/// Words and vectors as a file has them, before words that occur again are dropped.
struct ParsedVectors {
  WordList words;
  std::shared_ptr<float> rows;  // [words.size(), dim]
  std::int64_t dim = 0;
  std::shared_ptr<const SubwordVectors> unseen = nullptr;
};

/// Keeps the first vector of each word, warns of the others. Error as check_words(); `name` is the
/// file's in messages.
EmbeddingTable as_table(ParsedVectors parsed, const std::string& name);
/// Error for an empty word. Other words are any bytes, but some look as if the file were in another
/// format or its rows displaced: those get a warning.
void check_words(const WordList& words, const std::string& name);

/// Memory for `count` floats that nobody has written to yet: the threads that fill it get its
/// pages, not the one that asks for it.
std::shared_ptr<float> new_floats(std::int64_t count);

/// The lines, without their ends (LF or CRLF) and without an empty last one.
std::vector<std::string_view> lines_of(std::string_view content);

/// Lowers `least` to `value`: what is found first does not depend on which thread found it.
inline void keep_least(std::atomic<std::int64_t>& least, std::int64_t value) {
  std::int64_t seen = least;
  while (value < seen && !least.compare_exchange_weak(seen, value)) {
  }
}

/// The first of `count` values that is NaN or infinite, -1 if there is none; by one thread.
std::int64_t first_not_finite(const float* values, std::int64_t count);
/// Likewise by all threads.
std::int64_t first_not_finite_of_all(const float* values, std::int64_t count);

}  // namespace wordbridge
