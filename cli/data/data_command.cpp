#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "cli/commands.h"
#include "cli/field_options.h"
#include "cli/print.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/json.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "data/catalogue/dataset.h"
#include "data/catalogue/dataset_reader.h"

namespace wordbridge {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr const char* kAll = "all";

struct DatasetArguments {
  std::vector<std::string> names;
  std::string kind, catalogue, to;
  bool json = false, markdown = false;
  FetchOptions fetch;

  fs::path root() const { return to.empty() ? data_root() : fs::path(to); }
  const Catalogue& datasets() {
    if (catalogue.empty()) return Catalogue::builtin();
    if (!own_) own_ = Catalogue::load(catalogue);
    return *own_;
  }
  /// The entries named on the command line; all entries if there are no names.
  std::vector<DatasetEntry> chosen() {
    if (names.empty()) return datasets().entries();
    std::vector<DatasetEntry> entries;
    for (const auto& name : names) entries.push_back(datasets().find(name));
    return entries;
  }

 private:
  std::optional<Catalogue> own_;
};

void print_json(const ordered_json& json) { print(json_text(json, 2) + "\n"); }

std::string size_of(const DatasetEntry& entry) {
  return entry.bytes() == 0 ? "-" : human_bytes(static_cast<double>(entry.bytes()));
}

ordered_json counts_json(const Counts& counts) {
  ordered_json json = ordered_json::object();
  for (const auto& [name, count] : counts) json[name] = count;
  return json;
}

ordered_json entry_json(const DatasetEntry& entry, const fs::path& root) {
  return {{"name", entry.name},       {"kind", entry.kind},
          {"title", entry.title},     {"bytes", entry.bytes()},
          {"licence", entry.licence}, {"state", availability(entry, root)}};
}

/// The table of docs/data.md; independent of this machine.
void print_markdown(const std::vector<DatasetEntry>& entries) {
  print(
      "| name | kind | content | size | licence | known defects of common copies, and their "
      "handling |\n");
  print("|---|---|---|---:|---|---|\n");
  for (const auto& entry : entries)
    print(fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", entry.name, entry.kind, entry.title,
                      size_of(entry), entry.licence, join(entry.defects, " ")));
}

int list_datasets(DatasetArguments& arguments) {
  std::vector<DatasetEntry> entries;
  for (const auto& entry : arguments.datasets().entries())
    if (arguments.kind.empty() || entry.kind == arguments.kind) entries.push_back(entry);
  if (arguments.markdown) {
    print_markdown(entries);
    return 0;
  }
  const fs::path root = arguments.root();
  if (arguments.json) {
    ordered_json list = ordered_json::array();
    for (const auto& entry : entries) list.push_back(entry_json(entry, root));
    print_json(list);
    return 0;
  }
  std::vector<std::array<std::string, 5>> rows = {{"name", "kind", "size", "state", "licence"}};
  for (const auto& entry : entries)
    rows.push_back({entry.name, entry.kind, size_of(entry), availability(entry, root),
                    printable(entry.licence, 40)});
  std::array<std::size_t, 5> widths{};
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], character_count(row[i]));
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string gap(widths[i] - character_count(row[i]), ' ');
      line += i == 2 ? gap + row[i] : row[i] + gap;
      line += "  ";
    }
    print(line.substr(0, line.find_last_not_of(' ') + 1) + "\n");
  }
  return 0;
}

std::string source_text(const DatasetSource& source) {
  std::string text =
      !source.mirror.empty() ? "local mirror (WORDBRIDGE_MIRROR, --from): " + source.mirror
      : !source.path.empty() ? fmt::format("Debian package {}: {}", source.package, source.path)
                             : source.url;
  if (!source.inside.empty()) text += ", inside it " + source.inside + "/";
  if (!source.note.empty()) text += " (" + source.note + ")";
  return text;
}

ordered_json info_json(const DatasetEntry& entry, const fs::path& root) {
  ordered_json json = entry_json(entry, root);
  json["description"] = entry.description;
  json["citation"] = entry.citation;
  json["defects"] = entry.defects;
  json["page"] = entry.page;
  json["folder"] = (root / entry.name).string();
  json["files"] = ordered_json::array();
  for (const auto& file : entry.files)
    json["files"].push_back({{"name", file.label()},
                             {"count", file.count},
                             {"bytes", file.bytes},
                             {"sha256", file.sha256},
                             {"crc32", file.crc32}});
  json["sources"] = ordered_json::array();
  for (const auto& source : entry.sources) json["sources"].push_back(source_text(source));
  json["counts"] = counts_json(entry.counts);
  return json;
}

