#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <set>

#include "cli/commands.h"
#include "cli/field_options.h"
#include "cli/open_table.h"
#include "cli/outputs.h"
#include "cli/torch/torch.h"
#include "core/error.h"
#include "core/io/file.h"
#include "core/log.h"
#include "core/text.h"
#include "data/catalogue/dataset.h"
#include "data/text/word_groups.h"
#include "eval/neighbors/query.h"
#include "eval/projection/pca_projection.h"
#include "eval/projection/tsne.h"
#include "report/plot/plot.h"
#include "train/runs/stored_run.h"

namespace wordbridge {
namespace {

/// Arguments of every figure.
struct FigureArguments {
  std::string out, width, height;
  PlotOptions options;
};

struct MapArguments {
  FigureArguments figure;
  std::vector<std::string> tables, words;
  std::string groups, tensor, method = "auto";
  std::int64_t count = 0, limit = 0;
  TsneOptions tsne;
};

struct CurveArguments {
  FigureArguments figure;
  std::vector<std::string> runs;
  std::string metric = "valid_perplexity";
};

constexpr std::int64_t kMapWords = 100;  // without --words and --groups
constexpr std::size_t kFewWords = 100;   // --method auto uses PCA up to this many

/// "85mm", "640px", "640" in pixels.
double length(const std::string& text, const char* option) {
  const auto ends_with = [&](std::string_view end) {
    return text.size() > end.size() && text.substr(text.size() - end.size()) == end;
  };
  const bool in_mm = ends_with("mm");
  const std::string number = in_mm || ends_with("px") ? text.substr(0, text.size() - 2) : text;
  const auto value = parse_double(number);
  const double pixels = value.value_or(0) * (in_mm ? 96 / 25.4 : 1);
  if (!(pixels >= 1 && pixels <= 20000)) {
    throw UsageError("invalid figure size")
        .at("{}", option)
        .expected("a length such as 85mm or 640px, at most 20000 px")
        .got("{}", printable(text));
  }
  return pixels;
}

PlotOptions figure_options(const FigureArguments& arguments) {
  const auto extension = fs::path(arguments.out).extension();
  if (!extension.empty() && extension != ".svg") {
    throw UsageError("figures are written as SVG")
        .at("--out")
        .expected("FILE.svg")
        .got("{}", printable(arguments.out))
        .hint("to convert to other formats: rsvg-convert -f pdf map.svg -o map.pdf");
  }
  PlotOptions options = arguments.options;
  if (!arguments.width.empty()) options.width = length(arguments.width, "--width");
  if (!arguments.height.empty()) options.height = length(arguments.height, "--height");
  return options;
}

/// The words of --words that are in the table. Warns of the others; Error if there are only others.
std::vector<std::string> asked_words(const EmbeddingTable& table,
                                     const std::vector<std::string>& lists) {
  std::vector<std::string> words, known;
  std::set<std::string> different;
  std::vector<Error> missing;
  for (const auto& list : lists) {
    for (const auto& word : words_of_list({&table}, list)) {
      if (!different.insert(word).second)
        throw UsageError("a word is repeated").at("--words").got("'{}'", printable(word));
      if (table.find(word) >= 0) {
        words.push_back(word);
        continue;
      }
      Error& error = missing.emplace_back("the word is not in the table");
      error.at("{}", table.origin()).got("'{}'", printable(word));
      for (auto i = std::int64_t(known.size()); i < table.size(); ++i)
        known.emplace_back(table.word(i));
      if (const auto near = nearest_name(word, known)) error.hint("did you mean '{}'?", *near);
    }
  }
  if (words.empty() && missing.empty()) throw UsageError("no words").at("--words");
  if (words.empty()) throw missing.front();
  for (const auto& error : missing) log_warning(error.what());
  return words;
}

/// The words on a map, in the order in which their labels are placed.
std::vector<std::string> chosen_words(const EmbeddingTable& table, const MapArguments& arguments,
                                      const WordGroups& groups) {
  if (!arguments.words.empty()) return asked_words(table, arguments.words);
  std::vector<std::string> words;
  if (arguments.count == 0 && !groups.words.empty()) {
    for (const auto& [word, group] : groups.words)
      if (table.find(word) >= 0) words.push_back(word);
    const std::size_t missing = groups.words.size() - words.size();
    if (words.empty()) {
      throw Error("none of the words of the groups is in the table")
          .at("{}", table.origin())
          .got("'{}', ...", printable(groups.words.front().first));
    }
    if (missing > 0) {
      warn("{} of {} words of the groups are not in {}", missing, groups.words.size(),
           table.origin());
    }
    return words;
  }
  const std::int64_t count = arguments.count > 0 ? arguments.count : kMapWords;
  for (std::int64_t i = 0; i < std::min(count, table.size()); ++i)
    words.emplace_back(table.word(i));
  return words;
}

EmbeddingTable table_of(const EmbeddingTable& table, const std::vector<std::string>& words) {
  std::vector<float> rows;
  for (const auto& word : words) {
    const float* row = table.row(table.find(word));
    rows.insert(rows.end(), row, row + table.dim());
  }
  return EmbeddingTable(words, std::move(rows), table.dim(), table.origin());
}

/// The group of each word.
std::vector<std::size_t> groups_of(const std::vector<std::string>& words,
                                   const WordGroups& groups) {
  std::vector<std::size_t> found;
  for (const auto& word : words) {
    const auto at = std::find_if(groups.words.begin(), groups.words.end(),
                                 [&](const auto& entry) { return entry.first == word; });
    found.push_back(at == groups.words.end() ? kNoGroup : at->second);
  }
  return found;
}

MapPanel map_panel(const std::string& path, const MapArguments& arguments,
                   const WordGroups& groups) {
  const bool seeds = fs::is_directory(path) && is_run(path);
  const std::string vectors = seeds ? read_run(path).vectors : path;
  const EmbeddingTable table =
      load_table(vectors.empty() ? path : vectors, arguments.limit, arguments.tensor);
  MapPanel panel;
  panel.label = label(path);
  panel.words = chosen_words(table, arguments, groups);
  panel.on_a_line = table.dim() == 1;
  const EmbeddingTable shown = table_of(table, panel.words);
  const bool tsne =
      arguments.method == "tsne" || (arguments.method == "auto" && panel.words.size() > kFewWords);
  panel.map = tsne ? tsne_projection(shown, 0, arguments.tsne) : pca_projection(shown, 0);
  if (!groups.names.empty()) panel.groups = groups_of(panel.words, groups);
  return panel;
}

int plot_map(const MapArguments& arguments) {
  const PlotOptions options = figure_options(arguments.figure);
  auto inputs = arguments.tables;
  inputs.push_back(arguments.groups);
  check_outputs({arguments.figure.out}, inputs);
  AtomicFile file(arguments.figure.out);  // opened first, so that an unwritable path fails early
  start_threads(0);
  WordGroups groups;
  if (!arguments.groups.empty()) groups = read_word_groups(resolve_dataset_path(arguments.groups));
  MapPlot plot;
  for (const auto& path : arguments.tables)
    plot.panels.push_back(map_panel(path, arguments, groups));
  plot.group_names = groups.names;
  plot.label_all = !arguments.words.empty() || (!groups.words.empty() && arguments.count == 0);
  file.write(plot_maps(plot, options));
  file.commit();
  log("plot", "{}", arguments.figure.out);
  return 0;
}

/// Names of all numbers recorded for the epochs of the runs.
std::vector<std::string> metrics_of(const std::vector<StoredRun>& runs) {
  std::set<std::string> names;
  for (const auto& run : runs)
    for (const auto& seed : run.seeds)
      for (const auto& epoch : seed.epochs)
        for (const auto& [key, value] : epoch.items())
          if (value.is_number() && key != "epoch") names.insert(key);
  return {names.begin(), names.end()};
}

Curve curve_of(const StoredRun& run, const std::string& metric) {
  Curve curve{run.label, {}};
  for (const auto& seed : run.seeds) {
    curve.seeds.emplace_back();
    for (const auto& epoch : seed.epochs) {
      if (!epoch.contains(metric) || !epoch[metric].is_number()) continue;
      curve.seeds.back().emplace_back(epoch.at("epoch").get<double>(), epoch[metric].get<double>());
    }
  }
  return curve;
}

/// "valid_perplexity" -> "Validation perplexity"
std::string axis_name(std::string metric) {
  if (metric.rfind("valid_", 0) == 0) metric.replace(0, 5, "validation");
  std::replace(metric.begin(), metric.end(), '_', ' ');
  if (!metric.empty() && metric[0] >= 'a' && metric[0] <= 'z')
    metric[0] = static_cast<char>(metric[0] - 'a' + 'A');
  return metric;
}

int plot_training(const CurveArguments& arguments) {
  const PlotOptions options = figure_options(arguments.figure);
  check_outputs({arguments.figure.out}, arguments.runs);
  AtomicFile file(arguments.figure.out);
  std::vector<StoredRun> runs;
  for (const auto& path : arguments.runs) {
    runs.push_back(read_run(path));
    runs.back().label = label(path);
    if (metrics_of({runs.back()}).empty()) {
      throw Error("the run has no epochs to plot")
          .at("{}", path)
          .expected("the metrics.jsonl of a model that is trained in epochs")
          .hint("omit this run");
    }
  }
  const auto names = metrics_of(runs);
  if (std::find(names.begin(), names.end(), arguments.metric) == names.end()) {
    UsageError error("no run has this metric");
    error.at("--metric").expected("{}", join(names, ", ")).got("{}", printable(arguments.metric));
    if (const auto near = nearest_name(arguments.metric, names))
      error.hint("did you mean {}?", *near);
    throw error;
  }
  std::vector<Curve> curves;
  for (const auto& run : runs) curves.push_back(curve_of(run, arguments.metric));
  file.write(plot_curves(curves, "Epoch", axis_name(arguments.metric), options));
  file.commit();
  log("plot", "{}", arguments.figure.out);
  return 0;
}

void add_figure_options(CLI::App* command, FigureArguments& arguments) {
  command->add_option("-o,--out", arguments.out, "output SVG file")->required();
  command->add_option("--width", arguments.width,
                      "width, such as 85mm or 640px (default: 170mm, two columns of a paper)");
  command->add_option("--height", arguments.height,
                      "height, in the same units (default: fitted to the content)");
  command->add_option("--title", arguments.options.title, "title above the figure");
}

void add_map_command(CLI::App& plot, int& status) {
  const auto arguments = std::make_shared<MapArguments>();
  auto* map = plot.add_subcommand(
      "map", "Plot words as points in the plane, or on a line for one-dimensional vectors");
  map->add_option("VECTORS", arguments->tables,
                  "run folders or files of word vectors, plotted side by side")
      ->required();
  auto* words = map->add_option("--words", arguments->words,
                                "comma-separated words to show, or a word that contains commas "
                                "(may be repeated)")
                    ->allow_extra_args(false);
  map->add_option("--count", arguments->count,
                  "number of words to show, by frequency (default without --words and --groups: "
                  "100)")
      ->check(in_range(between(1, static_cast<double>(kMostTsneRows))))
      ->excludes(words);
  map->add_option("--groups", arguments->groups,
                  "file of word groups (word TAB group), one colour per group");
  map->add_option("--method", arguments->method,
                  "projection; auto: PCA up to 100 words, t-SNE above. Vectors of one or two "
                  "dimensions are plotted directly")
      ->check(CLI::IsMember({"auto", "pca", "tsne"}))
      ->capture_default_str();
  map->add_option("--perplexity", arguments->tsne.perplexity,
                  "perplexity of t-SNE, about the number of neighbours")
      ->check(in_range(between(1.0, 1e6)))
      ->capture_default_str();
  add_tensor_option(map, arguments->tensor);
  map->add_option("--limit", arguments->limit, "read only the first N words of each file")
      ->check(in_range(at_least(0)));
  add_figure_options(map, arguments->figure);
  map->callback([arguments, &status] { status = plot_map(*arguments); });
}

}  // namespace

void add_plot_command(CLI::App& program, int& status) {
  auto* plot = program.add_subcommand("plot", "Plot figures for papers, as SVG");
  plot->require_subcommand(1);
  plot->footer(
      "Examples:\n"
      "  wordbridge plot map runs/nplm runs/pca --words king,queen,man,woman -o map.svg\n"
      "  wordbridge plot map vectors.bin --count 500 --method tsne -o map.svg\n"
      "  wordbridge plot curves runs/mlp1 runs/mlp9 --width 85mm -o curves.svg");
  add_map_command(*plot, status);
  const auto arguments = std::make_shared<CurveArguments>();
  auto* curves = plot->add_subcommand("curves", "Plot a metric over the epochs of runs");
  curves->add_option("RUNS", arguments->runs, "run folders")->required();
  curves->add_option("--metric", arguments->metric, "name of a number in metrics.jsonl")
      ->capture_default_str();
  add_figure_options(curves, arguments->figure);
  curves->callback([arguments, &status] { status = plot_training(*arguments); });
}

}  // namespace wordbridge
