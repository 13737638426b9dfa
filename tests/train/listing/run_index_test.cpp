#include "train/listing/run_index.h"

#include <gmock/gmock.h>

#include <chrono>
#include <thread>

#include "core/error.h"
#include "core/io/file.h"
#include "tests/support/temp_folder.h"
#include "train/listing/database.h"
#include "train/listing/find_runs.h"

namespace wordbridge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class RunIndexTest : public testing::Test {
 protected:
  RunIndexTest() {
    write_run("a", 100);
    write_run("sweep/b", 120);
    folder_.write("runs/sweep/sweep.json", "{}");
    write_run("seeds/seed-1", 130);
    folder_.write("runs/seeds/seeds.json", "{\"seeds\": [1], \"config\": \"\"}");
    folder_.write("runs/begun/config.yaml", "name: begun\nmodel: {type: pca}\n");
    settle();
  }
  void write_run(const std::string& name, double perplexity) const {
    const std::string run = "runs/" + name + "/";
    folder_.write(run + "config.yaml",
                  "name: " + name +
                      "\nseed: 7\ndata: {path: [text.txt]}\n"
                      "model: {type: nplm, nplm: {dim: 50}}\ntrain: {lr: 0.1}\n");
    folder_.write(run + "manifest.json",
                  R"({"wordbridge": {"commit": "abc"}, "machine": {"threads": 2}, "seed": 7,
                      "started": "2026-11-02T10:00:00Z", "data": {"source":
                      {"reader": "text", "files": [{"name": "text.txt"}, {"name": "b.txt"}]},
                      "stream_tokens": 1000, "vocabulary": {"size": 30}}})");
    folder_.write(run + "metrics.jsonl",
                  "{\"epoch\":1,\"train_loss\":5}\n{\"epoch\":2,\"train_loss\":4.5}\n");
    folder_.write(run + "timing.jsonl", "{\"epoch\":1,\"seconds\":2}\n{\"seconds\":1.5}\n");
    folder_.write(run + "eval.json",
                  R"([{"task": "similarity", "name": "pairs", "spearman": 0.25, "used": 3}])");
    folder_.write(run + "summary.json",
                  "{\"results\": {\"test_perplexity\": " + std::to_string(perplexity) + "}}");
  }
  /// Files that have just been written are not stored in the index.
  static void settle() { std::this_thread::sleep_for(std::chrono::milliseconds(120)); }

  fs::path runs() const { return folder_ / "runs"; }
  fs::path index() const { return runs() / ".runs.sqlite"; }
  /// All runs with all of their fields.
  std::vector<std::string> list(IndexUse use = IndexUse::refresh) const {
    std::vector<std::string> listed;
    for (const auto& run : list_runs(runs(), use)) {
      std::string text = fs::path(run.name).lexically_relative(runs()).string();
      run.fields.for_each([&](std::string_view name, std::string_view value) {
        text += " " + std::string(name) + "=" + std::string(value);
      });
      listed.push_back(text);
    }
    return listed;
  }
  void expect_the_same_without() const { EXPECT_EQ(list(), list(IndexUse::none)); }
  std::int64_t entries() const {
    Database database(index());
    Statement count(database, "SELECT count(*) FROM runs");
    EXPECT_TRUE(count.step());
    return count.integer(0);
  }
  std::string stored(const std::string& name, const char* field) const {
    for (const auto& run : list_runs(runs(), IndexUse::refresh))
      if (run.name == (runs() / name).string())
        return std::string(run.fields.find(field).value_or("none"));
    return "no run";
  }

  const TempFolder folder_;
};

TEST_F(RunIndexTest, RunsBelowAFolder) {
  folder_.write("runs/.hidden/c/config.yaml", "");
  folder_.write("runs/a/epochs/inner/config.yaml", "");
  folder_.write("runs/notes/readme.txt", "");
  fs::create_directory_symlink("..", runs() / "sweep" / "up");
  EXPECT_THAT(find_runs(runs()), ElementsAre("a", "begun", "seeds/seed-1", "sweep/b"));
  EXPECT_THAT(find_runs(runs() / "a"), ElementsAre("."));
  EXPECT_THAT(message_of<Error>([&] { find_runs(runs() / "none"); }), HasSubstr("no such folder"));
  EXPECT_THAT(message_of<Error>([&] { find_runs(runs() / "a/config.yaml"); }),
              HasSubstr("not a folder"));
}

TEST_F(RunIndexTest, FieldsOfARun) {
  const std::map<std::string, std::string> expected = {
      {"model", "nplm"},
      {"corpus", "text.txt and 1 more"},
      {"status", "complete"},
      {"seed", "7"},
      {"started", "2026-11-02T10:00:00Z"},
      {"time", "3.5"},
      {"epoch", "2"},
      {"tokens", "1000"},
      {"words", "30"},
      {"train.lr", "0.1"},
      {"model.nplm.dim", "50"},
      {"data.path", "[text.txt]"},
      {"config.name", "a"},
      {"results.test_perplexity", "100"},
      {"results.similarity pairs spearman", "0.25"},
      {"metrics.train_loss", "4.5"},
      {"wordbridge.commit", "abc"},
      {"machine.threads", "2"}};
  for (const auto& [name, value] : expected) EXPECT_EQ(stored("a", name.c_str()), value) << name;
}

