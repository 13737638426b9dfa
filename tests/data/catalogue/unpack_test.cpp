#include <algorithm>

#include "tests/data/catalogue/fetch_test.h"
#include "tests/support/archives.h"

// Tests of valid, damaged and malicious archives and local files.

namespace wordbridge {
namespace {

class UnpackTest : public FetchTest {
 protected:
  /// An entry whose source is the file `name` in the folder `mirror`.
  DatasetEntry packed(const std::string& name, const std::string& inside = "") const {
    return entry(fmt::format("{{mirror: {}, inside: '{}'}}", name, inside));
  }
  std::string path(const std::string& name) const {
    std::filesystem::create_directories(folder_ / "mirror");
    return (folder_ / "mirror/").string() + name;
  }
  void SetUp() override { options_.from = path(""); }

  /// Writes a tar file with a member that is a link.
  void write_link(const std::string& name, const std::string& target, bool hard) const {
    struct archive* out = archive_write_new();
    archive_write_set_format_pax_restricted(out);
    ASSERT_EQ(archive_write_open_filename(out, path("toy.tar").c_str()), ARCHIVE_OK);
    archive_entry* link = archive_entry_new();
    archive_entry_set_pathname(link, name.c_str());
    archive_entry_set_perm(link, 0644);
    if (hard) {
      archive_entry_set_filetype(link, AE_IFREG);
      archive_entry_set_hardlink(link, target.c_str());
    } else {
      archive_entry_set_filetype(link, AE_IFLNK);
      archive_entry_set_symlink(link, target.c_str());
    }
    EXPECT_EQ(archive_write_header(out, link), ARCHIVE_OK);
    archive_entry_free(link);
    EXPECT_EQ(archive_write_close(out), ARCHIVE_OK);
    archive_write_free(out);
  }
};

TEST_F(UnpackTest, AMemberOfAZipIsFound) {
  write_zip(path("toy.zip"),
            {{"a/other.txt", "x"}, {"a/pairs.tsv", content_}, {"__MACOSX/._x", "y"}});
  EXPECT_TRUE(fetch(packed("toy.zip", "a")));
  expect_fetched();
}

TEST_F(UnpackTest, AMemberOfATarIsFound) {
  write_tar_gz(path("toy.tgz"), {{"./a/b/pairs.tsv", content_}});
  EXPECT_TRUE(fetch(packed("toy.tgz", "a/b")));
  expect_fetched();
}

TEST_F(UnpackTest, ACompressedFileIsUnpacked) {
  write_compressed(path("pairs.gz"), content_, archive_write_add_filter_gzip);
  EXPECT_TRUE(fetch(packed("pairs.gz")));
  expect_fetched();
}

TEST_F(UnpackTest, AFileOfTheMirrorsNameInADownloadFolderIsFound) {
  write_zip(path("toy.zip"), {{"pairs.tsv", content_}});
  EXPECT_TRUE(fetch(packed("deep/in/the/mirror/toy.zip")));
  expect_fetched();
}

TEST_F(UnpackTest, AFolderWithoutTheFileSaysWhatItLookedFor) {
  const auto message = message_of<Error>([&] { fetch(packed("deep/toy.zip")); });
  for (const char* const part :
       {"toy is not in the folder", "mirror/deep/toy.zip", "mirror/toy.zip"})
    EXPECT_THAT(message, testing::HasSubstr(part));
  EXPECT_TRUE(below_root().empty());
}

TEST_F(UnpackTest, ANameThatClimbsOutIsRefused) {
  write_zip(path("toy.zip"), {{"pairs.tsv", content_}, {"../../outside.txt", "evil"}});
  expect_failure(packed("toy.zip"),
                 {"may point outside its folder", "../../outside.txt", "toy.zip"});
  write_tar_gz(path("toy.tgz"), {{"a/../../pairs.tsv", content_}});
  expect_failure(packed("toy.tgz"), {"may point outside its folder", "a/../../pairs.tsv"});
  EXPECT_FALSE(std::filesystem::exists(folder_ / "outside.txt"));
}

TEST_F(UnpackTest, AnAbsoluteNameIsRefused) {
  const std::string outside = (folder_ / "outside.txt").string();
  write_tar_gz(path("toy.tgz"), {{outside, "evil"}, {"pairs.tsv", content_}});
  expect_failure(packed("toy.tgz"), {"may point outside its folder", outside});
  EXPECT_FALSE(std::filesystem::exists(outside));
}

TEST_F(UnpackTest, ASymbolicLinkIsNotFollowed) {
  const std::string secret = folder_.write("secret.tsv", content_);
  write_link("pairs.tsv", secret, false);
  expect_failure(packed("toy.tar"), {"is a link", "toy.tar: pairs.tsv"});
}

TEST_F(UnpackTest, AHardLinkIsNotFollowed) {
  write_link("pairs.tsv", "/etc/hostname", true);
  expect_failure(packed("toy.tar"), {"is a link", "toy.tar: pairs.tsv"});
}

TEST_F(UnpackTest, AnArchiveThatUnpacksToTooMuchIsStopped) {
  write_zip(path("toy.zip"), {{"pairs.tsv", content_ + std::string(10000000, 'x')}});
  expect_failure(packed("toy.zip"),
                 {"larger than expected", human_count_of(content_), "pairs.tsv"});
  write_compressed(path("pairs.gz"), std::string(50000000, 'x'), archive_write_add_filter_gzip);
  expect_failure(packed("pairs.gz"), {"larger than expected", "pairs.gz"});
}

TEST_F(UnpackTest, ATruncatedArchiveIsRefused) {
  write_zip(path("whole.zip"), {{"pairs.tsv", content_}});
  const std::string zip = slurp(path("whole.zip"));
  write_file(path("toy.zip"), zip.substr(0, zip.size() / 2));
  expect_failure(packed("toy.zip"), {"can't unpack", "toy.zip", "truncated or damaged"});
  write_tar_gz(path("whole.tgz"), {{"pairs.tsv", content_}});
  const std::string tar = slurp(path("whole.tgz"));
  write_file(path("toy.tgz"), tar.substr(0, tar.size() / 2));
  expect_failure(packed("toy.tgz"), {"can't unpack", "toy.tgz", "truncated"});
}

TEST_F(UnpackTest, ADamagedArchiveIsRefused) {
  write_zip(path("whole.zip"), {{"pairs.tsv", content_}});
  std::string zip = slurp(path("whole.zip"));
  for (std::size_t i = zip.size() / 3; i < zip.size() / 3 + 40; ++i) zip[i] ^= 0x55;
  write_file(path("toy.zip"), zip);
  expect_failure(packed("toy.zip"), {"toy.zip"});
}

TEST_F(UnpackTest, AMissingMemberIsNamedWithWhatThereIs) {
  write_zip(path("toy.zip"), {{"a/readme", "x"}, {"a/pears.tsv", content_}});
  expect_failure(packed("toy.zip", "a"), {"a file is missing from the archive",
                                          "expected: pairs.tsv", "a/readme, a/pears.tsv"});
}

TEST_F(UnpackTest, AMemberThatIsThereTwiceIsRefused) {
  write_tar_gz(path("toy.tgz"), {{"pairs.tsv", content_}, {"./pairs.tsv", content_}});
  expect_failure(packed("toy.tgz"), {"contains a file twice", "pairs.tsv"});
}

TEST_F(UnpackTest, AnIncompleteSetIsRefused) {
  write_zip(path("toy.zip"), {{"a1", "x"}, {"a2", "y"}});
  const auto wanted = entry_of("- {set: ['a[0-9]'], count: 3, bytes: 3}", "{mirror: toy.zip}", 1);
  expect_failure(wanted, {"files are missing", "3 files a[0-9]", "2 of them"});
}

TEST_F(UnpackTest, AnEmptyFileIsNoArchive) {
  write_file(path("toy.zip"), "");
  expect_failure(packed("toy.zip"), {"does not match its name", "an empty file"});
  write_file(path("toy"), "");
  expect_failure(packed("toy", "inside"), {"the file is not an archive", "an empty file"});
}

TEST_F(UnpackTest, AWrongChecksumIsRefused) {
  std::string wrong = content_;
  wrong[5] ^= 1;
  write_zip(path("toy.zip"), {{"pairs.tsv", wrong}});
  expect_failure(packed("toy.zip"), {"does not match the catalogue",
                                     "expected SHA-256 " + sha256(content_), sha256(wrong)});
}

TEST_F(UnpackTest, AWrongCrcIsRefused) {
  write_file(path("pairs.tsv"), "a\tb\t1\n");
  const std::string bytes = "- {name: pairs.tsv, bytes: 6, crc32: ";
  // The last 8 bytes of its gzip file contain the CRC:
  // printf 'a\tb\t1\n' | gzip | tail -c8 | od -An -tx4
  expect_failure(entry_of(bytes + "00000000}", "{mirror: pairs.tsv}", 1),
                 {"expected CRC-32 00000000, got"});
  testing::internal::CaptureStderr();
  EXPECT_TRUE(fetch(entry_of(bytes + "c70cf586}", "{mirror: pairs.tsv}", 1)));
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::HasSubstr("toy: no SHA-256 of pairs.tsv is known"));
}

TEST_F(UnpackTest, AnotherCopyOfAFileIsAccepted) {
  const std::string known = "- {name: pairs.tsv, " + facts_of("a\tb\t1\nc\td\t2\n") + ", also: [";
  const std::string source = "{mirror: pairs.tsv}";
  write_file(path("pairs.tsv"), "a\tb\t1\n");
  expect_failure(entry_of(known + "]}", source, 1), {"expected 12 bytes, got 6"});
  expect_failure(entry_of(known + sha256("else") + "]}", source, 1), {"expected 12 bytes, got 6"});
  testing::internal::CaptureStderr();
  EXPECT_TRUE(
      fetch(entry_of(known + sha256("else") + ", " + sha256("a\tb\t1\n") + "]}", source, 1)));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(UnpackTest, AnOptionalFileMayBeMissing) {
  const std::string files = "- {name: pairs.tsv, " + facts_of("a\tb\t1\n") +
                            "}, {name: more.txt, " + facts_of("more") + ", optional: true}";
  for (const char* source : {"{mirror: '{name}'}", "{mirror: toy.zip}"}) {
    write_zip(path("toy.zip"), {{"pairs.tsv", "a\tb\t1\n"}});
    write_file(path("pairs.tsv"), "a\tb\t1\n");
    options_.force = true;
    EXPECT_TRUE(fetch(entry_of(files, source, 1))) << source;
    EXPECT_FALSE(std::filesystem::exists(options_.root / "toy/files/more.txt"));
    write_zip(path("toy.zip"), {{"pairs.tsv", "a\tb\t1\n"}, {"more.txt", "less"}});
    write_file(path("more.txt"), "less");
    EXPECT_THAT(message_of<Error>([&] { fetch(entry_of(files, source, 1)); }),
                testing::HasSubstr("more.txt: expected SHA-256"));
    std::filesystem::remove(path("more.txt"));
  }
}

TEST_F(UnpackTest, WrongCountsAreRefused) {
  write_file(path("pairs.tsv"), content_);
  expect_failure(entry("{mirror: pairs.tsv}", 4999),
                 {"counts differ", "pairs: expected 4,999, got 5,000"});
}

TEST_F(UnpackTest, ContentThatItsReaderCantReadHasItsLine) {
  content_.replace(content_.find("word3\tother3\t"), 13, "word3 other3 ");
  write_file(path("pairs.tsv"), content_);
  expect_failure(entry("{mirror: pairs.tsv}"), {"pairs.tsv:4", "number of columns"});
}

TEST_F(UnpackTest, WhatIsNoDatasetIsNotReplaced) {
  write_file(path("pairs.tsv"), content_);
  make_folder(options_.root / "toy");
  write_file(options_.root / "toy/thesis.txt", "years of work");
  options_.force = true;
  expect_failure(entry("{mirror: pairs.tsv}"), {"exists but is not a dataset", "--to DIR"},
                 {"toy", "toy/thesis.txt"});
}

TEST_F(UnpackTest, WhatAKilledProcessLeftIsCleared) {
  write_file(path("pairs.tsv"), content_);
  make_folder(options_.root / "toy.part/files");
  write_file(options_.root / "toy.part/files/half.tsv", "half");
  EXPECT_TRUE(fetch(entry("{mirror: pairs.tsv}")));
  expect_fetched();
}

TEST_F(UnpackTest, ChangesAreFoundByVerify) {
  write_file(path("pairs.tsv"), content_);
  const auto wanted = entry("{mirror: pairs.tsv}");
  EXPECT_TRUE(fetch(wanted));
  const auto problems = [&] {
    return testing::PrintToString(
        verify_dataset(wanted, *find_fetched("toy", options_.root), true));
  };
  EXPECT_EQ(problems(), "{}");
  write_file(options_.root / "toy/toy.tsv", "a\tb\t1\n");
  EXPECT_THAT(problems(), testing::HasSubstr("toy.tsv: changed"));
  write_file(options_.root / "toy/files/more.tsv", "x");
  EXPECT_THAT(problems(), testing::HasSubstr("more.tsv: added"));
  std::filesystem::remove(options_.root / "toy/files/pairs.tsv");
  EXPECT_THAT(problems(), testing::HasSubstr("pairs.tsv: missing"));
}

}  // namespace
}  // namespace wordbridge
