#include "data/text/gzip_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "data/text/archive_reader.h"
#include "tests/support/archives.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class GzipFileTest : public testing::Test {
 protected:
  std::string packed(const std::string& content,
                     int (*filter)(struct archive*) = archive_write_add_filter_gzip) const {
    write_compressed((folder_ / "packed").string(), content, filter);
    return slurp(folder_ / "packed");
  }
  /// The content of a packed file with these bytes; or the message of the Error.
  std::string read(const std::string& bytes) const {
    try {
      ArchiveReader archive(folder_.write("t.gz", bytes));
      std::string member, content;
      while (archive.next(member)) content += archive.read();
      EXPECT_EQ(archive.bytes_read(), bytes.size());
      return content;
    } catch (const Error& error) {
      return error.what();
    }
  }

  const TempFolder folder_;
};

TEST_F(GzipFileTest, SeveralMembersAndZerosAfterThem) {
  const std::string first = packed("a b\n"), long_text(1000000, 'x'), second = packed(long_text);
  EXPECT_EQ(read(first), "a b\n");
  EXPECT_EQ(read(first + second + first), "a b\n" + long_text + "a b\n");
  EXPECT_EQ(read(packed("") + first), "a b\n");
  EXPECT_EQ(read(packed("")), "");
  EXPECT_EQ(read(first + std::string(300000, '\0')), "a b\n");
}

TEST_F(GzipFileTest, TheChecksumAndTheLengthOfEachMemberAreVerified) {
  const std::string whole = packed("a b\n");
  for (const std::size_t from_end : {std::size_t{8}, std::size_t{1}}) {  // of CRC-32, of the length
    std::string damaged = whole;
    damaged[damaged.size() - from_end] ^= 1;
    for (const auto& bytes : {damaged, damaged + whole, whole + damaged}) {
      EXPECT_THAT(read(bytes), AllOf(HasSubstr("can't unpack the file"), HasSubstr("t.gz, byte"),
                                     HasSubstr(from_end == 8 ? "data check" : "length check")));
    }
  }
}

TEST_F(GzipFileTest, OtherBytesAfterAMemberAreAnErrorWithTheirPlace) {
  const std::string whole = packed("a b\n");
  const auto at = [&](std::size_t zeros) {
    return "t.gz, byte " + std::to_string(whole.size() + zeros) + " of";
  };
  EXPECT_THAT(read(whole + "hello"), AllOf(HasSubstr(at(0)), HasSubstr("after its end")));
  EXPECT_THAT(read(whole + std::string(7, '\0') + "x"), HasSubstr(at(7)));
  EXPECT_THAT(read(whole + "\x1f"), AllOf(HasSubstr(at(1)), HasSubstr("truncated")));
  EXPECT_THAT(read(whole + whole.substr(0, whole.size() - 1)), HasSubstr("truncated"));
  const std::string bzip2 = packed("a b\n", archive_write_add_filter_bzip2);
  EXPECT_EQ(read(bzip2 + bzip2), "a b\na b\n");
  EXPECT_THAT(read(bzip2 + "hello"),
              AllOf(HasSubstr("byte " + std::to_string(bzip2.size())), HasSubstr("5 more bytes")));
}

TEST_F(GzipFileTest, ACompressedTarIsVerifiedToItsEnd) {
  write_tar_gz((folder_ / "t.tgz").string(), {{"one", "a b\n"}, {"two", "c\n"}});
  std::string bytes = slurp(folder_ / "t.tgz");
  EXPECT_EQ(read(bytes), "a b\nc\n");
  bytes[bytes.size() - 8] ^= 1;
  EXPECT_THAT(read(bytes), HasSubstr("data check"));
}

}  // namespace
}  // namespace wordbridge