void print_info(const DatasetEntry& entry, const fs::path& root) {
  const auto line = [](const char* what, const std::string& text) {
    if (!text.empty()) print(fmt::format("{:<12}{}\n", what, text));
  };
  print(fmt::format("{}: {}\n{}{}", entry.name, entry.title, entry.description,
                    entry.description.empty() ? "" : "\n"));
  line("kind", entry.kind);
  line("licence", entry.licence);
  line("cite", entry.citation);
  line("page", entry.page);
  line("size", size_of(entry));
  line("state", availability(entry, root));
  if (const auto fetched = find_fetched(entry.name, root)) {
    line("folder", fetched->folder.string());
    line("path",
         fmt::format("dataset:{} = {}", entry.name, (fetched->folder / fetched->path).string()));
    line("origin", fetched->source);
  }
  const char* what = "files";
  for (const auto& file : entry.files) {
    const std::string check = !file.sha256.empty()  ? "SHA-256 " + file.sha256
                              : !file.crc32.empty() ? "CRC-32 " + file.crc32
                                                    : "no known checksum";
    line(std::exchange(what, ""),
         fmt::format("{}: {} bytes, {}", file.label(),
                     human_count(static_cast<std::uint64_t>(file.bytes)), check));
  }
  what = "sources";
  for (const auto& source : entry.sources) line(std::exchange(what, ""), source_text(source));
  what = "counts";
  for (const auto& [name, count] : entry.counts)
    line(std::exchange(what, ""), fmt::format("{} {}", name, human_count(count)));
  what = "defects";
  for (const auto& defect : entry.defects) line(std::exchange(what, ""), defect);
}

int show_info(DatasetArguments& arguments) {
  const fs::path root = arguments.root();
  for (const auto& entry : arguments.chosen()) {
    if (arguments.json) {
      print_json(info_json(entry, root));
    } else {
      print_info(entry, root);
    }
  }
  return 0;
}

/// "all" selects every available dataset (with --from: every dataset in that folder) and logs the
/// others.
std::vector<DatasetEntry> to_fetch(DatasetArguments& arguments) {
  if (arguments.names != std::vector<std::string>{kAll}) return arguments.chosen();
  const std::string& from = arguments.fetch.from;
  std::vector<DatasetEntry> entries;
  std::vector<std::string> others;
  for (const auto& entry : arguments.datasets().entries()) {
    if (can_be_had(entry, from)) {
      entries.push_back(entry);
    } else {
      others.push_back(entry.name);
    }
  }
  if (entries.empty() && !from.empty())
    throw Error("no dataset found in the folder").at("{}", from);
  if (!others.empty())
    log("data", "skipped, not available {}: {}",
        from.empty() ? "on this machine (see wordbridge data list)" : "in the folder",
        join(others, ", "));
  return entries;
}

int fetch_datasets(DatasetArguments& arguments) {
  arguments.fetch.root = arguments.root();
  if (!arguments.fetch.from.empty() && !fs::is_directory(arguments.fetch.from))
    throw Error("folder not found").at("--from {}", arguments.fetch.from);
  const auto entries = to_fetch(arguments);
  std::vector<std::string> failed;
  for (const auto& entry : entries) {
    try {
      const bool fetched = fetch_dataset(entry, arguments.fetch);
      print(fmt::format("{}: {} {} (dataset:{})\n", entry.name,
                        fetched ? "fetched and verified, in" : "already present and complete, in",
                        (arguments.fetch.root / entry.name).string(), entry.name));
    } catch (const Interrupted&) {
      throw;
    } catch (const Error& error) {
      if (entries.size() == 1) throw;
      failed.push_back(entry.name);
      std::fflush(stdout);
      std::fprintf(stderr, "error: %s\n", error.what());
    }
  }
  if (failed.empty()) return 0;
  throw Error(fmt::format("{} of {} datasets could not be fetched", failed.size(), entries.size()))
      .got("{}", join(failed, ", "));
}

FetchedDataset need_fetched(const DatasetEntry& entry, const fs::path& root) {
  if (auto fetched = find_fetched(entry.name, root)) return *fetched;
  throw Error("the dataset has not been fetched")
      .at("{}", (root / entry.name).string())
      .hint("wordbridge data fetch {}", entry.name);
}

int show_stats(DatasetArguments& arguments) {
  const fs::path root = arguments.root();
  ordered_json all = ordered_json::object();
  for (const auto& entry : arguments.chosen()) {
    if (interrupted()) throw Interrupted("stopped while counting").at("{}", entry.name);
    const auto fetched = need_fetched(entry, root);
    const auto content = dataset_reader(entry.reader).read(entry, fetched.folder / "files");
    all[entry.name] = counts_json(content.counts);
    if (arguments.json) continue;
    print(entry.name + ": " + entry.title + "\n");
    for (const auto& [name, count] : content.counts) {
      const auto expected = std::find_if(entry.counts.begin(), entry.counts.end(),
                                         [&n = name](const auto& item) { return item.first == n; });
      const std::string verdict = expected == entry.counts.end() ? ""
                                  : expected->second == count
                                      ? "  as expected"
                                      : "  expected " + human_count(expected->second);
      print(fmt::format("  {:<26}{:>12}{}\n", name, human_count(count), verdict));
    }
  }
  if (arguments.json) print_json(all);
  return 0;
}

