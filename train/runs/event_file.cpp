#include "train/runs/event_file.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/io/spilled_blocks.h"

// The numbers of fields are those of event.proto and summary.proto of TensorFlow.

namespace wordbridge {
namespace {

/// A message in the wire format of Protocol Buffers.
class Message {
 public:
  Message& integer(int field, std::int64_t value) {
    put_key(field, 0);
    put_number(bytes_, static_cast<std::uint64_t>(value));
    return *this;
  }
  Message& float64(int field, double value) {
    put_key(field, 1);
    return put(&value, sizeof value);
  }
  Message& float32(int field, float value) {
    put_key(field, 5);
    return put(&value, sizeof value);
  }
  /// Text, or another message.
  Message& text(int field, std::string_view value) {
    put_key(field, 2);
    put_number(bytes_, value.size());
    return put(value.data(), value.size());
  }
  /// A packed list.
  Message& list(int field, const std::vector<double>& values) {
    return text(field, {reinterpret_cast<const char*>(values.data()), 8 * values.size()});
  }
  const std::string& bytes() const { return bytes_; }

 private:
  void put_key(int field, int wire_type) {
    put_number(bytes_, static_cast<std::uint64_t>(field * 8 + wire_type));
  }
  Message& put(const void* data, std::size_t size) {  // the machine is little-endian
    bytes_.append(static_cast<const char*>(data), size);
    return *this;
  }

  std::string bytes_;
};

/// TFRecord masks checksums, so that one of data that holds checksums is not weak.
std::uint32_t masked_checksum(std::string_view bytes) {
  const std::uint32_t crc = crc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

std::string framed(std::string_view data) {
  std::string record(8, '\0');
  const auto append_checksum = [&record](std::string_view of) {
    const std::uint32_t checksum = masked_checksum(of);
    record.append(reinterpret_cast<const char*>(&checksum), sizeof checksum);
  };
  const std::uint64_t size = data.size();
  std::memcpy(record.data(), &size, sizeof size);
  append_checksum(std::string(record));
  record += data;
  append_checksum(data);
  return record;
}

Message event(double seconds, std::int64_t step) {
  return Message().float64(1, seconds).integer(2, step);
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  static const auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
      std::uint32_t crc = byte;
      for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0x82f63b78U & (0U - (crc & 1U)));
      table[byte] = crc;
    }
    return table;
  }();
  std::uint32_t crc = ~0U;
  for (const char byte : bytes)
    crc = (crc >> 8) ^ kTable[(crc ^ static_cast<unsigned char>(byte)) & 255U];
  return ~crc;
}

void EventValues::add(std::string_view tag, double value) {
  const Message scalar = Message().text(1, tag).float32(2, static_cast<float>(value));
  summary_ += Message().text(1, scalar.bytes()).bytes();
}

void EventValues::add_histogram(std::string_view tag, const std::vector<float>& values) {
  constexpr std::size_t kBins = 30;
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const double low = *least, high = *most;
  const std::size_t bins = low < high ? kBins : 1;
  const double width = (high - low) / static_cast<double>(bins);
  std::vector<double> limits(bins, high), counts(bins);
  for (std::size_t bin = 0; bin + 1 < bins; ++bin)
    limits[bin] = low + width * static_cast<double>(bin + 1);
  double sum = 0, squares = 0;
  for (const double value : values) {
    const std::size_t bin = bins == 1 ? 0 : static_cast<std::size_t>((value - low) / width);
    ++counts[std::min(bin, bins - 1)];
    sum += value;
    squares += value * value;
  }
  const Message histogram = Message()
                                .float64(1, low)
                                .float64(2, high)
                                .float64(3, static_cast<double>(values.size()))
                                .float64(4, sum)
                                .float64(5, squares)
                                .list(6, limits)
                                .list(7, counts);
  summary_ += Message().text(1, Message().text(1, tag).text(5, histogram.bytes()).bytes()).bytes();
}

std::string EventValues::record(double seconds, std::int64_t step) const {
  return framed(event(seconds, step).text(5, summary_).bytes());
}

std::string event_file_start(double seconds) {
  const Message start = Message().integer(1, 1);  // SessionLog: START
  return framed(event(seconds, 0).text(3, "brain.Event:2").bytes()) +
         framed(event(seconds, 0).text(7, start.bytes()).bytes());
}

}  // namespace wordbridge
