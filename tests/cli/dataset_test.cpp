#include <unistd.h>

#include <thread>

#include "core/io/hash.h"
#include "tests/cli/cli_test.h"
#include "tests/support/loopback_server.h"

// Tests of the command `data` and of dataset:NAME paths in other commands.

namespace wordbridge {
namespace {

using testing::HasSubstr;

class DatasetCommandTest : public CliTest {
 protected:
  DatasetCommandTest() {
    options_.environment["no_proxy"] = "127.0.0.1";
    for (int i = 0; i < 20000; ++i)
      pairs_ +=
          "man\twoman\t" + std::to_string(i % 10) + "\ndog\tcat\t" + std::to_string(i % 7) + "\n";
    write("mirror/pairs.tsv", pairs_);
    catalogue("{mirror: pairs.tsv}");
  }
  void catalogue(const std::string& sources) const {
    write("toys.yaml",
          "toy: {kind: similarity, title: Toy, licence: free, citation: nobody, reader: pairs,\n"
          "  counts: {pairs: 40000}, sources: [" +
              sources +
              "],\n"
              "  files: [{name: pairs.tsv, bytes: " +
              std::to_string(pairs_.size()) + ", sha256: " + sha256(pairs_) +
              "}]}\n"
              "tongue: {kind: corpus, title: Tongue, licence: free, citation: nobody, reader: "
              "texts,\n"
              "  counts: {documents: 1}, sources: [{mirror: tongue.txt}],\n"
              "  files: [{name: tongue.txt, bytes: " +
              std::to_string(content("text.txt").size()) + "}]}\n");
    write("mirror/tongue.txt", content("text.txt"));
  }
  static Arguments data(const std::string& command, const Arguments& rest = {}) {
    Arguments arguments = {"data", command, "--catalogue", "toys.yaml"};
    arguments.insert(arguments.end(), rest.begin(), rest.end());
    return arguments;
  }
  /// The folder of the datasets contains exactly these names.
  void expect_datasets(const std::vector<std::string>& names) const {
    std::vector<std::string> there;
    if (exists("datasets"))
      for (const auto& item : std::filesystem::directory_iterator(folder_ / "datasets"))
        there.push_back(item.path().filename().string());
    EXPECT_THAT(there, testing::UnorderedElementsAreArray(names));
  }

