#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_folder.h"
#include "tests/support/toy_corpus.h"

namespace wordbridge {

using Arguments = std::vector<std::string>;

/// Runs the program as users do, in a temporary folder with a text, text.txt, and an experiment
/// that takes some seconds, small.yaml.
class CliTest : public testing::Test {
 protected:
  CliTest() {
    options_.folder = folder_.path();
    options_.environment = {{"WORDBRIDGE_CACHE", (folder_ / "cache").string()},
                            {"WORDBRIDGE_DATA", (folder_ / "datasets").string()},
                            {"WORDBRIDGE_MIRROR", (folder_ / "no mirror").string()}};
    std::string text;
    for (const auto& token : toy_tokens(340)) text += token + (token == "." ? "\n" : " ");
    write("text.txt", text);
    write("small.yaml",
          "threads: 1\n"
          "data:\n"
          "  path: text.txt\n"
          "  tokenizer: {type: whitespace}\n"
          "  split: {train: 0.8, valid: 0.1, test: 0.1}\n"
          "  vocabulary: {min_count: 1}\n"
          "model:\n"
          "  type: nplm\n"
          "  nplm: {n: 3, dim: 4, hidden: [8]}\n"
          "  pca: {dim: 4, power: 1}\n"
          "train: {epochs: 3, batch_size: 64, lr: 0.01, patience: 0}\n");
  }

  std::string write(const std::string& name, const std::string& content) const {
    return folder_.write(name, content);
  }
  std::string content(const std::string& name) const { return slurp(folder_ / name); }
  bool exists(const std::string& name) const { return std::filesystem::exists(folder_ / name); }
  nlohmann::json json(const std::string& name) const {
    return nlohmann::json::parse(content(name));
  }

  /// The options of all calls; copy and change them for a single call.
  const ProcessOptions& options() const { return options_; }
  ProcessResult run(const Arguments& arguments) const { return run(arguments, options_); }
  static ProcessResult run(const Arguments& arguments, const ProcessOptions& options) {
    return Process(command(arguments), options).wait();
  }
  static std::vector<std::string> command(const Arguments& arguments) {
    std::vector<std::string> command = {WB_PROGRAM};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return command;
  }

  ProcessResult succeed(const Arguments& arguments) const { return succeed(arguments, options_); }
  static ProcessResult succeed(const Arguments& arguments, const ProcessOptions& options) {
    const ProcessResult result = run(arguments, options);
    EXPECT_EQ(result.status, 0) << told(arguments, result);
    return result;
  }

  /// Expects a clean failure: the exit status, a message that contains all of `parts`, no partially
  /// written file and no changed file.
  ProcessResult fail(const Arguments& arguments, const std::vector<std::string>& parts,
                     int status = 1) const {
    return fail(arguments, parts, status, options_);
  }
  ProcessResult fail(const Arguments& arguments, const std::vector<std::string>& parts, int status,
                     const ProcessOptions& options) const {
    const auto before = files();
    const ProcessResult result = run(arguments, options);
    EXPECT_EQ(result.status, status) << told(arguments, result);
    for (const auto& part : parts)
      EXPECT_THAT(result.err, testing::HasSubstr(part)) << told(arguments, result);
    for (const char* const dump : {"terminate called", "assertion failed", "bug", "std::", "#0"})
      EXPECT_THAT(result.err, testing::Not(testing::HasSubstr(dump))) << told(arguments, result);
    const auto after = files();
    for (const auto& [name, text] : before) {
      const auto now = after.find(name);
      EXPECT_TRUE(now != after.end() && now->second == text) << name << " was changed";
    }
    for (const auto& [name, text] : after) {
      EXPECT_EQ(name.find(".tmp-"), std::string::npos) << name << " was not removed";
      EXPECT_TRUE(before.count(name) > 0 || name.find("summary.json") == name.npos)
          << name << " marks the run as complete";
    }
    return result;
  }

  /// Path and content of all files except the logs of runs.
  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      if (entry.is_regular_file() && entry.path().filename() != "log.txt")
        files[entry.path().lexically_relative(folder_.path()).string()] = slurp(entry.path());
    }
    return files;
  }

  /// Compares the files that must have the same bytes for the same experiment.
  void expect_same_run(const std::string& a, const std::string& b) const {
    for (const char* const name : {"vectors.txt", "metrics.jsonl", "vocabulary.tsv", "eval.json"}) {
      EXPECT_EQ(content(a + "/" + name), content(b + "/" + name)) << name;
      EXPECT_FALSE(content(a + "/" + name).empty()) << name;
    }
    EXPECT_TRUE(exists(a + "/summary.json") && exists(b + "/summary.json"));
  }

  static std::string told(const Arguments& arguments, const ProcessResult& result) {
    std::string text = "wordbridge";
    for (const auto& argument : arguments) text += " " + argument;
    return text + "\nstatus " + std::to_string(result.status) + ", signal " +
           std::to_string(result.signal) + (result.timed_out ? ", timed out" : "") +
           "\nstandard output:\n" + result.out + "standard error:\n" + result.err;
  }

  const TempFolder folder_;
  ProcessOptions options_;
};

}  // namespace wordbridge
