#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "core/threads.h"
#include "data/vectors/vector_format.h"

/// Shared code of the fuzz targets. Each target calls fuzz_reader() from LLVMFuzzerTestOneInput.
namespace wordbridge {

/// Checks a table that a reader has accepted: all memory of the words and vectors is readable, all
/// elements are finite, and each word is found at its index.
inline void check_vectors(const EmbeddingTable& table) {
  WB_ASSERT(table.dim() >= 1 && table.size() >= 0);
  std::size_t letters = 0;
  for (std::int64_t i = 0; i < table.size(); ++i) {
    for (const char letter : table.word(i)) letters += letter != 'a' ? 1 : 0;
    WB_ASSERT(!table.word(i).empty() && table.find(table.word(i)) == i);
  }
  WB_ASSERT(letters < std::size_t{1} << 60);
  for (std::int64_t i = 0; i < table.size() * table.dim(); ++i)
    WB_ASSERT(std::isfinite(table.data()[i]));
}

/// Calls `read` with a single thread, so that the fuzzer can trace it. An Error is a valid response
/// to bad content.
template <class Read>
int fuzz_reader(const Read& read) {
  static const bool ready = [] {
    set_threads(1);
    return true;
  }();
  WB_ASSERT(ready);
  try {
    read();
  } catch (const Error&) {
  }
  return 0;
}

inline std::string_view view_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Splits an input into two files. The first two bytes hold the length of the second file, which is
/// at the end of the input.
inline std::pair<std::string_view, std::string_view> two_files(std::string_view input) {
  std::uint16_t second = 0;
  if (input.size() < sizeof second) return {input, {}};
  std::memcpy(&second, input.data(), sizeof second);
  input.remove_prefix(sizeof second);
  const std::size_t size = second <= input.size() ? second : input.size();
  return {input.substr(0, input.size() - size), input.substr(input.size() - size)};
}

/// Reads the content in the given format, if the format recognises it. `neighbour` is the content
/// of every file next to it.
inline std::optional<EmbeddingTable> read_as(VectorFormat format, std::string_view content,
                                             std::string_view neighbour = {}) {
  VectorFile file;
  file.path = "fuzz";
  file.content = content;
  file.neighbour = [neighbour](const std::string&) { return std::optional(neighbour); };
  const VectorFormatInfo& info = vector_format(format);
  if (!info.recognise(file)) return std::nullopt;
  EmbeddingTable table = info.read(file);
  check_vectors(table);
  return table;
}

}  // namespace wordbridge
