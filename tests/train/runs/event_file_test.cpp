#include "train/runs/event_file.h"

#include <gtest/gtest.h>

namespace wordbridge {
namespace {

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto value = static_cast<unsigned char>(byte);
    text += kDigits[value / 16];
    text += kDigits[value % 16];
  }
  return text;
}

TEST(EventFileTest, ChecksumsAreThoseOfTheStandard) {
  // RFC 3720, B.4, and the check value of CRC-32C.
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aaU);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43U);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
}

TEST(EventFileTest, ARecordHasTheBytesOfTheFormat) {
  EventValues values;
  EXPECT_TRUE(values.empty());
  values.add("a", 1);
  EXPECT_FALSE(values.empty());
  const std::string record = values.record(1.5, 300);
  const std::string data =
      "09000000000000f83f"  // field 1, float64: the time 1.5
      "10ac02"              // field 2, integer: the step 300
      "2a0a"                // field 5, 10 bytes: a summary
      "0a08"                // its field 1, 8 bytes: a value
      "0a0161"              // field 1, 1 byte: the tag "a"
      "150000803f";         // field 2, float32: 1
  ASSERT_EQ(record.size(), 8 + 4 + data.size() / 2 + 4);
  EXPECT_EQ(hex(record.substr(0, 8)), "1800000000000000");
  EXPECT_EQ(hex(record.substr(12, 24)), data);
}

}  // namespace
}  // namespace wordbridge
