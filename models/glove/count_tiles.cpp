#include "models/glove/count_tiles.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/interrupt.h"
#include "core/rng.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kGroups = 64, kLeastWords = 16, kMostWords = 65536;
constexpr std::int64_t kBlockBytes = 384 << 10;  // two blocks stay in a level 2 cache of 1 MiB

std::int64_t ceil_divide(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace

TileGroups::TileGroups(std::int64_t words, std::int64_t row_bytes)
    : words_(words),
      groups_(std::max(std::clamp<std::int64_t>(words / kLeastWords, 1, kGroups),
                       ceil_divide(words, kMostWords))),
      most_(ceil_divide(words, groups_)),
      first_block_(std::max<std::int64_t>(1, kBlockBytes / row_bytes)),
      blocks_(most_ == 0 ? 0 : block(most_ - 1) + 1) {}

std::int64_t TileGroups::block(std::int64_t place) const {
  std::int64_t block = 0;
  for (std::int64_t end = first_block_; place >= end; end *= 2) ++block;
  return block;
}

CountTiles::CountTiles(const SparseView& counts, const TileGroups& groups, std::uint64_t seed)
    : groups_(groups.groups()), parts_(groups.blocks() * groups.blocks()) {
  WB_ASSERT(counts.rows == groups.words() && counts.cols == groups.words());
  std::vector<std::int64_t> block_of(at(groups.most()));
  for (std::int64_t place = 0; place < groups.most(); ++place)
    block_of[at(place)] = groups.block(place);
  const std::int64_t row_parts = groups_ * parts_;  // parts of all tiles of a group of words
  const auto for_each_count = [&](std::int64_t group, const auto& use) {
    for (std::int64_t word = group; word < counts.rows; word += groups_) {
      const std::int64_t place = groups.place(word);
      for (std::int64_t i = counts.begin[word]; i < counts.begin[word + 1]; ++i) {
        const std::int64_t context = counts.column[i], there = groups.place(context);
        const std::int64_t part = group * row_parts + groups.group(context) * parts_ +
                                  block_of[at(place)] * groups.blocks() + block_of[at(there)];
        use(part, place, there, counts.value[i]);
      }
    }
  };
  begin_.assign(at(groups_ * row_parts) + 1, 0);
  for_each_block(groups_, [&](std::int64_t group) {
    if (interrupted()) throw Interrupted("stopped while arranging the counts");
    for_each_count(group, [&](std::int64_t part, auto...) { ++begin_[at(part) + 1]; });
  });
  for (std::size_t p = 1; p < begin_.size(); ++p) begin_[p] += begin_[p - 1];
  counts_.resize(at(begin_.back()));
  for_each_block(groups_, [&](std::int64_t group) {
    if (interrupted()) throw Interrupted("stopped while arranging the counts");
    const std::int64_t first = group * row_parts;
    std::vector<std::int64_t> next(begin_.begin() + first, begin_.begin() + first + row_parts);
    for_each_count(group, [&](std::int64_t part, std::int64_t place, std::int64_t there, double x) {
      counts_[at(next[at(part - first)]++)] = {static_cast<std::uint16_t>(place),
                                               static_cast<std::uint16_t>(there),
                                               static_cast<float>(std::log(x))};
    });
    for (std::int64_t part = first; part < first + row_parts; ++part) {
      GloveCount* const values = counts_.data() + begin_[at(part)];
      Rng rng(seed, "glove counts", static_cast<std::uint64_t>(part));
      for (auto i = static_cast<std::uint64_t>(begin_[at(part) + 1] - begin_[at(part)]); i > 1; --i)
        std::swap(values[i - 1], values[rng.below(i)]);
    }
  });
}

CountTiles::Part CountTiles::part(std::int64_t words, std::int64_t contexts,
                                  std::int64_t part) const {
  const std::int64_t index = (words * groups_ + contexts) * parts_ + part;
  return {counts_.data() + begin_[at(index)], begin_[at(index) + 1] - begin_[at(index)]};
}

}  // namespace wordbridge