  std::string pairs_;
};

TEST_F(DatasetCommandTest, TheListSaysWhereDatasetsCouldComeFrom) {
  auto listed = succeed({"data", "list"}).out;
  for (const char* const part : {"brown", "corpus", "10.0 MB", "to download", "bats", "by hand"})
    EXPECT_THAT(listed, HasSubstr(part));
  listed = succeed({"data", "list", "--kind", "analogy"}).out;
  EXPECT_THAT(listed, HasSubstr("google-analogy"));
  EXPECT_THAT(listed, testing::Not(HasSubstr("brown")));
  const auto json = nlohmann::json::parse(succeed({"data", "list", "--json"}).out);
  EXPECT_EQ(json.at(0).at("name"), "brown");
  EXPECT_GT(json.at(0).at("bytes"), 9000000);
  fail({"data", "list", "--kind", "poem"}, {"poem"}, 2);
}

TEST_F(DatasetCommandTest, InfoSaysEverything) {
  const auto told = succeed({"data", "info", "rg-65"}).out;
  for (const char* const part : {"Rubenstein", "cord smile",
                                 "c243f3a91c3f5d8cf67f21a67f6fb80bde8b6bb060851a6a48e6f2d68ec98c9f",
                                 "raw.githubusercontent.com", "pairs 65"})
    EXPECT_THAT(told, HasSubstr(part));
  const auto json = nlohmann::json::parse(succeed({"data", "info", "rg-65", "--json"}).out);
  EXPECT_EQ(json.at("counts").at("pairs"), 65);
}

TEST_F(DatasetCommandTest, TheTableOfTheDocumentationIsTheCatalogues) {
  const std::string page = slurp(std::filesystem::path(WB_SOURCE) / "docs/data.md");
  const std::string table = succeed({"data", "list", "--markdown"}).out;
  EXPECT_NE(page.find("\n\n" + table), std::string::npos)
      << "docs/data.md does not contain the output of `wordbridge data list --markdown`";
}

TEST_F(DatasetCommandTest, WrongUseIsSaid) {
  fail({"data"}, {"subcommand"}, 2);
  fail({"data", "fecth", "brown"}, {"fecth", "did you mean fetch?"}, 2);
  fail({"data", "fetch"}, {"NAME"}, 2);
  fail({"data", "fetch", "brwn"}, {"not in the catalogue", "did you mean brown?"}, 2);
  fail({"data", "fetch", "brown", "--attempts", "0"}, {"attempts"}, 2);
  fail({"data", "fetch", "bats"}, {"by hand", "https://vecto.space"});
  fail({"data", "list", "--catalogue", "gone.yaml"}, {"gone.yaml"});
  write("bad.yaml", "toy:\n  kinds: corpus\n");
  fail({"data", "list", "--catalogue", "bad.yaml"}, {"bad.yaml:2", "did you mean kind?"});
}

TEST_F(DatasetCommandTest, ADatasetIsFetchedCountedAndVerified) {
  EXPECT_THAT(succeed(data("fetch", {"all", "--from", "mirror"})).out,
              HasSubstr("toy: fetched and verified"));
  expect_datasets({"toy", "tongue"});
  EXPECT_THAT(succeed(data("fetch", {"toy", "--from", "mirror"})).out,
              HasSubstr("already present and complete"));
  EXPECT_THAT(succeed(data("list")).out, HasSubstr("fetched"));
  EXPECT_THAT(succeed(data("stats", {"toy"})).out, HasSubstr("40,000  as expected"));
  EXPECT_EQ(
      nlohmann::json::parse(succeed(data("stats", {"toy", "--json"})).out).at("toy").at("words"),
      4);
  EXPECT_EQ(succeed(data("verify")).out, "toy: OK\ntongue: OK\n");
  write("datasets/tongue/files/tongue.txt", "changed");
  const auto result = fail(data("verify"), {"1 of 2 datasets", "--force"});
  EXPECT_THAT(result.out, HasSubstr("tongue: FAILED\n  tongue.txt: expected"));
  write("datasets/tongue/dataset.json", "{");
  EXPECT_THAT(fail(data("verify"), {"1 of 2 datasets"}).out, HasSubstr("dataset.json: missing"));
  fail(data("verify", {"gone"}), {"not in the catalogue"}, 2);
  fail(data("stats", {"toy", "--to", "elsewhere"}),
       {"not been fetched", "wordbridge data fetch toy"});
}

TEST_F(DatasetCommandTest, AllIsWhatCanBeHadAndTheRestIsNamed) {
  std::filesystem::remove(folder_ / "mirror/tongue.txt");
  const auto some = succeed(data("fetch", {"all", "--from", "mirror"}));
  EXPECT_THAT(some.err, HasSubstr("not available in the folder: tongue"));
  expect_datasets({"toy"});
  EXPECT_THAT(succeed(data("fetch", {"all"})).err, HasSubstr("wordbridge data list): toy, tongue"));
}

TEST_F(DatasetCommandTest, DatasetsStandWherePathsStand) {
  fail({"train", "small.yaml", "model.type=pca", "data.path=dataset:tongue"},
       {"dataset", "wordbridge data fetch tongue"});
  fail({"train", "small.yaml", "model.type=pca", "eval.similarity=dataset:ws-353"},
       {"eval.similarity", "wordbridge data fetch ws-353"});
  succeed(data("fetch", {"all", "--from", "mirror"}));
  succeed({"train", "small.yaml", "model.type=pca", "data.path=dataset:tongue",
           "eval.similarity=dataset:toy", "--out", "run"});
  EXPECT_THAT(content("run/config.yaml"),
              testing::AllOf(HasSubstr("dataset:tongue"), HasSubstr("dataset:toy")));
  EXPECT_EQ(json("run/eval.json").at(0).at("name"), "toy");
  EXPECT_THAT(succeed({"eval", "run", "--similarity", "dataset:toy"}).out, HasSubstr("toy"));
  fail({"eval", "run", "--similarity", "dataset:men"}, {"wordbridge data fetch men"}, 2);
  fail({"eval", "run", "--similarity", "dataset:nothing-like-it"}, {"wordbridge data list"}, 2);
}

TEST_F(DatasetCommandTest, TheReadersFindWhatWasFetched) {
  const char* const mirror = std::getenv("WORDBRIDGE_MIRROR");
  if (mirror == nullptr) GTEST_SKIP() << "needs a local mirror: WORDBRIDGE_MIRROR";
  fail({"train", "data.reader=brown", "model.type=pca"}, {"wordbridge data fetch brown"});
  succeed({"data", "fetch", "brown", "--from", mirror});
  succeed({"train", "data.reader=brown", "model.type=pca", "model.pca.dim=2",
           "data.vocabulary.max_size=100", "--out", "run"});
  EXPECT_THAT(content("run/manifest.json"), HasSubstr("ca01"));
}

TEST_F(DatasetCommandTest, AnInterruptedDownloadGoesOn) {
  std::atomic<int> asked{0};
  const LoopbackServer server([&](const HttpConnection& to, const HttpRequest& request) {
    if (asked++ == 0) {
      serve_file(to, request, pairs_, "\"one\"", 100000);
      to.stall();
    } else {
      serve_file(to, request, pairs_, "\"one\"");
    }
  });
  catalogue("{url: '" + server.url("/pairs.tsv") + "'}");
  Process process(command(data("fetch", {"toy"})), options());
  const auto partial = folder_ / "datasets/toy.part/download/pairs.tsv.partial";
  std::error_code none;
  while (process.running() &&
         !(std::filesystem::exists(partial) && std::filesystem::file_size(partial, none) >= 100000))
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  process.send(SIGINT);
  const auto stopped = process.wait();
  EXPECT_EQ(stopped.status, 130) << stopped.err;
  EXPECT_THAT(stopped.err,
              testing::AllOf(HasSubstr("100,000 bytes are kept"), HasSubstr("same command")));
  expect_datasets({"toy.part"});
  EXPECT_FALSE(exists("datasets/toy.part/files"));
  succeed(data("fetch", {"toy"}));
  expect_datasets({"toy"});
  EXPECT_EQ(content("datasets/toy/files/pairs.tsv"), pairs_);
  EXPECT_EQ(server.requests().at(1).headers.at("range"), "bytes=100000-");
}

TEST_F(DatasetCommandTest, WhatCannotGoOnDoesNotStayAfterAnInterruption) {
  const LoopbackServer server([&](const HttpConnection& to, const HttpRequest&) {
    to.head("200 OK", "Transfer-Encoding: chunked\r\n");  // without length, ETag and end
    to.send("1000\r\n" + pairs_.substr(0, 4096) + "\r\n");
  });
  catalogue("{url: '" + server.url("/pairs.tsv") + "'}");
  Process process(command(data("fetch", {"toy", "--wait", "60"})), options());
  while (process.running() && server.requests().empty())
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));  // until it waits
  process.send(SIGINT);
  const auto stopped = process.wait();
  EXPECT_EQ(stopped.status, 130) << stopped.err;
  EXPECT_THAT(stopped.err, testing::Not(HasSubstr("kept")));
  expect_datasets({});
}

