#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace wordbridge {

/// Where tensors are: `device:` of a configuration. No LibTorch; see find_device() of
/// torch_runtime.h.
struct DeviceChoice {
  enum class Kind {
    automatic,  // a GPU if there is one
    cpu,
    cuda
  };
  Kind kind = Kind::automatic;
  std::int64_t index = 0;  // of the GPU
};

/// auto, cpu, cuda (the first GPU) or cuda:N with N of at most three digits; nothing for any other
/// text.
std::optional<DeviceChoice> parse_device(const std::string& text);
/// "auto", "cpu", "cuda:0"
std::string device_name(const DeviceChoice& device);

}  // namespace wordbridge
