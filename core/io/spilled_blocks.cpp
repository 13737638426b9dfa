#include "core/io/spilled_blocks.h"

#include <algorithm>
#include <cstring>

#include "core/error.h"
#include "core/index.h"

namespace wordbridge {

NumberReader::NumberReader(const ScratchFile& file, std::uint64_t begin, std::uint64_t end,
                           std::size_t buffer)
    : file_(file), bytes_(end - begin), position_(begin), left_(bytes_) {
  buffer_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(buffer, left_)) +
                 static_cast<std::size_t>(kLongest));
  place_ = filled_ = buffer_.data();
}

void NumberReader::refill() {
  const auto kept = static_cast<std::size_t>(filled_ - place_);
  std::memmove(buffer_.data(), place_, kept);
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size() - kept, left_));
  file_.read(position_, buffer_.data() + kept, size);
  position_ += size;
  left_ -= size;
  place_ = buffer_.data();
  filled_ = place_ + kept + size;
}

void SpilledBlocks::add_block(const SpilledBlock& block) {
  constexpr std::size_t kBuffer = std::size_t{1} << 18;
  buffer_ += block.bytes;
  end_.push_back(bytes());
  if (buffer_.size() >= kBuffer) flush();
}

void SpilledBlocks::flush() {
  file_.append(buffer_.data(), buffer_.size());
  buffer_.clear();
}

NumberReader SpilledBlocks::block(std::int64_t part, std::int64_t block, std::size_t buffer) const {
  WB_ASSERT(buffer_.empty());
  const std::int64_t index = part * blocks_ + block;
  return {file_, index == 0 ? 0 : end_[at(index - 1)], end_[at(index)], buffer};
}

}  // namespace wordbridge
