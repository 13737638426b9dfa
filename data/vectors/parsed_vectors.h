#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
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
  /// Whether an empty word is certain to be one, because the format states where each word ends.
  /// Its row is dropped with a warning. In other formats it suggests that rows are displaced: an
  /// error.
  bool may_have_empty_words = false;
};

/// Keeps the first vector of each word and warns about those it drops. Errors as in check_words().
/// `name`: the file's name, for messages.
EmbeddingTable as_table(ParsedVectors parsed, const std::string& name);
/// Error for an empty word. A word may contain any bytes, but some suggest that the file is in
/// another format or its rows are displaced: those cause a warning.
void check_words(const WordList& words, const std::string& name);

/// Words with bytes that check_words() warns about.
struct OddWords {
  std::int64_t count = 0, first = 0;  // number of words, row of the first
};
OddWords odd_words(const WordList& words);
/// `first`: the first of them.
void warn_of(const OddWords& odd, std::string_view first, const std::string& name);

/// Key of EmbeddingTable::steps() in the metadata of formats that have some.
constexpr const char* kStoredSteps = "postprocess";
/// The table with the steps that the metadata of its file names, if it names any.
EmbeddingTable with_stored_steps(const EmbeddingTable& table, const nlohmann::json& metadata);

/// Memory for `count` floats that no thread has written to yet. Its pages are assigned to the
/// threads that fill it, not to the thread that allocates it.
std::shared_ptr<float> new_floats(std::int64_t count);

/// The lines of a text file (core/io/text_file.h) without a byte order mark and without empty lines
/// at the end. Error if the content is not UTF-8; `name`: the file's name, for the message.
std::vector<std::string_view> lines_of(std::string_view content, const std::string& name);
/// Whether a word that is written as line `row` of a file is read back by lines_of(): blanks at its
/// end and a byte order mark at the start of the file are not.
bool is_kept_by_lines(std::string_view word, std::int64_t row);

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
