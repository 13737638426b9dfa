#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace wordbridge {

/// How the numbers of an array, of a table of vectors, or of a metric over the epochs, differ.
struct NumbersDifference {
  std::string name;
  std::int64_t count = 0, different = 0;  // numbers, and those that differ
  double largest = 0;                     // absolute difference; NaN if only one is NaN or infinite
  double magnitude = 0;                   // largest absolute value of the first
};

/// How two files of runs differ.
struct FileDifference {
  std::string file;                        // its name in both runs
  std::string what;                        // in a few words
  std::vector<NumbersDifference> numbers;  // those that differ
};

/// Compares two files of the same kind: metrics line by line, binary files array by array, vectors
/// and JSON number by number, others byte by byte. Checkpoints are compared without the identity of
/// the run and the lengths of its logs. Nothing if they are the same. Error if a file can't be
/// read.
std::optional<FileDifference> file_difference(const std::string& name,
                                              const std::filesystem::path& first,
                                              const std::filesystem::path& second);

}  // namespace wordbridge
