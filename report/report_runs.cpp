#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "core/progress.h"
#include "core/text.h"
#include "eval/statistics/correlation.h"
#include "report/report_parts.h"

// The cards of the runs, which describe model and corpus, and their learning curves.

namespace wordbridge {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

/// "1,495,936"; "-" if there is no number.
std::string count_text(const json& count) {
  return count.is_number() ? human_count(count.get<std::uint64_t>()) : "-";
}

std::string percent_text(const json& share) {
  return share.is_number() ? fmt::format("{:.2f} %", 100 * share.get<double>()) : "-";
}

void add(ordered_json& facts, const std::string& name, const std::string& value) {
  if (!value.empty() && value != "-") facts.push_back({name, value});
}

/// "a.txt, b.txt", or "ca01, ca02, ..., cr09 (500 files)"
std::string files_text(const std::vector<std::string>& files) {
  constexpr std::size_t kFew = 6;
  if (files.size() <= kFew) return join(files, ", ");
  return fmt::format("{}, {}, ..., {} ({} files)", files[0], files[1], files.back(),
                     human_count(files.size()));
}

/// Facts about the corpus from the manifest.
ordered_json corpus_facts(const StoredRun& run) {
  ordered_json facts = ordered_json::array();
  if (!run.manifest.contains("data")) return facts;
  const json& data = run.manifest.at("data");
  std::vector<std::string> files;
  for (const auto& file : data.at("source").value("files", json::array()))
    files.push_back(file.value("name", ""));
  add(facts, "reader", data.at("source").value("reader", ""));
  add(facts, "files", files_text(files));
  add(facts, "tokens", count_text(data.at("tokens")));
  add(facts, "types", count_text(data.at("types")));
  add(facts, "vocabulary", count_text(data.at("vocabulary").at("size")));
  const bool drops = data.at("vocabulary").value("unknown", "<unk>").empty();
  add(facts, drops ? "dropped words" : "unknown words", percent_text(data.at("unknown_share")));
  for (const char* const split : {"train", "valid", "test"}) {
    const json& part = data.at("splits").at(split);
    if (part.at("tokens") == 0 || part.at("tokens") == data.at("tokens")) continue;
    add(facts, split,
        fmt::format("{} tokens, {} {}", count_text(part.at("tokens")),
                    percent_text(part.at("unknown_share")), drops ? "dropped" : "unknown"));
  }
  return facts;
}

/// "1-20" or "1, 3, 7".
std::string seeds_text(const StoredRun& run) {
  std::vector<std::string> seeds;
  bool in_a_row = true;
  for (std::size_t i = 0; i < run.seeds.size(); ++i) {
    seeds.push_back(std::to_string(run.seeds[i].seed));
    in_a_row &= run.seeds[i].seed == run.seeds[0].seed + static_cast<std::int64_t>(i);
  }
  if (in_a_row && seeds.size() > 2) return seeds.front() + "\u2013" + seeds.back();
  return join(seeds, ", ");
}

/// The number `key` of an object; std::nullopt if it is missing or undefined (null in JSON).
template <class Json>
std::optional<double> number_of(const Json& object, const std::string& key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  return found->template get<double>();
}

/// Adds the means over the seeds of the results. Skips perplexities, which are among the scores,
/// and the ten singular values of a PCA, which are in its files.
void add_results(const StoredRun& run, ordered_json& facts) {
  if (run.seeds.empty()) return;
  for (const auto& [key, value] : run.seeds.front().results.items()) {
    const bool is_shown = value.is_number() && key.find("perplexity") == key.npos &&
                          key.find("singular_value_") == key.npos;
    if (!is_shown) continue;
    std::vector<double> values;
    for (const auto& seed : run.seeds)
      if (const auto number = number_of(seed.results, key)) values.push_back(*number);
    std::string name = key;
    std::replace(name.begin(), name.end(), '_', ' ');
    const double mean = spread(values).mean;
    add(facts, name, mean == std::floor(mean) ? number_text(mean) : fmt::format("{:.4g}", mean));
  }
}

/// Facts about the run: vectors, seeds, results, time, machine, version.
ordered_json run_facts(const StoredRun& run) {
  ordered_json facts = ordered_json::array();
  if (run.table)
    add(facts, "vectors",
        fmt::format("{} words \u00d7 {}",
                    human_count(static_cast<std::uint64_t>(run.table->size())), run.table->dim()));
  add(facts, run.seeds.size() > 1 ? "seeds" : "seed", seeds_text(run));
  add_results(run, facts);
  double seconds = 0;
  for (const auto& seed : run.seeds) seconds += seed.seconds;
  if (seconds > 0)
    add(facts, run.seeds.size() > 1 ? "training, all seeds" : "training",
        seconds < 10 ? fmt::format("{:.2g} s", seconds) : human_duration(seconds));
  if (run.manifest.contains("machine")) {
    for (const auto& [key, value] : run.manifest.at("machine").items())
      add(facts, key, value.is_string() ? value.get<std::string>() : value.dump());
  }
  if (run.manifest.contains("wordbridge")) {
    const json& made = run.manifest.at("wordbridge");
    add(facts, "wordbridge",
        fmt::format("{}, commit {}", made.value("version", ""), made.value("commit", "")));
    add(facts, "compiler", made.value("compiler", ""));
  }
  if (run.manifest.contains("data"))
    add(facts, "corpus SHA-256", run.manifest.at("data").at("stream_sha256").get<std::string>());
  add(facts, "folder", run.path);
  return facts;
}

/// The run's options. Omits keys that are equal in all runs or belong to another model. All options
/// of the run's own model are included, those that differ first.
ordered_json options_of(const StoredRun& run, const ReportSection& section) {
  const std::string own = "model." + run.model + ".";
  ordered_json differing = ordered_json::array(), same = ordered_json::array();
  for (const auto& [key, value] : run.settings) {
    const bool is_own = key.rfind(own, 0) == 0;
    if (!is_own && key.rfind("train.", 0) != 0 && key.rfind("data.", 0) != 0) continue;
    bool differs = false;
    for (const auto& other : section.runs) {
      // Other models do not have the key, and options of gradient training do not apply to
      // closed-form models.
      if (other.model != run.model) continue;
      for (const auto& [other_key, other_value] : other.settings)
        differs |= other_key == key && other_value != value;
    }
    if (differs || is_own)
      (differs ? differing : same)
          .push_back({{"key", is_own ? key.substr(own.size()) : key},
                      {"value", value},
                      {"differs", differs}});
  }
  for (auto& option : same) differing.push_back(std::move(option));
  return differing;
}

}  // namespace