int verify_datasets(DatasetArguments& arguments) {
  const fs::path root = arguments.root();
  std::size_t wrong = 0, checked = 0;
  for (const auto& entry : arguments.chosen()) {
    if (interrupted()) throw Interrupted("stopped while verifying").at("{}", entry.name);
    const bool is_there = fs::exists(root / entry.name);
    if (arguments.names.empty() && !is_there) continue;
    std::vector<std::string> problems = {"dataset.json: missing or unreadable"};
    if (!is_there || find_fetched(entry.name, root))
      problems = verify_dataset(entry, need_fetched(entry, root), true);
    ++checked;
    wrong += !problems.empty();
    print(fmt::format("{}: {}\n", entry.name, problems.empty() ? "OK" : "FAILED"));
    for (const auto& problem : problems) print("  " + problem + "\n");
  }
  if (checked == 0) log("data", "no datasets to verify in {}", root.string());
  if (wrong == 0) return 0;
  throw Error(fmt::format("{} of {} datasets failed verification", wrong, checked))
      .at("{}", root.string())
      .hint("wordbridge data fetch NAME --force");
}

void add_common(CLI::App* command, DatasetArguments& arguments) {
  command->add_option("--catalogue", arguments.catalogue,
                      "catalogue file to use instead of the built-in one (docs/data.md)");
  command->add_option("--to", arguments.to,
                      "dataset folder (default: $WORDBRIDGE_DATA, $XDG_DATA_HOME/wordbridge "
                      "or ~/.local/share/wordbridge)");
}

void add_fetch_options(CLI::App* fetch, DatasetArguments& arguments) {
  fetch->add_option("NAME", arguments.names, "dataset names, or all")->required();
  fetch->add_option("--from", arguments.fetch.from,
                    "read from this folder only: a local mirror, or a folder of manual downloads");
  fetch->add_flag("--force", arguments.fetch.force,
                  "fetch again even if the dataset is present and complete");
  auto& download = arguments.fetch.download;
  fetch->add_option("--connect-timeout", download.connect_seconds, "connection timeout in seconds")
      ->check(in_range(between(0.1, 86400.0)))
      ->capture_default_str();
  fetch
      ->add_option("--stall-timeout", download.stall_seconds,
                   "timeout in seconds while no data arrives")
      ->check(in_range(between(0.1, 86400.0)))
      ->capture_default_str();
  fetch
      ->add_option("--attempts", download.attempts,
                   "number of attempts in case of temporary errors")
      ->check(in_range(between(1, 1000)))
      ->capture_default_str();
  fetch
      ->add_option("--wait", download.wait_seconds,
                   "seconds before the second attempt, doubled before each further one")
      ->check(in_range(at_least(0)))
      ->capture_default_str();
}

}  // namespace

void add_data_command(CLI::App& program, int& status) {
  auto* data =
      program.add_subcommand("data", "List, fetch and verify datasets (corpora and benchmarks)");
  data->require_subcommand(1);
  data->footer(
      "Examples:\n"
      "  wordbridge data list --kind similarity\n"
      "  wordbridge data fetch brown ws-353 google-analogy\n"
      "  wordbridge train data.reader=brown data.tokenizer.type=brown model.type=pca\n"
      "  wordbridge eval vectors.bin --similarity dataset:ws-353 --analogy dataset:google-analogy\n"
      "See docs/data.md.");
  const auto command = [&](const char* name, const char* help, int (*run)(DatasetArguments&)) {
    const auto arguments = std::make_shared<DatasetArguments>();
    auto* added = data->add_subcommand(name, help);
    add_common(added, *arguments);
    added->callback([arguments, &status, run] { status = run(*arguments); });
    return std::make_pair(added, arguments.get());
  };
  const auto [list, listed] =
      command("list", "List all datasets: kind, size, licence, availability", list_datasets);
  list->add_option("--kind", listed->kind, "list only this kind")
      ->check(CLI::IsMember(dataset_kinds()));
  list->add_flag("--json", listed->json, "print JSON");
  list->add_flag("--markdown", listed->markdown, "print the table of docs/data.md");
  const auto [info, informed] =
      command("info", "Show the details of datasets: citation, sources, checksums, known defects",
              show_info);
  info->add_option("NAME", informed->names, "dataset names")->required();
  info->add_flag("--json", informed->json, "print JSON");
  const auto [fetch, fetched] =
      command("fetch", "Fetch and verify datasets, for use as dataset:NAME", fetch_datasets);
  add_fetch_options(fetch, *fetched);
  const auto [stats, counted] = command(
      "stats", "Count the contents of fetched datasets: tokens, pairs, questions, ...", show_stats);
  stats->add_option("NAME", counted->names, "dataset names")->required();
  stats->add_flag("--json", counted->json, "print JSON");
  const auto [verify, verified] =
      command("verify", "Verify the checksums and counts of fetched datasets", verify_datasets);
  verify->add_option("NAME", verified->names, "dataset names (default: all fetched datasets)");
  add_dictionary_command(*data, status);
}

}  // namespace wordbridge
