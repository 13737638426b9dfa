#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/counts/count_options.h"

namespace wordbridge {

/// Some rows of a matrix under construction.
struct CountedRows {
  std::vector<std::int64_t> sizes;   // entries of each row
  std::vector<std::int32_t> column;  // [entries]
  std::string sums;                  // [entries], coded by put_number()
  void clear() {
    sizes.clear();
    column.clear();
    sums.clear();
  }
};

/// Rows divided into consecutive blocks that are computed in parallel, and blocks into rounds whose
/// results are held in memory at the same time.
struct RowBlocks {
  std::vector<std::int64_t> rows;    // [blocks + 1]: first row of each block
  std::vector<std::int64_t> rounds;  // [rounds + 1]: first block of each round
  std::int64_t blocks() const { return static_cast<std::int64_t>(rows.size()) - 1; }
};

/// `counts` [types]: occurrences of each row's word. `columns`: those of the matrix. `round_bytes`:
/// memory for the results of a round. `workers`: threads.
RowBlocks divide_rows(const std::vector<std::int64_t>& counts, const CountOptions& options,
                      std::int64_t columns, double round_bytes, std::int64_t workers);

}  // namespace wordbridge
