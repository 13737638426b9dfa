#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "cli/commands.h"
#include "cli/field_options.h"
#include "cli/open_table.h"
#include "cli/outputs.h"
#include "cli/runs/report_runs.h"
#include "cli/torch/torch.h"
#include "core/error.h"
#include "core/io/file.h"
#include "core/json.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "data/catalogue/dataset.h"
#include "eval/projection/tsne.h"
#include "report/report.h"

namespace wordbridge {
namespace {

struct ReportArguments {
  std::vector<std::string> runs;
  std::vector<std::vector<std::string>> sections;  // title, runs
  std::string out, groups, tensor;
  std::int64_t limit = 0;
  ReportOptions options;
};

/// Returns make(). Reports JSON of unexpected form in a run's files as a user error.
template <class F>
auto from_files_of(const std::vector<std::string>& runs, const F& make) {
  try {
    return make();
  } catch (const nlohmann::json::exception& error) {
    throw Error("the files of a run are damaged")
        .at("{}", join(runs, ", "))
        .expected("files written by `wordbridge train`")
        .got("{}", json_problem(error));
  }
}

std::vector<ReportSection> open_sections(const ReportArguments& arguments) {
  auto sections = from_files_of(arguments.runs, [&] {
    return sections_by_text(open_runs(arguments.runs, arguments.limit, arguments.tensor));
  });
  for (const auto& part : arguments.sections) {
    if (part.size() < 2) {
      throw UsageError("a section needs a title and at least one run")
          .got("--section {}", part.empty() ? "" : "'" + part.front() + "' alone")
          .hint("--section \"One text\" runs/a runs/b --section \"Another\" runs/c");
    }
    sections.push_back({part.front(), open_runs({part.begin() + 1, part.end()}, arguments.limit,
                                                arguments.tensor)});
  }
  if (sections.empty())
    throw UsageError("nothing to report").expected("run folders or files of word vectors");
  return sections;
}

int write_report(ReportArguments& arguments) {
  const auto extension = fs::path(arguments.out).extension().string();
  const bool markdown = extension == ".md";
  if (!markdown && extension != ".html" && extension != ".htm" && !extension.empty()) {
    throw UsageError("unsupported report format")
        .at("--out")
        .expected("FILE.html or FILE.md")
        .got("{}", printable(arguments.out));
  }
  auto inputs = arguments.runs;
  inputs.push_back(arguments.groups);
  for (const auto& part : arguments.sections) inputs.insert(inputs.end(), part.begin(), part.end());
  check_outputs({arguments.out}, inputs);
  AtomicFile file(arguments.out);  // opened first, so that an unwritable path fails early
  start_threads(0);
  if (!arguments.groups.empty())
    arguments.options.groups = read_word_groups(resolve_dataset_path(arguments.groups));
  const auto sections = open_sections(arguments);
  if (arguments.options.title.empty()) {
    arguments.options.title =
        sections.size() == 1 ? "Word embeddings: " + sections.front().title : "Word embeddings";
  }
  if (markdown) arguments.options.map_words = 0;
  std::vector<std::string> paths;
  for (const auto& section : sections)
    for (const auto& run : section.runs) paths.push_back(run.path);
  const auto content =
      from_files_of(paths, [&] { return report_content(sections, arguments.options); });
  const std::string page = markdown ? report_markdown(content) : report_page(content);
  file.write(page);
  file.commit();
  log("report", "{}: {}", arguments.out, human_bytes(static_cast<double>(page.size())));
  return 0;
}

}  // namespace

void add_report_command(CLI::App& program, int& status) {
  const auto arguments = std::make_shared<ReportArguments>();
  auto* report = program.add_subcommand(
      "report", "Write an HTML report of runs: learning curves, scores, neighbours, maps");
  report->footer(
      "The page is self-contained and opens without a network connection (docs/report.md). Runs on "
      "the same text share a\n"
      "section. Custom sections: wordbridge report -o r.html --section \"One text\" runs/a "
      "runs/b --section \"Another\" runs/c");
  report->add_option("RUNS", arguments->runs, "run folders or files of word vectors");
  report
      ->add_option("-o,--out", arguments->out,
                   "output file; FILE.md: Markdown with scores and neighbours only")
      ->default_val("report.html")
      ->capture_default_str();
  report
      ->add_option("--section", arguments->sections,
                   "title and runs of a section (may be repeated)")
      ->type_name("TITLE RUN ...")
      ->expected(1, 100000)
      ->inject_separator();
  report->add_option("--title", arguments->options.title, "title of the page");
  report
      ->add_option(
          "--words", arguments->options.words,
          "comma-separated words whose neighbours are listed, or a word that contains commas (may "
          "be repeated; default: eval.neighbors of the runs)")
      ->allow_extra_args(false);
  report->add_option("--groups", arguments->groups,
                     "file of word groups (word TAB group), which colour the maps");
  report
      ->add_option("--map-words", arguments->options.map_words,
                   "number of words on each map, by frequency")
      ->check(in_range(between(2, static_cast<double>(kMostTsneRows))))
      ->capture_default_str();
  add_tensor_option(report, arguments->tensor);
  report->add_option("--limit", arguments->limit, "read only the first N words of each table")
      ->check(in_range(at_least(0)));
  report->callback([arguments, &status] { status = write_report(*arguments); });
}

}  // namespace wordbridge
