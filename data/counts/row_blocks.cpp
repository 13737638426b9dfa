#include "data/counts/row_blocks.h"

#include <algorithm>

namespace wordbridge {

RowBlocks divide_rows(const std::vector<std::int64_t>& counts, const CountOptions& options,
                      std::int64_t columns, double round_bytes, std::int64_t workers) {
  constexpr double kBytesPerEntry = 8;  // the column, and usually a short sum
  constexpr double kBlocksPerWorker = 8, kLeastBlocks = 256;
  const std::int64_t sides =
      options.sides == CountSides::both || options.sides == CountSides::apart ? 2 : 1;
  const std::int64_t contexts =
      options.context == CountContext::document ? 1 : sides * options.window;
  std::int64_t all_tokens = 0;
  for (const std::int64_t count : counts) all_tokens += count;
  const double block_bytes = round_bytes / (kBlocksPerWorker * static_cast<double>(workers));
  const double block_tokens = static_cast<double>(all_tokens) / kLeastBlocks;
  RowBlocks blocks;
  blocks.rows = {0};
  blocks.rounds = {0};
  double bytes = 0, tokens = 0, bytes_in_round = 0;
  const auto rows = static_cast<std::int64_t>(counts.size());
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::int64_t count = counts[static_cast<std::size_t>(row)];
    const auto row_tokens = static_cast<double>(count);
    const double row_bytes =
        8 + kBytesPerEntry *
                std::min(row_tokens * static_cast<double>(contexts), static_cast<double>(columns));
    if (row > blocks.rows.back() &&
        (bytes + row_bytes > block_bytes || tokens + row_tokens > block_tokens)) {
      if (bytes_in_round > 0 && bytes_in_round + bytes > round_bytes) {
        blocks.rounds.push_back(blocks.blocks());
        bytes_in_round = 0;
      }
      bytes_in_round += bytes;
      blocks.rows.push_back(row);
      bytes = tokens = 0;
    }
    bytes += row_bytes;
    tokens += row_tokens;
  }
  if (bytes_in_round > 0 && bytes_in_round + bytes > round_bytes)
    blocks.rounds.push_back(blocks.blocks());
  if (rows > 0) blocks.rows.push_back(rows);
  blocks.rounds.push_back(blocks.blocks());
  return blocks;
}

}  // namespace wordbridge
