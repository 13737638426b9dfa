#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/io/file.h"
#include "core/io/hash.h"
#include "core/progress.h"
#include "data/catalogue/dataset.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {

/// A small dataset with one file, pairs.tsv, and configurable sources.
class FetchTest : public testing::Test {
 protected:
  FetchTest() {
    ::setenv("no_proxy", "127.0.0.1", 1);  // independent of the environment's proxy settings
    options_.root = folder_ / "datasets";
    options_.download.attempts = 2;
    options_.download.wait_seconds = 0.01;
    options_.download.stall_seconds = 1;
    for (int i = 0; i < 5000; ++i) content_ += fmt::format("word{}\tother{}\t{}.5\n", i, i, i % 10);
  }

  /// `sources`: the list items in YAML.
  DatasetEntry entry(const std::string& sources, int pairs = 5000) const {
    return entry_of("- {name: pairs.tsv, " + facts_of(content_) + "}", sources, pairs);
  }
  static DatasetEntry entry_of(const std::string& files, const std::string& sources, int pairs) {
    return Catalogue::parse(
               fmt::format(
                   "toy: {{kind: similarity, title: Toy, licence: free, citation: nobody, "
                   "reader: pairs,\n  counts: {{pairs: {}}},\n  files: [{}],\n  sources: [{}]}}\n",
                   pairs, files.substr(2), sources),
               "test.yaml")
        .find("toy");
  }
  static std::string facts_of(const std::string& content) {
    return fmt::format("bytes: {}, sha256: {}", content.size(), sha256(content));
  }

  bool fetch(const DatasetEntry& entry) const { return fetch_dataset(entry, options_); }

  void expect_fetched() const {
    EXPECT_EQ(slurp(options_.root / "toy/files/pairs.tsv"), content_);
    EXPECT_EQ(slurp(options_.root / "toy/toy.tsv"), "word1\tword2\tscore\n" + content_);
    EXPECT_EQ(below_root(), (std::vector<std::string>{"toy", "toy/dataset.json", "toy/files",
                                                      "toy/files/pairs.tsv", "toy/toy.tsv"}));
  }

  /// The fetch fails with a message that contains all `parts`, and leaves only `left` in the
  /// folder.
  void expect_failure(const DatasetEntry& entry, const std::vector<std::string>& parts,
                      const std::vector<std::string>& left = {}) const {
    const auto message = message_of<Error>([&] { fetch(entry); });
    for (const auto& part : parts) EXPECT_THAT(message, testing::HasSubstr(part));
    EXPECT_EQ(below_root(), left);
  }

  static std::string human_count_of(const std::string& text) { return human_count(text.size()); }

  std::vector<std::string> below_root() const {
    std::vector<std::string> names;
    if (!std::filesystem::exists(options_.root)) return names;
    for (const auto& item : std::filesystem::recursive_directory_iterator(options_.root))
      names.push_back(item.path().lexically_relative(options_.root).string());
    std::sort(names.begin(), names.end());
    return names;
  }

  const TempFolder folder_;
  FetchOptions options_;
  std::string content_;
};

}  // namespace wordbridge
