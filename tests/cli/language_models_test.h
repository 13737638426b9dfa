#pragma once

#include <string>

#include "tests/cli/cli_test.h"

namespace wordbridge {

/// A test of commands of language models.
class LanguageModelsCliTest : public CliTest {
 protected:
  void train(const std::string& out, Arguments overrides) const {
    Arguments arguments = {"train", "small.yaml", "model.type=ngram", "--out", out};
    arguments.insert(arguments.end(), overrides.begin(), overrides.end());
    succeed(arguments);
  }
  double test_perplexity(const std::string& run) const {
    return json(run + "/summary.json").at("results").at("test_perplexity").get<double>();
  }
  /// The perplexity in the line of `what` in the output of `score`.
  static double scored(const std::string& output, const std::string& what = "all tokens") {
    const auto at = output.find("perplexity, " + what);
    EXPECT_NE(at, std::string::npos) << output;
    return std::stod(output.substr(at + 12 + what.size()));
  }
};

/// A bigram model in ARPA format, as small as those that other programs' users attach to their
/// reports. log10 P of "cat dog": <s> cat, cat dog, dog </s>, -0.3 each, so its perplexity
/// is 1.995.
inline std::string small_arpa(const std::string& unknown, const std::string& before = "") {
  const std::string line = unknown.empty() ? "" : "-0.9\t" + unknown + "\n";
  return before + "\\data\\\nngram 1=" + (unknown.empty() ? "4" : "5") +
         "\nngram 2=4\n\n\\1-grams:\n-99\t<s>\t-0.3\n-0.6\t</s>\n" + line +
         "-0.5\tcat\t-0.2\n-0.5\tdog\t-0.2\n\n\\2-grams:\n-0.3\t<s> cat\n-0.3\tcat dog\n"
         "-0.3\tdog </s>\n-0.4\tdog cat\n\n\\end\\\n";
}

}  // namespace wordbridge
