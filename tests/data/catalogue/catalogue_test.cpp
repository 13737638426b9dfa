#include "data/catalogue/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>

#include "core/error.h"
#include "core/io/file.h"
#include "core/text.h"
#include "data/catalogue/dataset.h"
#include "data/text/word_groups.h"
#include "tests/support/environment_variable.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::HasSubstr;

TEST(CatalogueTest, EveryEntrySaysWhatItMust) {
  std::set<std::string> kinds;
  for (const auto& entry : Catalogue::builtin().entries()) {
    SCOPED_TRACE(entry.name);
    kinds.insert(entry.kind);
    EXPECT_FALSE(entry.title.empty() || entry.licence.empty() || entry.citation.empty());
    EXPECT_FALSE(entry.counts.empty());
    EXPECT_TRUE(entry.by_hand() ? !entry.page.empty() : !entry.sources.empty());
    for (const auto& file : entry.files) {
      EXPECT_GT(file.bytes, 0) << file.label();
      EXPECT_FALSE(file.sha256.empty() && file.crc32.empty()) << file.label();
    }
  }
  EXPECT_EQ(kinds.size(), dataset_kinds().size());
}

TEST(CatalogueTest, WhatTheProjectNamesIsThere) {
  for (const char* const name : {"brown",
                                 "ptb",
                                 "text8",
                                 "wikitext-2",
                                 "english-novels",
                                 "gcide",
                                 "wordnet",
                                 "factbook",
                                 "ws-353",
                                 "ws-353-similarity",
                                 "ws-353-relatedness",
                                 "simlex-999",
                                 "rg-65",
                                 "mc-30",
                                 "mturk-287",
                                 "mturk-771",
                                 "yp-130",
                                 "verb-143",
                                 "semeval-2017",
                                 "card-660",
                                 "men",
                                 "rare-words",
                                 "simverb-3500",
                                 "google-analogy",
                                 "google-phrases",
                                 "msr-analogy",
                                 "bats",
                                 "ap",
                                 "bless",
                                 "esslli-2a",
                                 "esslli-2c",
                                 "battig",
                                 "8-8-8",
                                 "wikisem500",
                                 "weat"})
    EXPECT_NO_THROW(Catalogue::builtin().find(name)) << name;
}

TEST(CatalogueTest, AnUnknownNameHasItsNearest) {
  const auto message = message_of<UsageError>([] { Catalogue::builtin().find("ws353"); });
  EXPECT_THAT(message, HasSubstr("did you mean ws-353?"));
}

TEST(CatalogueTest, MistakesAreAllListedWithTheirLines) {
  const auto message = message_of<Error>([] {
    Catalogue::parse(
        "toy:\n"
        "  kind: corpsu\n"
        "  titel: Toy\n"
        "  title: Toy\n"
        "  licence: free\n"
        "  citation: nobody\n"
        "  reader: pairs\n"
        "  files:\n"
        "    - {name: ../up.txt, bytes: 12, sha256: abc}\n"
        "    - {name: a, byts: 3}\n"
        "  sources:\n"
        "    - {url: ftp://example.org/x}\n"
        "    - {mirror: /etc/x}\n"
        "  counts: {pairs: many}\n",
        "mine.yaml");
  });
  for (const char* const part :
       {"mine.yaml:2: toy.kind", "mine.yaml:3: toy.titel: unknown key; did you mean title?",
        "mine.yaml:9: toy.files.name: must be a relative path without '..'",
        "mine.yaml:9: toy.files.sha256: expected 64 digits",
        "mine.yaml:10: toy.files.byts: unknown key; did you mean bytes?",
        "mine.yaml:12: toy.sources.url: must begin with http", "mine.yaml:13: toy.sources.mirror",
        "mine.yaml:14: toy.counts.pairs: expected a whole number, got 'many'"})
    EXPECT_THAT(message, HasSubstr(part));
}

TEST(CatalogueTest, WhatIsMissingIsSaid) {
  const auto message =
      message_of<Error>([] { Catalogue::parse("toy:\n  kind: corpus\n", "mine.yaml"); });
  for (const char* const part : {"title", "licence", "citation", "counts", "files and sources"})
    EXPECT_THAT(message, HasSubstr(std::string("toy: missing ") + part));
}

TEST(CatalogueTest, ANameThatStandsForAllIsRefused) {
  EXPECT_THAT(message_of<Error>([] { Catalogue::parse("all:\n  kind: corpus\n", "mine.yaml"); }),
              HasSubstr("mine.yaml:1: all: reserved name (all datasets)"));
}

TEST(CatalogueTest, BrokenYamlHasItsLine) {
  const auto message = message_of<Error>([] { Catalogue::parse("a: 1\nb: [\n", "mine.yaml"); });
  EXPECT_THAT(message, HasSubstr("mine.yaml:"));
}

