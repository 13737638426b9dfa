#include "kernels/simd/scratch.h"

#include <sys/mman.h>

#include <cstdlib>
#include <new>

namespace wordbridge {
namespace {

constexpr std::size_t kCacheLine = 64, kHugePage = std::size_t{2} << 20;

}  // namespace

float* Scratch::get(std::int64_t size) {
  if (size <= size_) return values_.get();
  values_.reset();
  size_ = 0;
  const std::size_t bytes = static_cast<std::size_t>(size) * sizeof(float);
  const std::size_t alignment = bytes >= 2 * kHugePage ? kHugePage : kCacheLine;
  const std::size_t whole = (bytes + alignment - 1) / alignment * alignment;
  values_.reset(static_cast<float*>(std::aligned_alloc(alignment, whole)));
  if (!values_) throw std::bad_alloc();
  // Only a hint: a system without huge pages uses small ones.
  if (alignment == kHugePage) (void)madvise(values_.get(), whole, MADV_HUGEPAGE);
  size_ = size;
  return values_.get();
}

void Scratch::Free::operator()(float* values) const { std::free(values); }

}  // namespace wordbridge
