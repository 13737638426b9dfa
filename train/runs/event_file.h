#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wordbridge {

/// TensorBoard's event files: records in the framing of TFRecord,
///
///     u64 length | u32 masked CRC-32C of it | data | u32 masked CRC-32C of the data
///
/// each of which is a message Event of Protocol Buffers. Its few fields that are used here are
/// encoded by hand: libprotobuf would need the message definitions of TensorFlow, a compiler for
/// them and a second library in every program.

/// Values of one step of a training.
class EventValues {
 public:
  bool empty() const { return summary_.empty(); }
  /// A scalar, stored as float32.
  void add(std::string_view tag, double value);
  /// A histogram of finite values, at least one, with 30 bins of the same width.
  void add_histogram(std::string_view tag, const std::vector<float>& values);
  /// The record of these values. `seconds`: the time, since 1970.
  std::string record(double seconds, std::int64_t step) const;

 private:
  std::string summary_;  // the message Summary
};

/// The first records of an event file: the version of the format, and the start of a training,
/// which lets TensorBoard forget the events of an earlier file of the same folder.
std::string event_file_start(double seconds);

/// CRC-32C (Castagnoli) of the bytes.
std::uint32_t crc32c(std::string_view bytes);

}  // namespace wordbridge
