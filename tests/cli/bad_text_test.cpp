#include "tests/cli/cli_test.h"
#include "tests/support/archives.h"

// Invalid text, archives, vocabularies and caches.

namespace wordbridge {
namespace {

class BadTextTest : public CliTest {
 protected:
  /// Trains on other text. Expects a failure that leaves no run folder.
  void fail_on(const std::string& setting, const std::vector<std::string>& parts) const {
    fail({"train", "small.yaml", "model.type=pca", setting}, parts);
    EXPECT_FALSE(exists("runs/small/config.yaml"));
  }
};

TEST_F(BadTextTest, AMissingPathIsNamed) { fail_on("data.path=gone.txt", {"no such", "gone.txt"}); }

TEST_F(BadTextTest, AnEmptyFileHasNoTokens) {
  write("empty.txt", "");
  fail_on("data.path=empty.txt", {"no tokens", "data.path"});
}

TEST_F(BadTextTest, OneWordIsTooLittle) {
  write("word.txt", "hello\n");
  fail_on("data.path=word.txt",
          {"fewer than two distinct vocabulary words", "at least 2", "1 in 1 token"});
}

TEST_F(BadTextTest, AnEmptyFolderHasNoText) {
  std::filesystem::create_directory(folder_ / "folder");
  fail_on("data.path=folder", {"the folder contains no text files", "folder"});
}

TEST_F(BadTextTest, InvalidUtf8HasItsLineAndByte) {
  write("latin.txt", "fine\nna\xefve\n");
  fail_on("data.path=latin.txt",
          {"not valid UTF-8", "latin.txt:2", "\\xEF at byte offset 7", "iconv"});
}

TEST_F(BadTextTest, ABinaryFileIsRefused) {
  write("binary.txt", std::string("\x7f"
                                  "ELF\x02\0\0\0",
                                  8));
  fail_on("data.path=binary.txt", {"looks binary", "binary.txt", "NUL byte at byte offset 5"});
}

TEST_F(BadTextTest, ATruncatedGzipIsRefused) {
  write_compressed((folder_ / "text.gz").string(), content("text.txt"),
                   archive_write_add_filter_gzip);
  write("cut.gz", content("text.gz").substr(0, 400));
  fail_on("data.path=cut.gz", {"can't unpack", "cut.gz", "truncated", "fetch it again"});
}

TEST_F(BadTextTest, ATruncatedZipIsRefused) {
  write_zip((folder_ / "text.zip").string(), {{"inner.txt", content("text.txt")}});
  write("cut.zip", content("text.zip").substr(0, 600));
  fail_on("data.path=cut.zip", {"can't unpack", "cut.zip", "inner.txt"});
}

TEST_F(BadTextTest, APageInsteadOfADownloadIsSaid) {
  write("corpus.zip", "<html>not found</html>");
  fail_on("data.path=corpus.zip", {"does not match its name", "corpus.zip", ".zip"});
}

TEST_F(BadTextTest, AMissingBrownCorpusSaysWhereToGetIt) {
  fail({"train", "data.reader=brown", "model.type=pca"},
       {"'brown' was not found", "nothing at the default locations", "brown.zip",
        "WORDBRIDGE_MIRROR"});
  fail({"train", "data.reader=brown", "data.path=brown.zip", "model.type=pca"},
       {"brown.zip", "NLTK", "wordbridge data fetch brown"});
}

TEST_F(BadTextTest, SplitsLargerThanTheTextAreNamed) {
  fail({"train", "small.yaml", "model.type=pca",
        "data.split={by: tokens, train: 9000, valid: 1, test: 1}"},
       {"larger than the corpus", "9000"});
}

TEST_F(BadTextTest, ADamagedVocabularyHasItsLine) {
  write("vocabulary.tsv", "word\tcount\tunknown=<unk>\n<unk>\t3\ndog\tmany\n");
  fail_on("data.vocabulary.file=vocabulary.tsv",
          {"invalid line", "vocabulary.tsv:3", "word<TAB>count", "dog"});
  write("page.tsv", "<html>\n");
  fail_on("data.vocabulary.file=page.tsv",
          {"neither a saved vocabulary nor a vector file", "page.tsv"});
}

TEST_F(BadTextTest, ADamagedCacheIsMadeAgain) {
  succeed({"train", "small.yaml", "model.type=pca", "--out", "first"});
  const auto cached = std::filesystem::directory_iterator(folder_ / "cache")->path();
  const std::string whole = slurp(cached);
  std::string flipped = whole;
  flipped[whole.size() / 2] ^= 1;
  for (const std::string& damaged : {flipped, whole.substr(0, 200), std::string()}) {
    write(cached.lexically_relative(folder_.path()).string(), damaged);
    const auto result =
        succeed({"train", "small.yaml", "model.type=pca", "--out", "again", "--overwrite"});
    EXPECT_THAT(result.err, testing::HasSubstr("warning: the cached corpus can't be used"));
    EXPECT_THAT(result.err, testing::HasSubstr(cached.string()));
    expect_same_run("first", "again");
    EXPECT_EQ(slurp(cached), whole);
  }
}

TEST_F(BadTextTest, ACacheThatCannotBeWrittenIsAWarning) {
  write("file", "in the way");
  const auto result =
      succeed({"train", "small.yaml", "model.type=pca", "data.cache=file/cache", "--out", "run"});
  EXPECT_THAT(result.err, testing::HasSubstr("warning: can't write the encoded corpus"));
  EXPECT_TRUE(exists("run/summary.json"));
}

}  // namespace
}  // namespace wordbridge
