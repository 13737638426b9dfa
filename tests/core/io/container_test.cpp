#include "core/io/container.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

std::string written(const TempFolder& folder, const std::string& name = "a.wb") {
  const std::vector<float> values = {1.5f, -2.0f, 3.25f};
  const std::vector<std::int64_t> counts = {7, 8};
  ContainerWriter writer("checkpoint", {{"epoch", 3}});
  writer.add("values", DType::f32, {3, 1}, values.data());
  writer.add("counts", counts);
  writer.add("text", "abc");
  writer.write(folder / name);
  return (folder / name).string();
}

TEST(ContainerTest, GivesBackWhatWasWritten) {
  const TempFolder folder;
  const ContainerReader reader(written(folder), "checkpoint");
  EXPECT_EQ(reader.meta().at("epoch"), 3);
  EXPECT_EQ(reader.array("values").shape, (std::vector<std::int64_t>{3, 1}));
  EXPECT_EQ(reader.f32("values")[2], 3.25f);
  EXPECT_EQ(reader.i64("counts")[1], 8);
  EXPECT_EQ(reader.bytes("text"), "abc");
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(reader.f32("values")) % 64, 0u);
}

TEST(ContainerTest, SameContentSameBytes) {
  const TempFolder folder;
  EXPECT_EQ(slurp(written(folder, "a.wb")), slurp(written(folder, "b.wb")));
}

TEST(ContainerTest, RefusesEveryTruncation) {
  const TempFolder folder;
  const std::string whole = slurp(written(folder));
  for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 97) {
    const auto path = folder.write("cut.wb", whole.substr(0, size));
    EXPECT_THROW(ContainerReader(path, "checkpoint"), Error) << size;
  }
}

TEST(ContainerTest, RefusesEveryFlippedByte) {
  const TempFolder folder;
  const std::string whole = slurp(written(folder));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x20);
    if (i >= 12 && i < 16) continue;  // unused
    EXPECT_THROW(ContainerReader(folder.write("bad.wb", damaged), "checkpoint"), Error) << i;
  }
}

TEST(ContainerTest, SaysWhatWasExpectedAndFound) {
  const TempFolder folder;
  const auto path = written(folder);
  const auto kind = message_of<Error>([&] { ContainerReader(path, "vectors"); });
  EXPECT_NE(kind.find("expected: vectors"), std::string::npos) << kind;
  EXPECT_NE(kind.find("got:      checkpoint"), std::string::npos) << kind;
  const ContainerReader reader(path, "checkpoint");
  const auto type = message_of<Error>([&] { reader.i32("values"); });
  EXPECT_NE(type.find("expected: i32"), std::string::npos) << type;
  const auto missing = message_of<Error>([&] { reader.f32("nothing"); });
  EXPECT_NE(missing.find("'nothing'"), std::string::npos) << missing;
  const auto other = message_of<Error>(
      [&] { ContainerReader(folder.write("x", std::string(100, 'x')), "vectors"); });
  EXPECT_NE(other.find("not a wordbridge file"), std::string::npos) << other;
}

}  // namespace
}  // namespace wordbridge
