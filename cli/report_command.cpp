#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "cli/commands.h"
#include "cli/report_runs.h"
#include "cli/torch/torch.h"
#include "core/error.h"
#include "core/io/file.h"
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
  std::string out, groups;
  std::int64_t limit = 0;
  ReportOptions options;
};

/// What `make` gives. JSON of another form in a run's files is the user's to mend.
template <class F>
auto from_files_of(const std::vector<std::string>& runs, const F& make) {
  try {
    return make();
  } catch (const nlohmann::json::exception& error) {
    throw Error("the files of a run are damaged")
        .at("{}", join(runs, ", "))
        .expected("what `wordbridge train` wrote")
        .got("{}", error.what());
  }
}

std::vector<ReportSection> open_sections(const ReportArguments& arguments) {
  auto sections = from_files_of(
      arguments.runs, [&] { return sections_by_text(open_runs(arguments.runs, arguments.limit)); });
  for (const auto& part : arguments.sections) {
    if (part.size() < 2) {
      throw UsageError("a section needs a title and runs")
          .got("--section {}", part.empty() ? "" : "'" + part.front() + "' alone")
          .hint("--section \"One text\" runs/a runs/b --section \"Another\" runs/c");
    }
    sections.push_back({part.front(), open_runs({part.begin() + 1, part.end()}, arguments.limit)});
  }
  if (sections.empty()) throw UsageError("nothing to report on").expected("runs");
  return sections;
}

int write_report(ReportArguments& arguments) {
  const auto extension = fs::path(arguments.out).extension().string();
  const bool markdown = extension == ".md";
  if (!markdown && extension != ".html" && extension != ".htm" && !extension.empty()) {
    throw UsageError("a report is HTML or Markdown")
        .at("--out")
        .expected("FILE.html or FILE.md")
        .got("{}", printable(arguments.out));
  }
  AtomicFile file(arguments.out);  // before the work, so that it is not in vain
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
      "report", "One HTML page of runs side by side: curves, scores, neighbours, maps.");
  report->footer(
      "The page holds all that it shows and opens without a network (docs/report.md). Runs on the "
      "same text stand in one\n"
      "section; sections of your own: wordbridge report -o r.html --section \"One text\" runs/a "
      "runs/b --section \"Another\" runs/c");
  report->add_option("RUNS", arguments->runs, "runs' folders or files of word vectors");
  report
      ->add_option("-o,--out", arguments->out,
                   "the file to write; FILE.md: scores and neighbours alone, as Markdown")
      ->default_val("report.html")
      ->capture_default_str();
  report
      ->add_option("--section", arguments->sections,
                   "title of a section, and its runs (may be repeated)")
      ->type_name("TITLE RUN ...")
      ->expected(1, 100000)
      ->inject_separator();
  report->add_option("--title", arguments->options.title, "title of the page");
  report
      ->add_option("--words", arguments->options.words,
                   "words whose neighbours are listed, with commas (default: those of the runs' "
                   "eval.neighbors)")
      ->delimiter(',')
      ->allow_extra_args(false);
  report->add_option("--groups", arguments->groups,
                     "file of words and their groups (word TAB group), which colour the maps");
  report
      ->add_option("--map-words", arguments->options.map_words,
                   "words on each map, the most frequent ones")
      ->check(CLI::Range(std::int64_t{2}, kMostTsneRows))
      ->capture_default_str();
  report->add_option("--limit", arguments->limit, "only the first so many words of each table")
      ->check(CLI::NonNegativeNumber);
  report->callback([arguments, &status] { status = write_report(*arguments); });
}

}  // namespace wordbridge
