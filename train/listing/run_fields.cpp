#include "train/listing/run_fields.h"

#include <fmt/chrono.h>
#include <sys/stat.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/io/file.h"
#include "core/json.h"
#include "core/text.h"
#include "train/runs/run_experiment.h"
#include "train/runs/run_files.h"
#include "train/runs/stored_run.h"
#include "train/sweeps/folder.h"

namespace wordbridge {
namespace {

using nlohmann::json;
using Fields = std::map<std::string, std::string>;

/// The files that read_run_fields() reads.
const char* const kRead[] = {run_files::kConfig, run_files::kManifest, run_files::kSummary,
                             run_files::kEval,   run_files::kMetrics,  run_files::kTiming,
                             run_files::kLog,    kSweepErrorFile};

std::string text_of(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_number_float() ? number_text(value.get<double>()) : json_text(value);
}

/// "my-text.txt", "a.txt and 3 more", "wordnet"
std::string corpus_of(const json& source) {
  const std::string reader = source.value("reader", "");
  const json files = source.value("files", json::array());
  if (reader != "text" || files.empty()) return reader;
  const std::string first = files.front().at("name");
  return files.size() == 1 ? first : fmt::format("{} and {} more", first, files.size() - 1);
}

void add_manifest(const json& manifest, Fields& fields) {
  for (const char* const part : {"wordbridge", "machine"}) {
    const json entries = manifest.value(part, json::object());
    for (const auto& [key, value] : entries.items())
      fields[fmt::format("{}.{}", part, key)] = text_of(value);
  }
  const json data = manifest.value("data", json::object());
  if (data.contains("source")) fields["corpus"] = corpus_of(data.at("source"));
  if (data.contains("stream_tokens")) fields["tokens"] = text_of(data.at("stream_tokens"));
  if (data.contains("vocabulary")) fields["words"] = text_of(data.at("vocabulary").at("size"));
  if (manifest.contains("seed")) fields["seed"] = text_of(manifest.at("seed"));
  if (manifest.contains("started")) fields["started"] = text_of(manifest.at("started"));
}

void add_settings(const StoredRun& run, Fields& fields) {
  for (const auto& [key, value] : run.settings) fields[key == "name" ? "config.name" : key] = value;
  fields["model"] = run.model;
  // Until the manifest says more.
  const auto path = fields.find("data.path");
  fields["corpus"] =
      path == fields.end() || path->second == "[]" ? fields["data.reader"] : path->second;
}

void add_results(const StoredSeed& seed, Fields& fields) {
  if (seed.seconds > 0) fields["time"] = number_text(seed.seconds);
  if (!seed.epochs.empty())
    for (const auto& [key, value] : seed.epochs.back().items()) {
      fields["metrics." + key] = text_of(value);
      if (key == "epoch") fields["epoch"] = text_of(value);
    }
  for (const auto& [name, value] :
       summary_numbers({{"results", seed.results}, {"eval", seed.scores}}))
    fields["results." + name] = number_text(value);
}

/// The status of a run without results that is not running.
void add_incomplete(const fs::path& run, Fields& fields) {
  if (fs::exists(run / kSweepErrorFile)) {
    fields["status"] = "failed";
    fields["problem"] = in_one_line(trimmed(read_file(run / kSweepErrorFile)));
  } else {
    // The manifest is written before the first update.
    fields["status"] = fs::exists(run / run_files::kManifest) ? "stopped" : "not begun";
  }
}

/// The time at which config.yaml was written: runs of earlier builds have no other.
std::string time_of_config(const fs::path& run) {
  struct stat facts {};
  if (::stat((run / run_files::kConfig).c_str(), &facts) != 0) return {};
  return fmt::format("{:%FT%TZ}", fmt::gmtime(facts.st_mtime));
}

Fields read_fields_of(const fs::path& run) {
  Fields fields;
  try {
    const StoredRun stored = read_run(run);
    add_settings(stored, fields);
    if (stored.manifest.is_object()) add_manifest(stored.manifest, fields);
    if (!stored.seeds.empty()) add_results(stored.seeds.front(), fields);
    fields["status"] = "complete";
    if (!stored.missing.empty()) add_incomplete(run, fields);
  } catch (const Error& error) {
    fields["status"] = "damaged";
    fields["problem"] = in_one_line(error.what());
  } catch (const json::exception& error) {
    fields["status"] = "damaged";
    fields["problem"] = json_problem(error);
  }
  if (fields["started"].empty() && fields["status"] != "not begun")
    fields["started"] = time_of_config(run);
  return fields;
}

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1000000000 + time.tv_nsec;
}

}  // namespace

RunFields::RunFields(const std::map<std::string, std::string>& fields) {
  for (const auto& [name, value] : fields) {
    for (const auto* text : {&name, &value}) {
      packed_ += text->substr(0, text->find('\0'));
      packed_ += '\0';
    }
  }
}

std::optional<std::string_view> RunFields::find(std::string_view wanted) const {
  std::optional<std::string_view> found;
  for_each([&](std::string_view name, std::string_view value) {
    if (name == wanted) found = value;
  });
  return found;
}

RunFields read_run_fields(const fs::path& run) {
  Fields fields = read_fields_of(run);
  for (auto field = fields.begin(); field != fields.end();)
    field = field->second.empty() ? fields.erase(field) : std::next(field);
  return RunFields(fields);
}

std::string run_stamp(const fs::path& run) {
  constexpr std::int64_t kSettled = 100000000;
  timespec clock{};
  ::clock_gettime(CLOCK_REALTIME, &clock);
  std::string stamp, path = run.string() + "/";
  const std::size_t folder = path.size();
  for (const char* const name : kRead) {
    path.resize(folder);
    path += name;
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0) {
      stamp += "-;";
      continue;
    }
    const std::int64_t changed = nanoseconds(facts.st_ctim);
    if (std::abs(nanoseconds(clock) - changed) < kSettled) return {};
    stamp += fmt::format("{},{},{},{};", facts.st_ino, facts.st_size, nanoseconds(facts.st_mtim),
                         changed);
  }
  return stamp;
}

}  // namespace wordbridge
