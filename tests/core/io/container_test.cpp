#include "core/io/container.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "tests/support/old_container.h"
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
    EXPECT_THROW(ContainerReader(folder.write("bad.wb", damaged), "checkpoint"), Error) << i;
  }
}

/// Three pieces of 64 KiB: a damaged one is noticed where it is used, or if everything is verified.
TEST(ContainerTest, VerifiesEachPieceWhereItIsUsed) {
  const TempFolder folder;
  constexpr std::size_t kPiece = 65536;
  std::string values(2 * kPiece + 100, 'a');
  ContainerWriter writer("checkpoint", {});
  writer.add("before", "abc");
  writer.add("values", values);
  writer.write(folder / "whole.wb");
  std::string content = slurp(folder / "whole.wb");
  const std::size_t start = content.find(values);
  ASSERT_NE(start, std::string::npos);
  EXPECT_EQ(start % 64, 0u);

  content[start + kPiece] = 'b';
  const auto path = folder.write("damaged.wb", content);
  EXPECT_THROW(ContainerReader(path, "checkpoint"), Error);
  const ContainerReader reader(path, "checkpoint", /*verify=*/false);
  ASSERT_TRUE(reader.has_pieces());
  const auto pieces = reader.pieces("values");
  pieces->verify(0, kPiece);
  pieces->verify(2 * kPiece, values.size());
  pieces->verify(kPiece, kPiece);  // of none
  EXPECT_NE(message_of<Error>([&] { pieces->verify(0, kPiece + 1); }).find("damaged"),
            std::string::npos);
  EXPECT_THROW(pieces->verify(kPiece, 2 * kPiece), Error) << "again";
  EXPECT_THROW(pieces->verify_all(), Error);
  EXPECT_THROW(reader.verify(), Error);
  reader.pieces("before")->verify_all();

  content[start + kPiece] = 'a';
  content[start + values.size() + 64] ^= 1;  // a checksum of a piece
  const ContainerReader other(folder.write("digest.wb", content), "checkpoint", /*verify=*/false);
  EXPECT_THROW(other.pieces("values"), Error);
}

TEST(ContainerTest, ChecksEachPieceOnceAfterItsChecksum) {
  const TempFolder folder;
  const std::string values(200000, 'a');  // 4 pieces, the last one with its padding
  ContainerWriter writer("checkpoint", {});
  writer.add("values", values);
  writer.write(folder / "a.wb");
  const auto pieces = ContainerReader((folder / "a.wb"), "checkpoint", false).pieces("values");
  std::vector<std::pair<std::size_t, std::size_t>> checked;
  pieces->also_check([&](std::size_t begin, std::size_t end) { checked.emplace_back(begin, end); });
  pieces->verify(70000, 70001);
  pieces->verify_all();
  pieces->verify_all();
  const std::vector<std::pair<std::size_t, std::size_t>> expected = {
      {65536, 131072}, {0, 65536}, {131072, 196608}, {196608, 200000}};
  EXPECT_EQ(checked, expected);
}

TEST(ContainerTest, ReadsFilesOfVersion1) {
  const TempFolder folder;
  const std::string whole =
      old_container("checkpoint", {{"text", "u8", {3}, "abc"}, {"more", "u8", {2}, "de"}});
  const ContainerReader reader(folder.write("old.wb", whole), "checkpoint");
  EXPECT_EQ(reader.bytes("text"), "abc");
  EXPECT_EQ(reader.bytes("more"), "de");
  EXPECT_FALSE(reader.has_pieces());
  for (std::size_t i = 64; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x20);
    const auto path = folder.write("bad.wb", damaged);
    EXPECT_THROW(ContainerReader(path, "checkpoint"), Error) << i;
    EXPECT_THROW(ContainerReader(path, "checkpoint", false).verify(), Error) << i;
  }
  std::string newer = whole;
  newer[8] = 3;
  EXPECT_NE(message_of<Error>([&] {
              ContainerReader(folder.write("new.wb", newer), "checkpoint");
            }).find("format version 1 or 2"),
            std::string::npos);
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