TEST_F(RunIndexTest, TheStatusOfRunsWithoutResults) {
  EXPECT_EQ(stored("begun", "status"), "not begun");
  EXPECT_EQ(stored("begun", "model"), "pca");
  fs::remove(runs() / "a/summary.json");
  EXPECT_EQ(stored("a", "status"), "stopped");
  folder_.write("runs/a/error.txt", "out of\nmemory\n");
  EXPECT_EQ(stored("a", "status"), "failed");
  EXPECT_EQ(stored("a", "problem"), "out of; memory");
  folder_.write("runs/a/manifest.json", "{");
  EXPECT_EQ(stored("a", "status"), "damaged");
  EXPECT_THAT(stored("a", "problem"), HasSubstr("manifest.json"));
  folder_.write("runs/a/manifest.json", "[1]");
  folder_.write("runs/begun/config.yaml", "a: [");
  EXPECT_EQ(stored("begun", "status"), "damaged");
  const AppendFile log(runs() / "a/log.txt", 0);
  for (const auto& run : list_runs(runs(), IndexUse::refresh))
    EXPECT_EQ(run.is_running, run.name == (runs() / "a").string()) << run.name;
}

TEST_F(RunIndexTest, TheListIsTheSameWithoutTheIndex) {
  const auto expected = list(IndexUse::none);
  EXPECT_FALSE(fs::exists(index()));
  ASSERT_EQ(expected.size(), 4u);
  EXPECT_EQ(list(), expected) << "made";
  EXPECT_EQ(entries(), 4);
  EXPECT_EQ(list(), expected) << "read";
  EXPECT_EQ(list(IndexUse::rebuild), expected) << "made anew";
  EXPECT_EQ(entries(), 4);
}

TEST_F(RunIndexTest, ChangedRunsAreReadAgain) {
  list();
  folder_.write("runs/a/summary.json", R"({"results": {"test_perplexity": 99}})");
  EXPECT_EQ(stored("a", "results.test_perplexity"), "99");
  settle();
  EXPECT_EQ(stored("a", "results.test_perplexity"), "99");
  // The same size, and the same time of modification.
  const auto time = fs::last_write_time(runs() / "a/summary.json");
  folder_.write("runs/a/summary.json", R"({"results": {"test_perplexity": 98}})");
  fs::last_write_time(runs() / "a/summary.json", time);
  EXPECT_EQ(stored("a", "results.test_perplexity"), "98");
  settle();
  fs::remove(runs() / "a/eval.json");
  EXPECT_EQ(stored("a", "results.similarity pairs spearman"), "none");
  expect_the_same_without();
}

TEST_F(RunIndexTest, RemovedAndMovedRunsVanish) {
  list();
  fs::remove_all(runs() / "a");
  fs::rename(runs() / "sweep/b", runs() / "c");
  EXPECT_EQ(stored("a", "model"), "no run");
  EXPECT_EQ(stored("c", "results.test_perplexity"), "120");
  EXPECT_EQ(entries(), 3);
  expect_the_same_without();
}

TEST_F(RunIndexTest, ADamagedIndexIsMadeAnew) {
  list();
  const std::string whole = slurp(index());
  std::string garbled = whole;
  for (std::size_t i = 100; i < garbled.size(); i += 37) garbled[i] = static_cast<char>(i);
  for (const std::string& content :
       {std::string(), std::string("not a database, but long enough to be one. ") + whole,
        whole.substr(0, whole.size() / 2), garbled, std::string(100000, '\0')}) {
    write_file(index(), content);
    expect_the_same_without();
    expect_the_same_without();
    EXPECT_EQ(entries(), 4);
  }
}

TEST_F(RunIndexTest, EntriesWithAWrongChecksumAreNotUsed) {
  list();
  {
    Database database(index());
    database.execute("UPDATE runs SET fields = replace(fields, '100', '999')");
  }
  EXPECT_EQ(stored("a", "results.test_perplexity"), "100");
  Database database(index());
  Statement rows(database, "SELECT count(*) FROM runs WHERE instr(fields, '999') > 0");
  ASSERT_TRUE(rows.step());
  EXPECT_EQ(rows.integer(0), 0) << "replaced";
}

TEST_F(RunIndexTest, AnIndexOfAnotherVersionIsMadeAnew) {
  list();
  {
    Database database(index());
    database.execute("DROP TABLE runs");
    database.execute("CREATE TABLE runs (other TEXT)");
    database.execute("INSERT INTO runs VALUES ('x')");
  }
  expect_the_same_without();
  EXPECT_EQ(entries(), 4) << "another table";
  {
    Database database(index());
    database.execute("PRAGMA user_version = 99");
    database.execute("DELETE FROM runs WHERE name = CAST('a' AS BLOB)");
  }
  expect_the_same_without();
  EXPECT_EQ(entries(), 4);
}

TEST_F(RunIndexTest, ALockedIndexIsNotUsed) {
  list();
  Database database(index());
  Transaction transaction(database);
  database.execute("DELETE FROM runs");
  fs::remove_all(runs() / "sweep");
  EXPECT_EQ(list(), list(IndexUse::none)) << "only writing must wait";
  transaction.commit();
  EXPECT_EQ(list().size(), 3u);
}

TEST_F(RunIndexTest, WhatCantHaveAnIndex) {
  EXPECT_FALSE(index_file(runs() / "a")) << "nothing is written into a run";
  EXPECT_EQ(list_runs(runs() / "a", IndexUse::refresh).size(), 1u);
  fs::create_directory(index());
  expect_the_same_without();
}

}  // namespace
}  // namespace wordbridge