TEST(CatalogueTest, ASetsDigestIsThatOfTheShell) {
  // printf abc > a; printf x > b; sha256sum a b | sha256sum
  const TempFolder folder;
  folder.write("a", "abc");
  folder.write("b", "x");
  EXPECT_EQ(set_digest(files_below(folder.path())),
            "6cc72dfda54586b9cb3914e065860fe9bdaefe7d76490aed6215b848e6668676");
}

TEST(DatasetTest, PathsOfDatasetsAreResolved) {
  const TempFolder folder;
  const EnvironmentVariable root("WORDBRIDGE_DATA", (folder / "data").string());
  EXPECT_EQ(resolve_dataset_path("plain.txt"), "plain.txt");
  EXPECT_THAT(message_of<Error>([] { resolve_dataset_path("dataset:ws-353"); }),
              HasSubstr("wordbridge data fetch ws-353"));
  EXPECT_THAT(message_of<Error>([] { resolve_dataset_path("dataset:ws353"); }),
              HasSubstr("did you mean dataset:ws-353?"));
  for (const char* const bad : {"dataset:", "dataset:../x", "dataset:a/../b", "dataset:/etc"})
    EXPECT_THAT(message_of<Error>([&] { resolve_dataset_path(bad); }),
                HasSubstr("not a dataset path"));

  folder.write("from/train.txt", "a b\n");
  folder.write("from/valid.txt", "a\n");
  const auto toy = Catalogue::parse(
      "toy: {kind: corpus, title: Toy, licence: free, citation: nobody, reader: splits,\n"
      "  text: train.txt, counts: {train_tokens: 3, valid_tokens: 2},\n"
      "  files: [{name: train.txt, bytes: 4}, {name: valid.txt, bytes: 2}],\n"
      "  sources: [{mirror: 'from/{name}'}]}\n",
      "toy.yaml");
  FetchOptions options;
  options.root = data_root();
  options.from = folder.path().string();
  EXPECT_TRUE(fetch_dataset(toy.find("toy"), options));
  EXPECT_EQ(resolve_dataset_path("dataset:toy"), (folder / "data/toy/files/train.txt").string());
  EXPECT_EQ(resolve_dataset_path("dataset:toy/valid.txt"),
            (folder / "data/toy/files/valid.txt").string());
  EXPECT_THAT(message_of<Error>([] { resolve_dataset_path("dataset:toy/gone.txt"); }),
              HasSubstr("expected: train.txt, valid.txt"));
}

/// Fetches every dataset of a local mirror. All counts must be as expected, and word groups must be
/// readable.
TEST(DatasetTest, EveryMirroredDatasetHasItsCounts) {
  const char* const mirror = std::getenv("WORDBRIDGE_MIRROR");
  if (mirror == nullptr) GTEST_SKIP() << "needs a local mirror: WORDBRIDGE_MIRROR";
  const TempFolder folder;
  const EnvironmentVariable root("WORDBRIDGE_DATA", (folder / "data").string());
  FetchOptions options;
  options.root = data_root();
  options.from = mirror;
  int fetched = 0;
  for (const auto& entry : Catalogue::builtin().entries()) {
    SCOPED_TRACE(entry.name);
    if (entry.by_hand() || !can_be_had(entry, mirror)) continue;
    EXPECT_TRUE(fetch_dataset(entry, options));
    const auto found = find_fetched(entry.name, options.root);
    ASSERT_TRUE(found);
    for (const auto& [name, count] : entry.counts) {
      const auto measured = std::find_if(found->counts.begin(), found->counts.end(),
                                         [&n = name](const auto& item) { return item.first == n; });
      ASSERT_NE(measured, found->counts.end()) << name;
      EXPECT_EQ(measured->second, count) << name;
    }
    EXPECT_TRUE(std::filesystem::exists(resolve_dataset_path("dataset:" + entry.name)));
    if (entry.kind == "categorisation")
      read_word_groups(resolve_dataset_path("dataset:" + entry.name));
    ++fetched;
  }
  EXPECT_GE(fetched, 29);
}

TEST(DatasetTest, TheBeginningOfText8IsNotText8) {
  const char* const mirror = std::getenv("WORDBRIDGE_MIRROR");
  if (mirror == nullptr) GTEST_SKIP() << "needs a local mirror: WORDBRIDGE_MIRROR";
  const TempFolder folder;
  const auto beginning = fs::path(mirror) / "text8-prefix/text8.first6877825.gz";
  std::filesystem::create_directories(folder / "text8");
  std::filesystem::copy_file(beginning, folder / "text8/text8.zip");
  FetchOptions options;
  options.root = folder / "data";
  options.from = folder.path().string();
  const auto message =
      message_of<Error>([&] { fetch_dataset(Catalogue::builtin().find("text8"), options); });
  EXPECT_THAT(message, HasSubstr("expected 100,000,000 bytes, got 6,877,825"));
  EXPECT_TRUE(std::filesystem::is_empty(options.root));
}

}  // namespace
}  // namespace wordbridge
