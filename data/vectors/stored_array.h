#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "data/vectors/vector_format.h"

/// The formats that hold the vectors as one array, and the words apart from it.
namespace wordbridge {

template <class T>
T little_endian(std::string_view bytes) {
  T value{};
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

/// The types of numbers that are read; all become float32.
enum class NumberType { f16, bf16, f32, f64 };

/// An array in a file, as its header describes it.
struct StoredArray {
  std::int64_t rows = 0, dim = 0;
  NumberType type = NumberType::f32;
  std::string_view data;
};

/// The array's rows with their words. Error if it is not a matrix of as many rows as words, or a
/// number is not finite.
EmbeddingTable read_array(const StoredArray& array, const std::vector<std::string_view>& words,
                          const VectorFile& file);

/// The lines of STEM.words, STEM.vocab or STEM.txt, the first that exists. Error if none does.
std::vector<std::string_view> neighbouring_words(const VectorFile& file);

}  // namespace wordbridge
