#pragma once

#include <cstdint>
#include <string>
#include <vector>

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

}  // namespace wordbridge