bool same_text(const StoredRun& a, const StoredRun& b) {
  if (!a.manifest.contains("data") || !b.manifest.contains("data")) return false;
  const json &x = a.manifest.at("data"), &y = b.manifest.at("data");
  return x.at("stream_sha256") == y.at("stream_sha256") &&
         x.at("vocabulary") == y.at("vocabulary") && x.at("splits") == y.at("splits");
}

ordered_json report_runs(const ReportSection& section) {
  const bool is_shared =
      std::all_of(section.runs.begin(), section.runs.end(), [&](const StoredRun& run) {
        return run.manifest.is_null() || same_text(run, section.runs.front());
      });
  ordered_json part = {{"corpus", ordered_json::array()}, {"runs", ordered_json::array()}};
  for (const auto& run : section.runs) {
    const ordered_json facts = corpus_facts(run);
    if (is_shared && part["corpus"].empty()) part["corpus"] = facts;
    part["runs"].push_back({{"label", run.label},
                            {"model", run.model},
                            {"missing", run.missing},
                            {"seeds", run.seeds.size()},
                            {"options", options_of(run, section)},
                            {"corpus", is_shared ? ordered_json::array() : facts},
                            {"facts", run_facts(run)},
                            {"config", run.config}});
  }
  return part;
}

ordered_json report_curves(const ReportSection& section) {
  ordered_json curves = ordered_json::array();
  for (std::size_t i = 0; i < section.runs.size(); ++i) {
    // epoch -> values of the seeds; runs that stop early have fewer epochs.
    std::map<std::int64_t, std::vector<double>> train, valid;
    for (const auto& seed : section.runs[i].seeds) {
      for (const auto& line : seed.epochs) {
        const auto epoch = line.at("epoch").get<std::int64_t>();
        if (const auto value = number_of(line, "train_perplexity")) train[epoch].push_back(*value);
        if (const auto value = number_of(line, "valid_perplexity")) valid[epoch].push_back(*value);
      }
    }
    if (train.empty()) continue;
    ordered_json curve = {{"run", i}};
    for (const auto& [name, values] : {std::pair("train", train), std::pair("valid", valid)}) {
      curve[name] = ordered_json::array();
      for (const auto& [epoch, all] : values) {
        double sum = 0;
        for (const double value : all) sum += value;
        curve[name].push_back({epoch, sum / static_cast<double>(all.size()),
                               *std::min_element(all.begin(), all.end()),
                               *std::max_element(all.begin(), all.end())});
      }
    }
    curves.push_back(std::move(curve));
  }
  return curves;
}

}  // namespace wordbridge
