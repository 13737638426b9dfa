#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/io/file.h"
#include "data/corpus/open_corpus.h"
#include "tests/data/corpus/corpus_test.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(CorpusCache, GivesTheSameCorpusAgain) {
  const TempFolder folder;
  auto options = options_of(folder.write("a", "a b\n\nc a \u00e9 rare x\n"));
  options.boundaries.paragraph = "<p>";
  options.split = {SplitBy::tokens, 5, 2, 1};
  options.cache = (folder / "cache").string();
  const auto built = open_corpus(options);
  const LogLines lines;
  const auto cached = open_corpus(options);
  EXPECT_THAT(lines.text(), HasSubstr("from the cache"));
  EXPECT_EQ(words_of(cached), words_of(built));
  EXPECT_EQ(borders(cached), borders(built));
  EXPECT_EQ(cached.documents(), built.documents());
  EXPECT_EQ(cached.train_counts(), built.train_counts());
  EXPECT_EQ(cached.start_id(), built.start_id());
  EXPECT_EQ(cached.facts(), built.facts());
  EXPECT_EQ(cached.vocabulary().sha256(), built.vocabulary().sha256());
  EXPECT_EQ(cached.vocabulary().unknown_id(), built.vocabulary().unknown_id());
}

TEST(CorpusCache, IsMappedAtOnceAndLeavesNothingBeside) {
  const TempFolder folder;
  auto options = options_of(folder.write("a", "a b c a"));
  options.cache = (folder / "cache").string();
  const auto corpus = open_corpus(options);
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder / "cache")) files.push_back(entry.path());
  ASSERT_EQ(files.size(), 1u);
  EXPECT_THAT(slurp("/proc/self/maps"), HasSubstr(files[0].string()));
  EXPECT_THAT(words_of(corpus), ElementsAre("a", "b", "c", "a"));
}

TEST(CorpusCache, LosesNothingWhenTheDiskIsFull) {
  const TempFolder folder;
  std::string text;
  for (int i = 0; i < 5000; ++i) text += i % 2 == 0 ? "a " : "b ";
  auto options = options_of(folder.write("a", text));
  const auto expected = words_of(open_corpus(options));
  options.cache = (folder / "cache").string();
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  // No room for the ids; then room for the ids, but not for the file.
  for (const rlim_t bytes : {1000, 20000}) {
    rlimit few = before;
    few.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &few);
    const LogLines lines;
    const auto corpus = open_corpus(options);
    ::setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_EQ(words_of(corpus), expected);
    EXPECT_THAT(lines.text(), HasSubstr("warning"));
    EXPECT_TRUE(fs::is_empty(folder / "cache"));
  }
  std::signal(SIGXFSZ, handler);
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  return files;
}

TEST(CorpusCache, KnowsEveryOptionAndTheText) {
  const TempFolder folder;
  auto options = options_of(folder.write("a", "A a b c . d"));
  options.cache = (folder / "cache").string();
  std::size_t files = 0;
  const auto expect_another = [&](const char* what) {
    open_corpus(options);
    EXPECT_EQ(files_in(folder / "cache").size(), ++files) << what;
    open_corpus(options);
    EXPECT_EQ(files_in(folder / "cache").size(), files) << what;
  };
  expect_another("the first");
  options.tokenizer.lowercase = false;
  expect_another("tokenizer");
  options.boundaries.document = "<d>";
  expect_another("boundaries");
  options.split.train = 0.8;
  expect_another("split");
  options.vocabulary.max_size = 4;
  expect_another("vocabulary");
  options.start = "<unk>";
  expect_another("start");
  folder.write("a", "A a b c . e");
  expect_another("text");
  options.vocabulary.file = folder.write("v1", "word\tcount\nA\t2\na\t1\n");
  options.start = "";
  expect_another("vocabulary file");
  folder.write("v1", "word\tcount\nA\t1\na\t1\n");
  expect_another("its content");
}

TEST(CorpusCache, IsMadeAgainWhenDamaged) {
  const TempFolder folder;
  auto options = options_of(folder.write("a", "a b c a"));
  options.cache = (folder / "cache").string();
  const auto built = open_corpus(options);
  const auto file = files_in(folder / "cache").at(0);
  const std::string whole = slurp(file);
  std::vector<std::string> damaged = {"", "WBRIDGE\n", whole.substr(0, whole.size() - 3)};
  for (std::size_t at = 0; at < whole.size(); at += whole.size() / 8) {
    damaged.push_back(whole);
    damaged.back()[at] = static_cast<char>(damaged.back()[at] ^ 4);
  }
  for (const auto& content : damaged) {
    write_file(file, content);
    const LogLines lines;
    EXPECT_EQ(words_of(open_corpus(options)), words_of(built));
    EXPECT_THAT(lines.text(), HasSubstr("is rebuilt"));
    EXPECT_EQ(slurp(file), whole);
  }
}

TEST(CorpusCache, IsDoneWithoutWhereItCantBeWritten) {
  const TempFolder folder;
  auto options = options_of(folder.write("a", "a b c a"));
  options.cache = (folder / "a" / "cache").string();  // below a file
  const LogLines lines;
  EXPECT_EQ(open_corpus(options).tokens(), 4);
  EXPECT_THAT(lines.text(), AllOf(HasSubstr("warning"), HasSubstr("data.cache")));
}

}  // namespace
}  // namespace wordbridge
