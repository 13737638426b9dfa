#include "core/rounds.h"

namespace wordbridge {

RowBlocks divide_rows(const std::vector<std::int64_t>& counts,
                      const std::function<double(std::int64_t count)>& row_bytes,
                      double round_bytes, std::int64_t workers) {
  constexpr double kBlocksPerWorker = 8, kLeastBlocks = 256;
  std::int64_t all = 0;
  for (const std::int64_t count : counts) all += count;
  const double block_bytes = round_bytes / (kBlocksPerWorker * static_cast<double>(workers));
  const double block_work = static_cast<double>(all) / kLeastBlocks;
  RowBlocks blocks;
  blocks.rows = {0};
  blocks.rounds = {0};
  double bytes = 0, work = 0, bytes_in_round = 0;
  const auto rows = static_cast<std::int64_t>(counts.size());
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::int64_t count = counts[at(row)];
    const auto row_work = static_cast<double>(count);
    const double row_size = row_bytes(count);
    if (row > blocks.rows.back() &&
        (bytes + row_size > block_bytes || work + row_work > block_work)) {
      if (bytes_in_round > 0 && bytes_in_round + bytes > round_bytes) {
        blocks.rounds.push_back(blocks.blocks());
        bytes_in_round = 0;
      }
      bytes_in_round += bytes;
      blocks.rows.push_back(row);
      bytes = work = 0;
    }
    bytes += row_size;
    work += row_work;
  }
  if (bytes_in_round > 0 && bytes_in_round + bytes > round_bytes)
    blocks.rounds.push_back(blocks.blocks());
  if (rows > 0) blocks.rows.push_back(rows);
  blocks.rounds.push_back(blocks.blocks());
  return blocks;
}

}  // namespace wordbridge
