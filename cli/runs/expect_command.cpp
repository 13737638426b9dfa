#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "cli/commands.h"
#include "cli/print.h"
#include "core/error.h"
#include "core/io/file.h"
#include "core/progress.h"
#include "core/text.h"
#include "report/expected/check_expected.h"

namespace wordbridge {
namespace {

struct ExpectArguments {
  std::vector<std::string> folders;
  bool all = false, uncovered = false;
  ExpectedOptions options;
};

/// The folders of experiments/ and bench/ with a file expected.json, by name.
std::vector<std::string> all_expected() {
  std::vector<std::string> folders;
  for (const char* const parent : {"bench", "experiments"}) {
    std::error_code code;
    for (const auto& entry : fs::directory_iterator(parent, code))
      if (fs::exists(entry.path() / kExpectedFile, code)) folders.push_back(entry.path().string());
  }
  std::sort(folders.begin(), folders.end());
  if (folders.empty()) {
    throw UsageError("there is nothing to check")
        .expected("folders experiments/NAME or bench/NAME with a file {} below the working folder",
                  kExpectedFile)
        .hint("change to the folder of the repository, or name a folder");
  }
  return folders;
}

std::string count_of(std::size_t count, std::string_view one, std::string_view several = {}) {
  return counted(static_cast<std::int64_t>(count), one, several);
}

std::string one_line(const std::string& folder, const ExpectedCheck& check,
                     const ExpectedOptions& options) {
  std::string line = fmt::format("{}: {}, {}", folder, count_of(check.figures, "figure"),
                                 count_of(check.places, "place"));
  if (check.numbers > 0) {
    line += fmt::format("; README.md: {} of {} in tables are covered",
                        check.numbers - check.uncovered.size(), count_of(check.numbers, "number"));
  }
  if (check.left_out > 0)
    line += fmt::format("; {} --scripts", count_of(check.left_out, "table needs", "tables need"));
  if (!options.runs.empty()) line += "; " + count_of(check.runs, "run");
  return line + "\n";
}

/// Prints what was checked in a folder, and its complaints.
ExpectedCheck check_folder(const std::string& folder, const ExpectArguments& arguments) {
  ExpectedCheck check;
  try {
    check = check_expected(read_expected_file(folder), arguments.options);
  } catch (const Error& error) {
    check.complaints.emplace_back(error.what());
  }
  print(one_line(folder, check, arguments.options));
  if (arguments.uncovered)
    for (const auto& number : check.uncovered) print("  " + number + "\n");
  for (const auto& complaint : check.complaints) fmt::print(stderr, "error: {}\n", complaint);
  return check;
}

int expect(const ExpectArguments& arguments) {
  if (arguments.all && !arguments.folders.empty())
    throw UsageError("--all checks all folders").got("{}", join(arguments.folders, " "));
  if (const auto& runs = arguments.options.runs; !runs.empty()) {
    if (arguments.folders.size() != 1) {
      throw UsageError("--runs are those of one study")
          .expected("one folder with a file {}", kExpectedFile)
          .got("{}", arguments.folders.empty() ? "all" : join(arguments.folders, " "));
    }
    if (!fs::is_directory(runs))
      throw Error("no such folder of runs").at("--runs {}", runs.string());
  }
  ExpectedCheck sum;
  std::size_t complaints = 0;
  const auto folders = arguments.folders.empty() ? all_expected() : arguments.folders;
  for (const auto& folder : folders) {
    const auto path = fs::path(folder).lexically_normal();
    const auto check =
        check_folder((path.has_filename() ? path : path.parent_path()).string(), arguments);
    sum.figures += check.figures;
    sum.places += check.places;
    sum.runs += check.runs;
    sum.left_out += check.left_out;
    complaints += check.complaints.size();
  }
  if (!arguments.options.runs.empty() && sum.runs == 0 && complaints == 0) {
    throw Error("the folder has none of the runs that the results are of")
        .at("--runs {}", arguments.options.runs.string());
  }
  if (complaints > 0) {
    throw Error(count_of(complaints, "complaint"))
        .hint("correct what is printed, or {} if the results have changed", kExpectedFile);
  }
  std::string summary = fmt::format("{}, {}, all agree", count_of(sum.figures, "figure"),
                                    count_of(sum.places, "place"));
  if (sum.left_out > 0) {
    summary += fmt::format("; {} left out (--scripts)",
                           count_of(sum.left_out, "table was", "tables were"));
  }
  print(summary + "\n");
  return 0;
}

}  // namespace

void add_expect_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<ExpectArguments>();
  auto* command = program.add_subcommand(
      "expect", "Check the figures that are printed in README files against committed results");
  command->footer(
      "The file expected.json of an experiment says which figures are expected, where the results "
      "are, and where the\n"
      "figures are printed: in tables and sentences of any Markdown file. A printed number must be "
      "the expected one, rounded\n"
      "to the digits that are printed (docs/expected.md). Exit status 1 if one is not.\n"
      "Examples:\n"
      "  wordbridge expect --scripts                       all of experiments/ and bench/\n"
      "  wordbridge expect experiments/seed --uncovered    numbers of its README that are not "
      "checked\n"
      "  wordbridge expect experiments/pretrained --runs RUNS");
  command->add_option(
      "FOLDERS", arguments->folders,
      "folders with a file expected.json (default: all of experiments/ and bench/)");
  command->add_flag("--all", arguments->all, "all of experiments/ and bench/, as without folders");
  command->add_flag("--scripts", arguments->options.scripts,
                    "also run the scripts in these folders that make tables from results, and "
                    "compare what they print; only for folders you trust");
  command->add_option("--runs", arguments->options.runs,
                      "folder of runs of one study, to compare with its committed results");
  command->add_flag("--uncovered", arguments->uncovered,
                    "list the numbers in tables of each README.md that no entry covers");
  command->callback([arguments, &status] { status = expect(*arguments); });
}

}  // namespace wordbridge
