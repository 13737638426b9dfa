#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "core/threads.h"
#include "data/vectors/formats.h"

/// What the fuzz targets share. A target's file calls fuzz_reader() from LLVMFuzzerTestOneInput.
namespace wordbridge {

/// What a reader accepts must be whole: every letter and number can be read, every number is
/// finite.
inline void check_vectors(const ParsedVectors& parsed) {
  WB_ASSERT(parsed.dim >= 1 && parsed.words.size() >= 0);
  std::size_t letters = 0;
  for (std::int64_t i = 0; i < parsed.words.size(); ++i) {
    for (const char letter : parsed.words[i]) letters += letter != 'a' ? 1 : 0;
  }
  WB_ASSERT(letters < std::size_t{1} << 60);
  for (std::int64_t i = 0; i < parsed.words.size() * parsed.dim; ++i)
    WB_ASSERT(std::isfinite(parsed.rows.get()[i]));
}

/// Reads by one thread, which the fuzzer can follow. An Error is a right answer to bad content.
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

/// Two files in one input: two bytes say how long the second is, which stands at the end.
inline std::pair<std::string_view, std::string_view> two_files(std::string_view input) {
  std::uint16_t second = 0;
  if (input.size() < sizeof second) return {input, {}};
  std::memcpy(&second, input.data(), sizeof second);
  input.remove_prefix(sizeof second);
  const std::size_t size = second <= input.size() ? second : input.size();
  return {input.substr(0, input.size() - size), input.substr(input.size() - size)};
}

}  // namespace wordbridge
