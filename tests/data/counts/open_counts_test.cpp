#include "data/counts/open_counts.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>

#include "core/error.h"
#include "core/rng.h"
#include "data/corpus/open_corpus.h"
#include "data/counts/cooccurrence.h"
#include "tests/support/folder_changes.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

class OpenCountsTest : public testing::Test {
 protected:
  OpenCountsTest() {
    Rng rng(4, "test");
    std::string text;
    for (int i = 0; i < 20000; ++i) {
      text += fmt::format("w{}", static_cast<int>(500 * rng.uniform() * rng.uniform()));
      text += i % 50 == 49 ? "\n" : " ";
    }
    data_.source.paths = {folder_.write("text.txt", text)};
    data_.cache = (folder_ / "cache").string();
    data_.vocabulary.min_count = 1;
    data_.use_whole_text();
    options_.weighting = CountWeighting::harmonic;
  }

  std::vector<std::string> files(const std::string& ending) const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(data_.cache)) {
      const std::string name = entry.path().string();
      if (name.size() > ending.size() && name.substr(name.size() - ending.size()) == ending)
        names.push_back(name);
    }
    return names;
  }

  static void expect_equal(const SparseView& a, const SparseView& b) {
    ASSERT_EQ(a.rows, b.rows);
    ASSERT_EQ(a.cols, b.cols);
    ASSERT_EQ(a.nonzeros(), b.nonzeros());
    EXPECT_TRUE(std::equal(a.begin, a.begin + a.rows + 1, b.begin));
    EXPECT_TRUE(std::equal(a.column, a.column + a.nonzeros(), b.column));
    EXPECT_TRUE(std::equal(a.value, a.value + a.nonzeros(), b.value));
  }

  TempFolder folder_;
  DataOptions data_;
  CountOptions options_;
};

TEST_F(OpenCountsTest, WithoutACacheTheFileHasNoNameThatAnotherProcessCouldRemove) {
  const Corpus corpus = open_corpus(data_);
  options_.cache = false;
  const FolderChanges changes(data_.cache);
  const SparseCounts counts = open_counts(corpus, options_, 1);
  EXPECT_THAT(changes.changes(), testing::IsEmpty());
  expect_equal(counts.view(), count_cooccurrences(training_stream(corpus), options_).view());
}

TEST_F(OpenCountsTest, TheCacheIsUsedAgainForTheSameTextAndOptions) {
  const Corpus corpus = open_corpus(data_);
  const SparseMatrix expected = count_cooccurrences(training_stream(corpus), options_);
  const SparseCounts first = open_counts(corpus, options_, 1);
  expect_equal(first.view(), expected.view());
  ASSERT_EQ(files(".counts").size(), 1u);
  const std::string path = files(".counts")[0];
  const auto written = std::filesystem::last_write_time(path);
  CountOptions same = options_;
  same.memory = "5MB";
  expect_equal(open_counts(open_corpus(data_), same, 2).view(), expected.view());
  EXPECT_EQ(std::filesystem::last_write_time(path), written);

  CountOptions other = options_;
  other.window = 3;
  EXPECT_LT(open_counts(corpus, other, 1).view().nonzeros(), expected.nonzeros());
  other.sample = 1e-3;
  const auto seed_1 = open_counts(corpus, other, 1).view().nonzeros();
  EXPECT_NE(open_counts(corpus, other, 2).view().nonzeros(), seed_1);
  EXPECT_EQ(files(".counts").size(), 4u);
}

TEST_F(OpenCountsTest, ADamagedCacheFileIsReplaced) {
  const Corpus corpus = open_corpus(data_);
  const SparseMatrix expected = count_cooccurrences(training_stream(corpus), options_);
  open_counts(corpus, options_, 1);
  const std::string path = files(".counts")[0];
  const std::string whole = slurp(path);
  for (std::string damaged : {whole.substr(0, whole.size() / 2), std::string(whole)}) {
    if (damaged.size() == whole.size()) damaged[damaged.size() / 2] ^= 1;
    std::ofstream(path, std::ios::binary) << damaged;
    expect_equal(open_counts(corpus, options_, 1).view(), expected.view());
    EXPECT_EQ(slurp(path), whole);
  }
}

TEST_F(OpenCountsTest, WithoutCacheNothingIsLeftBehind) {
  options_.cache = false;
  const Corpus corpus = open_corpus(data_);
  const SparseCounts counts = open_counts(corpus, options_, 1);
  expect_equal(counts.view(), count_cooccurrences(training_stream(corpus), options_).view());
  EXPECT_EQ(files("").size(), 1u);  // the corpus
  data_.cache = "none";
  expect_equal(open_counts(open_corpus(data_), options_, 1).view(), counts.view());
}

TEST_F(OpenCountsTest, CountsWithoutANumberAreAnErrorAndNotKept) {
  options_.sample = 1e-12;
  for (const bool cache : {true, false}) {
    options_.cache = cache;
    const std::string message =
        message_of<Error>([&] { open_counts(open_corpus(data_), options_, 1); });
    EXPECT_THAT(message,
                testing::AllOf(testing::HasSubstr("nothing to count"),
                               testing::HasSubstr("counts.sample: 1e-12"),
                               testing::HasSubstr("20,000 tokens of training text, 0 counts")));
    EXPECT_EQ(files("").size(), 1u);  // the corpus
  }
  data_.cache = "none";
  EXPECT_THAT(message_of<Error>([&] { open_counts(open_corpus(data_), options_, 1); }),
              testing::HasSubstr("counts.sample"));
}

TEST_F(OpenCountsTest, AFullDiskIsAnErrorAndLeavesNothingBehind) {
  const Corpus corpus = open_corpus(data_);
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  for (const rlim_t limit : {rlim_t{1} << 10, rlim_t{1} << 18}) {
    const rlimit small{limit, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const std::string message = message_of<Error>([&] { open_counts(corpus, options_, 1); });
    ::setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_THAT(message, testing::HasSubstr("can't write"));
    EXPECT_THAT(message, testing::HasSubstr("cache"));
    EXPECT_EQ(files("").size(), 1u);
  }
  std::signal(SIGXFSZ, SIG_DFL);
  EXPECT_GT(open_counts(corpus, options_, 1).view().nonzeros(), 0);
}

TEST_F(OpenCountsTest, WhatIsExpectedOfAFileIsInItsHeader) {
  const Corpus corpus = open_corpus(data_);
  EXPECT_EQ(expected_counts(corpus, options_).columns, corpus.vocabulary().size());
  EXPECT_EQ(expected_counts(corpus, options_).reading_bytes, 0);
  CountOptions file;
  file.file =
      folder_.write("c.mtx", "%%MatrixMarket matrix coordinate integer symmetric\n9 9 4\n1 1 1\n");
  EXPECT_EQ(expected_counts(corpus, file).columns, 9);
  EXPECT_EQ(expected_counts(corpus, file).nonzeros, 8);
  EXPECT_EQ(expected_counts(corpus, file).reading_bytes, 8 * 36);
  file.file =
      folder_.write("d.mtx", "%%MatrixMarket matrix coordinate integer general\n9 999 4\n1 1 1\n");
  EXPECT_EQ(expected_counts(corpus, file).columns, 4);
}

}  // namespace
}  // namespace wordbridge
