#include "data/text/id_store.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/log.h"

namespace wordbridge {
namespace {

std::uint64_t bytes_of(std::int64_t ids) {
  return static_cast<std::uint64_t>(ids) * sizeof(std::int32_t);
}

}  // namespace

IdStore::IdStore(const std::filesystem::path& folder)
    : file_(std::make_unique<ScratchFile>(folder)) {}

void IdStore::append(const std::int32_t* ids, std::size_t count) {
  if (file_) {
    try {
      file_->append(ids, count * sizeof *ids);
    } catch (const Error& error) {
      warn("the encoded corpus is kept in memory from now on: {}", error.what());
      move_to_memory();
    }
  }
  if (!file_) memory_.insert(memory_.end(), ids, ids + count);
  size_ += static_cast<std::int64_t>(count);
}

void IdStore::move_to_memory() {
  memory_.resize(static_cast<std::size_t>(size_));
  file_->read(0, memory_.data(), memory_.size() * sizeof(std::int32_t));
  file_.reset();
}

void IdStore::read(std::int64_t begin, std::int32_t* ids, std::size_t count) const {
  if (file_) {
    file_->read(bytes_of(begin), ids, count * sizeof *ids);
  } else {
    std::copy_n(memory_.begin() + begin, count, ids);
  }
}

void IdStore::write(std::int64_t begin, const std::int32_t* ids, std::size_t count) {
  if (file_) {
    file_->write(bytes_of(begin), ids, count * sizeof *ids);
  } else {
    std::copy_n(ids, count, memory_.begin() + begin);
  }
}

void IdStore::cut(std::int64_t size) {
  size_ = size;
  if (file_) {
    file_->resize(bytes_of(size));
  } else {
    memory_.resize(static_cast<std::size_t>(size));
  }
}

SharedArray<std::int32_t> IdStore::take() {
  const std::int64_t size = std::exchange(size_, 0);
  if (!file_) return SharedArray<std::int32_t>(std::exchange(memory_, {}));
  const auto mapped = file_->map();
  file_.reset();
  return {mapped, reinterpret_cast<const std::int32_t*>(mapped->data()), size};
}

}  // namespace wordbridge
