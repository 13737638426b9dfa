#include "train/device.h"

#include "core/text.h"

namespace wordbridge {

std::optional<DeviceChoice> parse_device(const std::string& text) {
  using Kind = DeviceChoice::Kind;
  if (text == "auto") return DeviceChoice{Kind::automatic, 0};
  if (text == "cpu") return DeviceChoice{Kind::cpu, 0};
  if (text == "cuda") return DeviceChoice{Kind::cuda, 0};
  if (text.rfind("cuda:", 0) != 0) return std::nullopt;
  const std::string number = text.substr(5);
  if (number.empty() || number.size() > 3 ||
      number.find_first_not_of("0123456789") != std::string::npos)
    return std::nullopt;
  return DeviceChoice{Kind::cuda, *parse_integer(number)};
}

std::string device_name(const DeviceChoice& device) {
  switch (device.kind) {
    case DeviceChoice::Kind::automatic:
      return "auto";
    case DeviceChoice::Kind::cpu:
      return "cpu";
    case DeviceChoice::Kind::cuda:
      break;
  }
  return "cuda:" + std::to_string(device.index);
}

}  // namespace wordbridge
