#pragma once

#include <cstdint>
#include <memory>

namespace wordbridge {

/// Memory that is kept from call to call (fresh pages would cost as much as the work), aligned to a
/// cache line; much of it in huge pages where the system gives them, for rows that are read here
/// and there. What it holds is undefined at first.
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
