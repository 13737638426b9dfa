#pragma once

#include <cstdint>
#include <memory>

namespace wordbridge {

/// Memory that is reused from call to call (fresh pages would cost as much as the work), aligned to
/// cache lines. Large allocations use huge pages if the system provides them, for random access to
/// rows. The initial content is undefined.
class Scratch {
 public:
  float* get(std::int64_t size);

 private:
  struct Free {
    void operator()(float* values) const;
  };
  std::unique_ptr<float, Free> values_;
  std::int64_t size_ = 0;
};

}  // namespace wordbridge
