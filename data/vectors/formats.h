#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/file.h"
#include "data/vectors/embedding_table.h"
#include "data/vectors/word_index.h"

/// The parts of vector_files.h, by format. For data/vector_files*.cpp and their tests only.
namespace wordbridge {

/// The line "count dim" that word2vec and fastText write first.
struct VectorHeader {
  std::int64_t rows = 0, dim = 0;
  std::size_t bytes = 0;  // of the line with its end
};
/// Nothing if the first line is not just two whole numbers; Error if one of them is below 1.
std::optional<VectorHeader> parse_header(std::string_view content, const std::string& name);

/// Memory for so many floats that nobody has written to yet: the threads that fill it get its
/// pages, not the one that asks for it.
std::shared_ptr<float> new_floats(std::int64_t count);

/// What a file holds, before words that occur again are dropped.
struct ParsedVectors {
  WordList words;
  std::shared_ptr<float> rows;  // [words.size(), dim]
  std::int64_t dim = 0;
  std::shared_ptr<const SubwordVectors> unseen = nullptr;
};

/// The content of the file of words beside the vectors; Error if there is none.
using WordsBeside = std::function<std::string_view()>;

/// Whether what follows the header is word2vec's binary form; `body` starts after the header.
bool is_binary_body(std::string_view body, const VectorHeader& header);
/// `limit` 0: all rows. Errors as of read_vectors; `name` stands for the file in them.
ParsedVectors parse_binary_vectors(std::string_view content, const VectorHeader& header,
                                   std::int64_t limit, const std::string& name);
ParsedVectors parse_text_vectors(std::string_view content,
                                 const std::optional<VectorHeader>& header, std::int64_t limit,
                                 const std::string& name);
/// Whether the line is a word and exactly `dim` numbers.
bool is_text_row(std::string_view line, std::int64_t dim);

/// The program fastText's models, with and without a magic number, also quantised ones. The table's
/// words are its words without the labels; its n-grams make vectors of other words. `keeper` keeps
/// `content` alive.
bool is_fasttext(std::string_view content);
ParsedVectors parse_fasttext_vectors(std::string_view content, std::shared_ptr<const void> keeper,
                                     std::int64_t limit, const std::string& name);

/// NumPy's .npy (<f4, <f8, <f2, C order); the words are a line each in the file beside it.
bool is_numpy(std::string_view content);
ParsedVectors parse_numpy_vectors(std::string_view content, const WordsBeside& words,
                                  std::int64_t limit, const std::string& name);
/// safetensors with one matrix (F32, F64, F16, BF16); the words are a JSON list in its metadata
/// ("words"), or beside it as NumPy's.
bool is_safetensors(std::string_view content);
ParsedVectors parse_safetensors_vectors(std::string_view content, const WordsBeside& words,
                                        std::int64_t limit, const std::string& name);
/// TensorBoard's projector: lines of numbers between tabs; `metadata` has the words. Lines of
/// numbers are a projector's only if there is such a file.
bool is_projector(std::string_view content);
ParsedVectors parse_projector_vectors(std::string_view content, std::string_view metadata,
                                      std::int64_t limit, const std::string& name);
/// The lines, without their ends (LF or CRLF) and without an empty last one.
std::vector<std::string_view> lines_of(std::string_view content);

/// These write the words' file too.
void write_numpy_vectors(const EmbeddingTable& table, const fs::path& path);
void write_projector_vectors(const EmbeddingTable& table, const fs::path& path);
void write_safetensors_vectors(const EmbeddingTable& table, AtomicFile& file);
void write_binary_vectors(const EmbeddingTable& table, AtomicFile& file);
void write_text_vectors(const EmbeddingTable& table, AtomicFile& file);

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
