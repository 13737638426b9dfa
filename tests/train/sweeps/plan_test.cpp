#include "train/sweeps/plan.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <new>

#include "core/error.h"
#include "core/log.h"
#include "tests/support/temp_folder.h"
#include "train/sweeps/folder.h"
#include "train/sweeps/forked_jobs.h"
#include "train/sweeps/request.h"
#include "train/sweeps/table.h"
#include "train/sweeps/train.h"

namespace wordbridge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Values = std::vector<std::pair<std::string, std::string>>;

TEST(SweepValuesTest, CommasWithinBracketsAndQuotesDoNotCut) {
  EXPECT_THAT(split_values("1,2 , 3"), ElementsAre("1", "2", "3"));
  EXPECT_THAT(split_values("[50],[100, 50]"), ElementsAre("[50]", "[100, 50]"));
  EXPECT_THAT(split_values("[a,b]"), ElementsAre("[a,b]"));
  EXPECT_THAT(split_values("{a: [1,2], b: 3},4"), ElementsAre("{a: [1,2], b: 3}", "4"));
  EXPECT_THAT(split_values("'a,b',\"c,]d\""), ElementsAre("'a,b'", "\"c,]d\""));
  EXPECT_THAT(split_values("it's,so"), ElementsAre("it's", "so"));
  EXPECT_THAT(split_values("['],',b],c"), ElementsAre("['],',b]", "c"));
  EXPECT_THAT(split_values(""), ElementsAre(""));
  EXPECT_THAT(split_values("1,"), ElementsAre("1", ""));
}

