#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/counts/sparse_view.h"

namespace wordbridge {

/// Writes the matrix as a Matrix Market file (`matrix coordinate`, `integer` if all values are
/// whole numbers, else `real`, `general`), which scipy, gensim, R and Julia read; compressed if the
/// name ends in .gz. Numbers are written so that the same float64 is read back. `comments`: lines
/// after the header. Throws Interrupted.
void write_matrix_market(const SparseView& matrix, const std::filesystem::path& path,
                         const std::vector<std::string>& comments);

/// A matrix read from a file.
struct MarketMatrix {
  SparseMatrix matrix;
  std::vector<std::string> comments;  // lines after the header, without %
};

/// Reads a Matrix Market file of counts, plain or compressed: `coordinate`; `integer`, `real` or
/// `pattern` (all values are 1); `general` or `symmetric`. Entries may be in any order; zeros are
/// dropped. Memory: 24 bytes per entry while reading. Error with the line: another format, an index
/// that is out of range, a value that is negative or not finite, an entry that is given twice, more
/// or fewer entries than announced. Throws Interrupted.
MarketMatrix read_matrix_market(const std::filesystem::path& path);

}  // namespace wordbridge
