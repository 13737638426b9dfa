#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <set>

#include "cli/commands.h"
#include "cli/open_table.h"
#include "cli/torch/torch.h"
#include "core/error.h"
#include "core/io/file.h"
#include "core/log.h"
#include "core/text.h"
#include "data/catalogue/dataset.h"
#include "data/text/word_groups.h"
#include "eval/projection/pca_projection.h"
#include "eval/projection/tsne.h"
#include "report/plot/plot.h"
#include "train/runs/stored_run.h"

namespace wordbridge {
namespace {

/// What every figure has.
struct FigureArguments {
  std::string out, width, height;
  PlotOptions options;
};

struct MapArguments {
  FigureArguments figure;
  std::vector<std::string> tables, words;
  std::string groups, method = "auto";
  std::int64_t count = 0, limit = 0;
  TsneOptions tsne;
};

struct CurveArguments {
  FigureArguments figure;
  std::vector<std::string> runs;
  std::string metric = "valid_perplexity";
};

constexpr std::int64_t kMapWords = 100;  // where neither words nor groups are given
constexpr std::size_t kFewWords = 100;   // up to which a map is PCA's

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
    throw UsageError("the figure can't have this size")
        .at("{}", option)
        .expected("a length such as 85mm or 640px, at most 20000 px")
        .got("{}", printable(text));
  }
  return pixels;
}

PlotOptions figure_options(const FigureArguments& arguments) {
  const auto extension = fs::path(arguments.out).extension();
  if (!extension.empty() && extension != ".svg") {
    throw UsageError("a figure is written as SVG")
        .at("--out")
        .expected("FILE.svg")
        .got("{}", printable(arguments.out))
        .hint("other forms are made from it: rsvg-convert -f pdf map.svg -o map.pdf");
  }
  PlotOptions options = arguments.options;
  if (!arguments.width.empty()) options.width = length(arguments.width, "--width");
  if (!arguments.height.empty()) options.height = length(arguments.height, "--height");
  return options;
}

/// The words that a map shows, in the order in which they get their labels.
std::vector<std::string> chosen_words(const EmbeddingTable& table, const MapArguments& arguments,
                                      const WordGroups& groups) {
  std::vector<std::string> words = arguments.words;
  for (const auto& word : words) {
    if (table.find(word) >= 0) continue;
    Error error("the table has no such word");
    error.at("{}", table.origin()).got("'{}'", printable(word));
    std::vector<std::string> known;
    for (std::int64_t i = 0; i < table.size(); ++i) known.emplace_back(table.word(i));
    if (const auto near = nearest_name(word, known)) error.hint("did you mean '{}'?", *near);
    throw error;
  }
  if (!words.empty()) return words;
  if (arguments.count == 0 && !groups.words.empty()) {
    for (const auto& [word, group] : groups.words)
      if (table.find(word) >= 0) words.push_back(word);
    const std::size_t missing = groups.words.size() - words.size();
    if (words.empty()) {
      throw Error("none of the groups' words is there")
          .at("{}", table.origin())
          .got("'{}', ...", printable(groups.words.front().first));
    }
    if (missing > 0) {
      warn("{} of the groups' {} words are not in {}", missing, groups.words.size(),
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

/// The words' groups.
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
  const EmbeddingTable table = load_table(vectors.empty() ? path : vectors, arguments.limit);
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
  const std::set<std::string> different(arguments.words.begin(), arguments.words.end());
  if (different.size() < arguments.words.size())
    throw UsageError("a word is given twice").at("--words");
  AtomicFile file(arguments.figure.out);  // before the work, so that it is not in vain
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

/// The names of all numbers that the runs' epochs have.
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
  AtomicFile file(arguments.figure.out);
  std::vector<StoredRun> runs;
  for (const auto& path : arguments.runs) {
    runs.push_back(read_run(path));
    runs.back().label = label(path);
    if (metrics_of({runs.back()}).empty()) {
      throw Error("the run has no epochs to draw")
          .at("{}", path)
          .expected("a metrics.jsonl of a model that is trained by gradients")
          .hint("leave it out");
    }
  }
  const auto names = metrics_of(runs);
  if (std::find(names.begin(), names.end(), arguments.metric) == names.end()) {
    UsageError error("no run has such a metric");
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
  command->add_option("-o,--out", arguments.out, "the SVG file to write")->required();
  command->add_option("--width", arguments.width,
                      "as 85mm or 640px (default: 170mm, two columns of a paper)");
  command->add_option("--height", arguments.height, "likewise (default: what the content needs)");
  command->add_option("--title", arguments.options.title, "above the figure");
}

void add_map_command(CLI::App& plot, int& status) {
  const auto arguments = std::make_shared<MapArguments>();
  auto* map = plot.add_subcommand(
      "map", "Words as points in the plane, or on a line where vectors have one dimension.");
  map->add_option("VECTORS", arguments->tables,
                  "runs' folders or files of word vectors, drawn side by side")
      ->required();
  auto* words = map->add_option("--words", arguments->words, "the words to show, with commas")
                    ->delimiter(',')
                    ->allow_extra_args(false);
  map->add_option("--count", arguments->count,
                  "show so many words, the most frequent ones (default without words and groups: "
                  "100)")
      ->check(CLI::Range(std::int64_t{1}, kMostTsneRows))
      ->excludes(words);
  map->add_option("--groups", arguments->groups,
                  "file of words and their groups (word TAB group), which have a colour each");
  map->add_option("--method", arguments->method,
                  "pca, tsne, or auto: PCA up to 100 words; one and two dimensions are shown as "
                  "they are")
      ->check(CLI::IsMember({"auto", "pca", "tsne"}))
      ->capture_default_str();
  map->add_option("--perplexity", arguments->tsne.perplexity, "of t-SNE: about how many neighbours")
      ->check(CLI::Range(1.0, 1e6))
      ->capture_default_str();
  map->add_option("--limit", arguments->limit, "only the first so many words of each file")
      ->check(CLI::NonNegativeNumber);
  add_figure_options(map, arguments->figure);
  map->callback([arguments, &status] { status = plot_map(*arguments); });
}

}  // namespace

void add_plot_command(CLI::App& program, int& status) {
  auto* plot = program.add_subcommand("plot", "Figures for papers, as SVG.");
  plot->require_subcommand(1);
  plot->footer(
      "Examples:\n"
      "  wordbridge plot map runs/nplm runs/pca --words king,queen,man,woman -o map.svg\n"
      "  wordbridge plot map vectors.bin --count 500 --method tsne -o map.svg\n"
      "  wordbridge plot curves runs/mlp1 runs/mlp9 --width 85mm -o curves.svg");
  add_map_command(*plot, status);
  const auto arguments = std::make_shared<CurveArguments>();
  auto* curves = plot->add_subcommand("curves", "A metric over the epochs of runs.");
  curves->add_option("RUNS", arguments->runs, "runs' folders")->required();
  curves->add_option("--metric", arguments->metric, "a number of metrics.jsonl")
      ->capture_default_str();
  add_figure_options(curves, arguments->figure);
  curves->callback([arguments, &status] { status = plot_training(*arguments); });
}

}  // namespace wordbridge
