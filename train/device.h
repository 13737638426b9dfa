#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace wordbridge {

/// Device of the tensors, the `device:` key of a configuration. Does not depend on LibTorch;
/// find_device() in torch_runtime.h returns the device itself.
struct DeviceChoice {
  enum class Kind {
    automatic,  // a GPU if available
    cpu,
    cuda
  };
  Kind kind = Kind::automatic;
  std::int64_t index = 0;  // of the GPU
};

/// Parses auto, cpu, cuda (the first GPU) or cuda:N, where N has at most three digits. Empty for
/// any other text.
std::optional<DeviceChoice> parse_device(const std::string& text);
/// "auto", "cpu", "cuda:0"
std::string device_name(const DeviceChoice& device);

}  // namespace wordbridge
