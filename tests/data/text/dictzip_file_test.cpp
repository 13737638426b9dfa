#include "data/text/dictzip_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/rng.h"
#include "core/threads.h"
#include "tests/data/lexicon/dictionary_files.h"
#include "tests/support/archives.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class DictzipFileTest : public testing::Test {
 protected:
  DictzipFileTest() {
    Rng rng(1, "dictzip");
    for (int i = 0; i < 1000; ++i) content_ += "word" + std::to_string(rng.next() % 1000) + " ";
    content_.resize(4321);  // 44 chunks of 100 bytes, the last of 21
  }
  std::string write(const std::string& bytes) const { return folder_.write("t.dict.dz", bytes); }
  std::string file_path() const { return (folder_ / "t.dict.dz").string(); }
  /// The message of the error of reading everything.
  std::string error(const std::string& bytes) const {
    try {
      DictzipFile(write(bytes)).read_all();
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  const TempFolder folder_;
  std::string content_;
};

TEST_F(DictzipFileTest, ReadsEverythingOnAnyNumberOfThreads) {
  const DictzipFile file(write(dictzip_bytes(content_, 100)));
  EXPECT_TRUE(file.has_chunks());
  EXPECT_EQ(DictzipFile(file_path()).size(), 4321u);
  for (const int count : {1, 3}) {
    set_threads(count);
    EXPECT_EQ(file.read_all(), content_);
  }
  EXPECT_EQ(DictzipFile(write(dictzip_bytes(content_, 4321))).read_all(), content_);
  const std::string field("XY\3\0abc", 7);
  EXPECT_EQ(DictzipFile(write(dictzip_bytes(content_, 1000, field, false))).read_all(), content_);
}

TEST_F(DictzipFileTest, ReadsParts) {
  DictzipFile file(write(dictzip_bytes(content_, 100)));
  const std::pair<std::size_t, std::size_t> parts[] = {
      {0, 1}, {99, 2}, {100, 100}, {150, 300}, {149, 1}, {4300, 21}, {0, 4321}, {4321, 0}, {50, 0}};
  for (const auto& [begin, size] : parts) {
    EXPECT_EQ(file.read(begin, size), content_.substr(begin, size)) << begin;
  }
  for (const auto& [begin, size] : {std::pair(4300, 22), std::pair(4400, 1), std::pair(99999, 1)}) {
    try {
      file.read(static_cast<std::uint64_t>(begin), static_cast<std::uint64_t>(size));
      ADD_FAILURE() << begin;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("beyond the end of the dictionary"));
    }
  }
}

TEST_F(DictzipFileTest, APartIsReadWithoutTheOthers) {
  std::string bytes = dictzip_bytes(content_, 100);
  const auto offsets = read_dictzip_header(bytes, "t").offsets;
  ASSERT_EQ(offsets.size(), 45u);
  for (auto i = offsets[3]; i < offsets[4]; ++i) bytes[i] = '\xff';
  DictzipFile file(write(bytes));
  EXPECT_EQ(file.read(400, 100), content_.substr(400, 100));
  EXPECT_EQ(file.read(0, 300), content_.substr(0, 300));
  EXPECT_THAT(error(bytes),
              AllOf(HasSubstr("can't unpack the dictionary"), HasSubstr("t.dict.dz"),
                    HasSubstr("byte " + std::to_string(offsets[3])), HasSubstr("chunk 4 of 44")));
}

TEST_F(DictzipFileTest, AGzipFileWithoutTableIsReadAsAWhole) {
  write_compressed((folder_ / "packed").string(), content_, archive_write_add_filter_gzip);
  const std::string bytes = slurp(folder_ / "packed");
  DictzipFile file(write(bytes));
  EXPECT_FALSE(file.has_chunks());
  EXPECT_EQ(file.read_all(), content_);
  EXPECT_EQ(file.size(), 4321u);
  EXPECT_EQ(file.read(1000, 50), content_.substr(1000, 50));
  // A second member, which has no table, is a part of the content.
  EXPECT_EQ(DictzipFile(write(dictzip_bytes(content_, 100) + bytes)).read_all(),
            content_ + content_);
}

TEST_F(DictzipFileTest, DamagedFilesAreErrors) {
  const std::string bytes = dictzip_bytes(content_, 100);
  EXPECT_THAT(error(bytes.substr(0, bytes.size() - 40)), HasSubstr("the header and the chunks"));
  EXPECT_THAT(error(bytes.substr(0, 50)), HasSubstr("damaged header"));
  EXPECT_THAT(error("no gzip file at all"), HasSubstr("compressed by dictzip or gzip"));
  EXPECT_THAT(error(""), HasSubstr("a gzip header of 10 bytes"));
  const auto changed = [&](std::size_t at, char value) {
    std::string damaged = bytes;
    damaged[at] = value;
    return error(damaged);
  };
  EXPECT_THAT(changed(bytes.size() - 8, static_cast<char>(bytes[bytes.size() - 8] ^ 1)),
              HasSubstr("another checksum"));
  EXPECT_THAT(changed(bytes.size() - 4, 0), HasSubstr("4321 bytes"));
  EXPECT_THAT(changed(16, 2), HasSubstr("version 2"));
  EXPECT_THAT(changed(18, 0), HasSubstr("chunks of 0 bytes"));
  EXPECT_THAT(changed(18, 99), HasSubstr("99 bytes when unpacked"));
  EXPECT_THAT(changed(20, 43), HasSubstr("the sizes of 43 chunks"));
  EXPECT_THAT(changed(14, 127), HasSubstr("longer than the field"));
}

TEST_F(DictzipFileTest, AnExtraFieldThatIsTooShortForItsPartsIsAnError) {
  const std::string start("\x1f\x8b\x08\x04\0\0\0\0\2\3", 10);
  EXPECT_THAT(error(start + std::string("\3\0RA\0", 5)), HasSubstr("longer than the field"));
  EXPECT_THAT(error(start + std::string("\5\0RA\2\0x", 7)), HasSubstr("longer than the field"));
  EXPECT_THAT(error(start + std::string("\5\0RA\1\0x", 7)), HasSubstr("a table that is cut off"));
  EXPECT_THAT(error(start + "\7"), HasSubstr("a length"));
}

TEST_F(DictzipFileTest, ATableWithWrongSizesIsAnError) {
  std::string bytes = dictzip_bytes(content_, 100);
  --bytes[22];  // of the first chunk
  ++bytes[24];
  EXPECT_THAT(error(bytes), HasSubstr("can't unpack the dictionary"));
}

}  // namespace
}  // namespace wordbridge
