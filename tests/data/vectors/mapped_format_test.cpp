#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/io/container.h"
#include "data/vectors/vector_files.h"
#include "tests/support/old_container.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::size_t kPiece = 65536;  // bytes that are verified together

std::vector<std::string> words_of(const EmbeddingTable& table) {
  std::vector<std::string> words;
  for (std::int64_t i = 0; i < table.size(); ++i) words.emplace_back(table.word(i));
  return words;
}

/// Rows of `dim` numbers, the row in each; row 0 is zero.
EmbeddingTable counted_rows(std::int64_t size, std::int64_t dim) {
  std::vector<std::string> words;
  std::vector<float> rows;
  for (std::int64_t i = 0; i < size; ++i) {
    words.push_back("word" + std::to_string(i));
    rows.insert(rows.end(), static_cast<std::size_t>(dim), static_cast<float>(i));
  }
  return EmbeddingTable(words, rows, dim, "test");
}

/// Bytes of memory that mappings of the file occupy in this process.
std::size_t resident_bytes_of(const std::filesystem::path& path) {
  std::ifstream maps("/proc/self/smaps");
  std::size_t bytes = 0;
  bool is_file = false;
  for (std::string line; std::getline(maps, line);) {
    if (line.rfind("Rss:", 0) == 0 && is_file) bytes += 1024 * std::stoul(line.substr(4));
    // The first line of a mapping has a range of addresses, such as 7f00-7f10, before the first
    // blank; the others have a name and a colon.
    if (line.substr(0, line.find(' ')).find('-') != std::string::npos)
      is_file = line.find(path.string()) != std::string::npos;
  }
  return bytes;
}

TEST(MappedFormat, HoldsWhatOtherFormatsHold) {
  const TempFolder folder;
  const EmbeddingTable table({"New York", "tab\tword", "caf\xe9", "a", "+", "日本"},
                             {1, 2, 3, 4, 5, 6, 0, 0, 1e-40f, 3e38f, -0.0f, 1}, 2, "test");
  testing::internal::CaptureStderr();
  for (const auto& [name, format] :
       {std::pair("a.wbv", VectorFormat::mapped), std::pair("a.npy", VectorFormat::numpy)})
    write_vectors(table, folder / name, format);
  for (const auto verify : {Verify::now, Verify::when_used}) {
    const auto mapped = read_vectors(folder / "a.wbv", 0, "", verify);
    const auto other = read_vectors(folder / "a.npy");
    EXPECT_EQ(words_of(mapped), words_of(table));
    EXPECT_EQ(words_of(other), words_of(table));
    ASSERT_EQ(mapped.dim(), 2);
    EXPECT_EQ(std::memcmp(mapped.data(), table.data(), 12 * sizeof(float)), 0);
    for (std::int64_t i = 0; i < table.size(); ++i) {
      EXPECT_EQ(mapped.find(table.word(i)), i);
      EXPECT_EQ(mapped.verified_row(i), mapped.row(i));
    }
    for (const char* const word : {"", "New", "new york", "b", "New York "})
      EXPECT_EQ(mapped.find(word), -1) << word;
  }
  testing::internal::GetCapturedStderr();
  EXPECT_EQ(slurp(folder / "a.wbv").substr(0, 12), std::string("WBRIDGE\n\2\0\0\0", 12));
}

TEST(MappedFormat, FindsEachOfManyWords) {
  const TempFolder folder;
  const auto table = counted_rows(30000, 1);
  write_vectors(table, folder / "a.wbv", VectorFormat::mapped);
  const auto mapped = read_vectors(folder / "a.wbv", 0, "", Verify::when_used);
  for (std::int64_t i = 0; i < table.size(); ++i) ASSERT_EQ(mapped.find(table.word(i)), i);
  EXPECT_EQ(mapped.find("word30000"), -1);
  const auto some = read_vectors(folder / "a.wbv", 20000, "", Verify::when_used);
  EXPECT_EQ(some.size(), 20000);
  EXPECT_EQ(some.find("word19999"), 19999);
  EXPECT_EQ(some.find("word20000"), -1) << "beyond the limit";
}

