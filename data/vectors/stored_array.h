#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "data/vectors/vector_format.h"

/// Formats that store the vectors as one array, separately from the words.
namespace wordbridge {

template <class T>
T little_endian(std::string_view bytes) {
  T value{};
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

/// Number types that can be read. All are converted to float32.
enum class NumberType { f16, bf16, f32, f64, i8, i32, i64 };

/// An array in a file, as described by its header.
struct StoredArray {
  std::int64_t rows = 0, dim = 0;
  NumberType type = NumberType::f32;
  std::string_view data;
  bool is_big_endian = false;
  bool is_by_columns = false;  // Fortran order: the numbers of a column are adjacent
};

/// Error if the array has no rows or columns, or its size does not match its data.
void check_size(const StoredArray& array, const std::string& name);
/// Copies the rows [begin, end), as float32, to `to`, which starts with row `begin`.
void copy_rows(const StoredArray& array, std::int64_t begin, std::int64_t end, float* to);
/// Element `i` of an array of integers.
std::int64_t integer_at(const StoredArray& array, std::int64_t i);

/// Rows of the array with their words. `words_end`: the file states where each word ends, so that
/// an empty one is certain (ParsedVectors). Error if it is not a matrix with one row per word, or a
/// number is not finite.
EmbeddingTable read_array(const StoredArray& array, const std::vector<std::string_view>& words,
                          const VectorFile& file, bool words_end = false);

/// Lines of the first of STEM.words, STEM.vocab and STEM.txt that exists. Error if none does.
std::vector<std::string_view> neighbouring_words(const VectorFile& file);

}  // namespace wordbridge