TEST_F(DatasetCommandTest, AFullDiskIsSaid) {
  ProcessOptions full = options();
  full.file_size_limit = 200000;  // less than pairs.tsv
  fail(data("fetch", {"toy", "--from", "mirror"}), {"can't write", "pairs.tsv", "ulimit -f"}, 1,
       full);
  expect_datasets({});
  const LoopbackServer server([&](const HttpConnection& to, const HttpRequest& request) {
    serve_file(to, request, pairs_, "\"one\"");
  });
  catalogue("{url: '" + server.url("/pairs.tsv") + "'}");
  fail(data("fetch", {"toy"}), {"can't write", "ulimit -f"}, 1, full);
}

TEST_F(DatasetCommandTest, OnlyOneFetchesAtATime) {
  std::atomic<bool> reached{false};
  const LoopbackServer server([&](const HttpConnection& to, const HttpRequest& request) {
    serve_file(to, request, pairs_, "\"one\"", 1000);
    reached = true;
    to.stall();
  });
  catalogue("{url: '" + server.url("/pairs.tsv") + "'}");
  Process first(command(data("fetch", {"toy"})), options());
  while (first.running() && !reached) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  const auto second = run(data("fetch", {"toy"}));
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.err, HasSubstr("another process is fetching this dataset"));
  EXPECT_TRUE(exists("datasets/toy.part"));
}

TEST_F(DatasetCommandTest, APlaceWhereNothingCanBeWrittenIsSaid) {
  write("file", "");
  fail(data("fetch", {"toy", "--from", "mirror", "--to", "file"}),
       {"can't create the folder", "file"});
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  std::filesystem::create_directory(folder_ / "closed");
  std::filesystem::permissions(
      folder_ / "closed", std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  fail(data("fetch", {"toy", "--from", "mirror", "--to", "closed"}),
       {"can't create the folder", "closed"});
}

TEST_F(DatasetCommandTest, AMissingFolderIsSaid) {
  fail(data("fetch", {"toy", "--from", "nowhere"}), {"folder not found", "nowhere"});
  fail(data("fetch", {"toy", "--from", "datasets.none"}), {"folder not found"});
  std::filesystem::create_directory(folder_ / "empty");
  fail(data("fetch", {"toy", "--from", "empty"}), {"toy is not in the folder", "empty/pairs.tsv"});
  fail(data("fetch", {"all", "--from", "empty"}), {"no dataset found in the folder"});
  expect_datasets({});
}

}  // namespace
}  // namespace wordbridge