/// 20,000 x 300 float32 are 24 MB. Opening the file uses the header, the index and the checksums of
/// four arrays; a word and its row use one piece of 64 KiB of each of these, or two. Around each of
/// these ten places, the kernel may map 128 KiB more. So 1 MiB and 2 MiB suffice, and a full read
/// would need far more.
TEST(MappedFormat, OpeningReadsNothingButWhatIsUsed) {
  const TempFolder folder;
  const auto path = folder / "big.wbv";
  write_vectors(counted_rows(20000, 300), path, VectorFormat::mapped);
  ASSERT_GT(std::filesystem::file_size(path), 24000000u);
  const auto table = read_vectors(path, 0, "", Verify::when_used);
  EXPECT_LT(resident_bytes_of(path), std::size_t{1} << 20);
  const std::int64_t row = table.find("word12345");
  ASSERT_EQ(row, 12345);
  EXPECT_EQ(table.verified_row(row)[299], 12345);
  EXPECT_GT(resident_bytes_of(path), 0u);
  EXPECT_LT(resident_bytes_of(path), std::size_t{1} << 21);
  // What a full read leaves behind, so that the bound can fail:
  float sum = 0;
  for (std::int64_t i = 0; i < table.size(); ++i) sum += table.row(i)[0];
  EXPECT_GT(sum, 0);
  EXPECT_GT(resident_bytes_of(path), std::size_t{23} << 20);
}

class DamagedMappedFile : public testing::Test {
 protected:
  DamagedMappedFile() {
    write_vectors(counted_rows(2000, 30), folder_ / "whole.wbv", VectorFormat::mapped);
    content_ = slurp(folder_ / "whole.wbv");
    const float row = 700;
    rows_ = content_.find(std::string(120, '\0'), 64);  // row 0
    row_ = content_.find(std::string(reinterpret_cast<const char*>(&row), sizeof row));
  }
  /// The file with one changed byte.
  EmbeddingTable changed(std::size_t byte, Verify verify = Verify::when_used) const {
    std::string content = content_;
    content.at(byte) = static_cast<char>(content.at(byte) ^ 1);
    return read_vectors(folder_.write("changed.wbv", content), 0, "", verify);
  }

  TempFolder folder_;
  std::string content_;
  std::size_t rows_ = 0, row_ = 0;
};

TEST_F(DamagedMappedFile, ItsRowsAreRefusedWhereTheyAreVerified) {
  EXPECT_THAT(message_of<Error>([&] { changed(row_, Verify::now); }),
              AllOf(HasSubstr("damaged"), HasSubstr("checksum"), HasSubstr("changed.wbv")));
  const auto table = changed(row_);
  EXPECT_EQ(table.verified_row(1999)[29], 1999) << "in another piece";
  EXPECT_THROW(table.verified_row(700), Error);
  EXPECT_THROW(table.verify(), Error);
  EXPECT_THROW(write_vectors(table, folder_ / "copy.txt", VectorFormat::text), Error);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "copy.txt"));
}

TEST_F(DamagedMappedFile, ItsWordsAreRefusedWhereTheyAreUsed) {
  const auto letters = content_.find("word700\n");
  ASSERT_NE(letters, std::string::npos);
  EXPECT_THROW(changed(letters, Verify::now), Error);
  const auto table = changed(letters);
  EXPECT_THROW(table.word(700), Error);
  EXPECT_THROW(table.find("word700"), Error);
}

/// Every byte of a small file: nothing that is damaged is used without an error.
TEST_F(DamagedMappedFile, NoChangedByteIsUnnoticed) {
  write_vectors(counted_rows(3, 2), folder_ / "small.wbv", VectorFormat::mapped);
  content_ = slurp(folder_ / "small.wbv");
  for (std::size_t i = 0; i < content_.size(); ++i) {
    EXPECT_THROW(changed(i).verify(), Error) << i;
  }
}

TEST_F(DamagedMappedFile, ItsIndexIsRefusedWhenItIsOpened) {
  for (const std::size_t byte :
       {std::size_t{13}, std::size_t{40}, content_.size() - 1, content_.rfind("word_starts")})
    EXPECT_THAT(message_of<Error>([&] { changed(byte); }), HasSubstr("damaged")) << byte;
}

