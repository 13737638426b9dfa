#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "data/counts/sparse_view.h"

namespace wordbridge {

/// Writes the matrix as a Matrix Market file (`matrix coordinate`, `integer` if all values are
/// whole numbers, else `real`, `general`), which scipy, gensim, R and Julia read; compressed if the
/// name ends in .gz. Numbers are written so that the same float64 is read back. `comments`: lines
/// after the header. Memory: about 10 MB, whatever the size of the matrix. Throws Interrupted.
void write_matrix_market(const SparseView& matrix, const std::filesystem::path& path,
                         const std::vector<std::string>& comments);

/// What precedes the entries of a file.
struct MarketHeader {
  std::int64_t rows = 0, cols = 0;
  std::int64_t entries = 0;           // that the file lists
  bool symmetric = false;             // entries off the diagonal count twice
  std::vector<std::string> comments;  // lines between the first line and the size line, without %
};

/// A matrix read from a file.
struct MarketMatrix {
  SparseMatrix matrix;
  MarketHeader header;
  std::int64_t lines = 0;
  bool ends_with_newline = false;
};

/// Reads the beginning of a Matrix Market file, plain or compressed, up to its size line. Errors:
/// those of read_matrix_market() that concern these lines.
MarketHeader read_market_header(const std::filesystem::path& path);

/// Reads a Matrix Market file of counts, plain or compressed: `coordinate`; `integer`, `real` or
/// `pattern` (all values are 1); `general` or `symmetric`. Entries may be in any order; zeros are
/// dropped. `check` may throw at the header, before anything of its size is allocated. Memory: 36
/// bytes per entry and 8 per row. Error with the line: another format, an index that is out of
/// range, a value that is negative or not finite, an entry that is given twice, more or fewer
/// entries than announced. Throws Interrupted.
MarketMatrix read_matrix_market(const std::filesystem::path& path,
                                const std::function<void(const MarketHeader&)>& check = {});

}  // namespace wordbridge
