#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/vectors/embedding_table.h"
#include "data/vectors/word_index.h"

/// Functions shared by the readers of vector files.
namespace wordbridge {

/// Words and vectors as stored in a file, before repeated words are dropped.
struct ParsedVectors {
  WordList words;
  std::shared_ptr<float> rows;  // [words.size(), dim]
  std::int64_t dim = 0;
  std::shared_ptr<const SubwordVectors> unseen = nullptr;
};

/// Keeps the first vector of each word and warns about the others. Errors as in check_words().
/// `name`: the file's name, for messages.
EmbeddingTable as_table(ParsedVectors parsed, const std::string& name);
/// Error for an empty word. A word may contain any bytes, but some suggest that the file is in
/// another format or its rows are displaced: those cause a warning.
void check_words(const WordList& words, const std::string& name);

/// Memory for `count` floats that no thread has written to yet. Its pages are assigned to the
/// threads that fill it, not to the thread that allocates it.
std::shared_ptr<float> new_floats(std::int64_t count);

/// The lines without their ends (LF or CRLF) and without an empty last line.
std::vector<std::string_view> lines_of(std::string_view content);

/// Lowers `least` to `value`, so that the first error found does not depend on the thread that
/// finds it.
inline void keep_least(std::atomic<std::int64_t>& least, std::int64_t value) {
  std::int64_t seen = least;
  while (value < seen && !least.compare_exchange_weak(seen, value)) {
  }
}

/// Index of the first of `count` values that is NaN or infinite, -1 if there is none. Uses one
/// thread.
std::int64_t first_not_finite(const float* values, std::int64_t count);
/// The same, with all threads.
std::int64_t first_not_finite_of_all(const float* values, std::int64_t count);

}  // namespace wordbridge