TEST(MappedFormat, FilesWithoutAHashTableAreReadAsAWhole) {
  const TempFolder folder;
  const std::vector<float> rows{1, 2, 3, 4};
  const std::string bytes(reinterpret_cast<const char*>(rows.data()), 16);
  const auto old = old_container(
      "vectors", {{"words", "u8", {10}, "New York\na"}, {"rows", "f32", {2, 2}, bytes}});
  const auto table = read_vectors(folder.write("old.wbv", old), 0, "", Verify::when_used);
  EXPECT_THAT(words_of(table), ElementsAre("New York", "a"));
  EXPECT_EQ(table.find("a"), 1);
  EXPECT_EQ(table.verified_row(1)[0], 3);
  std::string damaged = old;
  damaged[old.find(bytes)] ^= 1;
  EXPECT_THAT(message_of<Error>([&] {
                read_vectors(folder.write("bad.wbv", damaged), 0, "", Verify::when_used);
              }),
              HasSubstr("checksum"));
  const float nan = std::nanf("");
  std::string infinite = bytes;
  std::memcpy(&infinite[8], &nan, sizeof nan);
  EXPECT_THAT(
      message_of<Error>([&] {
        read_vectors(
            folder.write("nan.wbv", old_container("vectors", {{"words", "u8", {3}, "b\na"},
                                                              {"rows", "f32", {2, 2}, infinite}})),
            0, "", Verify::when_used);
      }),
      AllOf(HasSubstr("not finite"), HasSubstr("row 2")));
}

/// Checksums that agree do not make a file consistent.
TEST(MappedFormat, InconsistentWordsAreRefused) {
  const TempFolder folder;
  const std::vector<float> rows{1, std::nanf(""), 3};
  const auto open = [&](const std::string& letters, const std::vector<std::int64_t>& starts,
                        const std::vector<std::int32_t>& places, std::int64_t size = 3) {
    ContainerWriter writer("vectors", nlohmann::json::object());
    writer.add("words", letters);
    writer.add("word_starts", starts);
    writer.add("word_places", DType::i32, {static_cast<std::int64_t>(places.size() / 2), 2},
               places.data());
    writer.add("rows", DType::f32, {size, 1}, rows.data());
    writer.write(folder / "a.wbv");
    return read_vectors(folder / "a.wbv", 0, "", Verify::when_used);
  };
  const std::vector<std::int32_t> free(8, 0);
  const auto good = open("a\nb\nc", {0, 2, 4, 6}, free);
  EXPECT_THAT(words_of(good), ElementsAre("a", "b", "c"));
  EXPECT_EQ(good.find("a"), -1) << "no place";
  EXPECT_THAT(message_of<Error>([&] { good.verified_row(0); }),
              AllOf(HasSubstr("not finite"), HasSubstr("row 2")));
  // Starts beyond the letters, descending, negative, of an empty word.
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  for (const std::vector<std::int64_t>& starts : {std::vector<std::int64_t>{0, 2, 4, 7},
                                                  {0, 4, 2, 6},
                                                  {-2, 0, 4, 6},
                                                  {0, 1, 4, 6},
                                                  {kMost, -kMost, 4, 6},
                                                  {0, kMost, 4, 6}})
    EXPECT_THROW(words_of(open("a\nb\nc", starts, free)), Error);
  // Places: none, no power of two, a row that does not exist; without a free one, the search ends.
  EXPECT_THROW(open("a\nb\nc", {0, 2, 4, 6}, {}), Error);
  EXPECT_THROW(open("a\nb\nc", {0, 2, 4, 6}, {0, 0, 0, 0, 0, 0}), Error);
  EXPECT_THROW(open("a\nb\nc", {0, 2, 4, 6}, {0, 4}).find("a"), Error);
  EXPECT_THROW(open("a\nb\nc", {0, 2, 4, 6}, {0, -1}).find("a"), Error);
  EXPECT_EQ(open("a\nb\nc", {0, 2, 4, 6}, {0, 1, 0, 2}).find("x"), -1);
  EXPECT_THROW(open("a\nb\nc", {0, 2, 4, 6}, free, 2), Error) << "another number of rows";
  EXPECT_THROW(open("", {0}, free, 0), Error);
}

TEST(MappedFormat, WarnsOfOddWordsWithoutReadingThem) {
  const TempFolder folder;
  const EmbeddingTable table({"a", "b\x01", "c", "caf\xe9"}, {1, 2, 3, 4}, 1, "test");
  write_vectors(table, folder / "a.wbv", VectorFormat::mapped);
  const auto warning = [&](std::int64_t limit) {
    testing::internal::CaptureStderr();
    read_vectors(folder / "a.wbv", limit, "", Verify::when_used);
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_THAT(warning(0), AllOf(HasSubstr("a.wbv: 2 words have invalid UTF-8 or control"),
                                HasSubstr("'b\\x01', row 2")));
  EXPECT_EQ(warning(1), "");
}

}  // namespace
}  // namespace wordbridge