TEST(SweepFolderTest, NamesAreReadableAndSafe) {
  EXPECT_EQ(point_folder({{"lr", "0.001"}, {"hidden", "[50, 20]"}}), "lr=0.001,hidden=[50,20]");
  EXPECT_EQ(point_folder({}), "run");
  const std::string path = point_folder({{"path", "a/b c.txt"}});
  EXPECT_EQ(path.substr(0, path.find('~')), "path=a_b_c.txt");
  EXPECT_NE(path, point_folder({{"path", "a_b c.txt"}}));
  EXPECT_NE(path, point_folder({{"path", "a_b_c.txt"}}));
  EXPECT_NE(point_folder({{"a", "1,b=2"}}), point_folder({{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(point_folder({{"path", "été.txt"}}), "path=été.txt");
  const std::string many(300, 'x');
  const std::string x = point_folder({{"a", many + "x"}}), y = point_folder({{"a", many + "y"}});
  EXPECT_NE(x, y);
  EXPECT_LE(x.size(), 120u);
  for (const char* const bad : {"..", "/", "a\nb", "$(x)", "*", "'\""})
    EXPECT_EQ(point_folder({{"a", bad}}).find_first_of("/\n$()*'\" "), std::string::npos);
}

TEST(SweepPlanTest, NamesAreTheShortestThatAreUnique) {
  const TempFolder folder;
  const auto file = folder.write("a.yaml", "data: {reader: wordnet}\nmodel: {type: lbl}\n");
  const auto names = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), file);
    std::vector<std::string> found;
    for (const auto& axis : plan_sweep(arguments).axes) found.push_back(axis.name);
    return found;
  };
  EXPECT_THAT(names({"train.lr=1,2", "model.lbl.dim=1,2"}), ElementsAre("lr", "dim"));
  EXPECT_THAT(names({"model.type=lbl,pca", "data.tokenizer.type=words,whitespace"}),
              ElementsAre("model.type", "tokenizer.type"));
  EXPECT_THAT(names({"seed=1,2", "data.synthetic.seed=1,2"}),
              ElementsAre("seed", "synthetic.seed"));
}

TEST(SweepPlanTest, ThereAreNotTooManyPoints) {
  std::string numbers = "1";
  for (int i = 2; i < 102; ++i) numbers += "," + std::to_string(i);
  const auto message = message_of<Error>([&] {
    plan_sweep({"data.reader=wordnet", "model.pca.dim=" + numbers, "seed=" + numbers});
  });
  EXPECT_THAT(message, HasSubstr("too many points"));
}

JobEnd end_of(const ForkedJobs::Work& work) {
  ForkedJobs jobs;
  jobs.start(7, work);
  while (true) {
    for (auto& news : jobs.wait(std::chrono::seconds(1))) {
      EXPECT_EQ(news.id, 7u);
      if (news.has_ended) return news.end;
    }
  }
}

TEST(ForkedJobsTest, AJobEndsAsItEnds) {
  EXPECT_EQ(end_of([](const auto&) { return 0; }).status, 0);
  EXPECT_EQ(end_of([](const auto&) { return 3; }).message, "exited with status 3");
  const auto failed = end_of([](const auto&) -> int { throw Error("no").hint("yes"); });
  EXPECT_EQ(failed.status, 1);
  EXPECT_EQ(failed.message, Error("no").hint("yes").what());
  EXPECT_EQ(end_of([](const auto&) -> int { throw std::bad_alloc(); }).message, "out of memory");
  EXPECT_EQ(end_of([](const auto&) -> int { throw 1; }).status, 1);
  EXPECT_EQ(end_of([](const auto&) -> int { throw Interrupted("x"); }).status, 130);
  const std::string much(1000000, 'x');
  EXPECT_EQ(end_of([&](const auto&) -> int { throw Error(much); }).message, much);
}

TEST(ForkedJobsTest, ACrashIsTold) {
  const auto crash = end_of([](const auto&) -> int {
    std::fputs("the last words\n", stderr);
    warn("once");
    std::signal(SIGABRT, SIG_DFL);
    std::abort();
  });
  EXPECT_EQ(crash.signal, SIGABRT);
  EXPECT_EQ(crash.status, -1);
  EXPECT_THAT(crash.message, HasSubstr("signal 6"));
  EXPECT_THAT(crash.message, HasSubstr("the last words"));
  EXPECT_THAT(crash.warnings, ElementsAre("warning: once"));
  const auto killed = end_of([](const auto&) -> int { return ::kill(::getpid(), SIGKILL); });
  EXPECT_THAT(killed.message, HasSubstr("memory"));
}

TEST(ForkedJobsTest, ReadinessIsToldBeforeTheEnd) {
  ForkedJobs jobs;
  for (std::size_t id = 0; id < 3; ++id) {
    jobs.start(id, [](const std::function<void()>& ready) {
      ready();
      return 0;
    });
  }
  std::vector<bool> ready(3, false);
  while (jobs.running() > 0) {
    for (const auto& news : jobs.wait(std::chrono::seconds(1))) {
      EXPECT_TRUE(ready[news.id] || !news.has_ended);
      ready[news.id] = true;
    }
  }
}

TEST(ForkedJobsTest, JobsThatAreLeftAreInterrupted) {
  const TempFolder folder;
  {
    ForkedJobs jobs;
    jobs.start(0, [](const auto&) {
      while (true) ::pause();
      return 0;
    });
  }
  SUCCEED() << "the destructor also waits for the job";
}

TEST(SweepRunTest, CoresAreShared) {
  const int cores = share_cores(1, 100).threads;
  EXPECT_EQ(share_cores(1, 100).jobs, 1);
  EXPECT_EQ(share_cores(0, 100000).jobs, cores);
  EXPECT_EQ(share_cores(0, 100000).threads, 1);
  EXPECT_EQ(share_cores(1000, 100000).threads, 1);
  EXPECT_EQ(share_cores(0, 1).threads, cores) << "a single run uses all cores";
}

TEST(SweepLockTest, AFolderHasOneSweepAtATime) {
  const TempFolder folder;
  {
    const SweepLock lock(folder / "out");
    EXPECT_THROW(SweepLock(folder / "out"), Error);
  }
  EXPECT_NO_THROW(SweepLock(folder / "out"));
}

SweepRow row(const std::string& name, double perplexity, double spearman,
             const std::string& coverage = "5", const std::string& text = "t") {
  SweepRow made{name, {name}, {}};
  SweepResult result;
  result.status = "complete";
  result.numbers = {{"test_perplexity", perplexity}, {"similarity a spearman", spearman}};
  result.coverage = coverage;
  result.text = text;
  made.results.push_back(result);
  return made;
}

SweepTable table_of(std::vector<SweepRow> rows) {
  return {"s", {"k"}, std::move(rows), {"test_perplexity", "similarity a spearman", "steps"}};
}

TEST(SweepTableTest, LowerPerplexitiesAndHigherScoresAreBest) {
  const auto table = table_of({row("a", 10, 0.3), row("b", 9, 0.2), row("c", 9, 0.1)});
  EXPECT_THAT(table.best("test_perplexity"), ElementsAre(false, true, true));
  EXPECT_THAT(table.best("similarity a spearman"), ElementsAre(true, false, false));
  EXPECT_THAT(table.best("steps"), ElementsAre(false, false, false));
  EXPECT_EQ(sweep_table_text(table, table.choose({}), true),
            "| k | test_perplexity | similarity a spearman |\n"
            "|---|---:|---:|\n"
            "| a | 10 | **0.3** |\n"
            "| b | **9** | 0.2 |\n"
            "| c | **9** | 0.1 |\n");
}

TEST(SweepTableTest, NothingIsBestOfWhatIsNotComparable) {
  const auto table = table_of({row("a", 10, 0.3, "5"), row("b", 9, 0.2, "4")});
  EXPECT_THAT(table.best("test_perplexity"), ElementsAre(false, true));
  EXPECT_THAT(table.best("similarity a spearman"), ElementsAre(false, false));
  const auto texts = table_of({row("a", 10, 0.3), row("b", 9, 0.2, "5", "another")});
  EXPECT_THAT(texts.best("test_perplexity"), ElementsAre(false, false));
  EXPECT_THAT(table_of({row("a", 9, 0), row("b", 9, 0)}).best("test_perplexity"),
              ElementsAre(false, false))
      << "all values are equal";
  EXPECT_THAT(table_of({row("a", 10, 0.3)}).best("test_perplexity"), ElementsAre(false));
}

TEST(SweepTableTest, WhatIsNotCompleteIsShownAndNotBest) {
  auto rows = std::vector<SweepRow>{row("a", 10, 0.3), row("b", 9, 0.2), row("c", 8, 0.1)};
  SweepResult failed;
  failed.status = "failed";
  rows[2].results.push_back(failed);
  const auto table = table_of(std::move(rows));
  EXPECT_THAT(table.best("test_perplexity"), ElementsAre(false, true, false));
  EXPECT_THAT(sweep_table_text(table, {"test_perplexity"}, false),
              HasSubstr("1 complete, 1 failed"));
  EXPECT_THAT(sweep_table_csv(table, {"test_perplexity"}),
              HasSubstr("\nc,\"1 complete, 1 failed\",c,8,nan,1\n"));
}

}  // namespace
}  // namespace wordbridge
