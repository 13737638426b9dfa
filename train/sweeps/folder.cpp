#include "train/sweeps/folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/io/file.h"
#include "core/json.h"
#include "train/runs/run_experiment.h"
#include "train/runs/run_files.h"

namespace wordbridge {
namespace {

using nlohmann::ordered_json;

constexpr const char* kLockFile = "sweep.lock";

/// Whether two configurations yield the same results, even if written by different versions. A
/// setting that one of them leaves open agrees with what was chosen for the other.
bool same_config(const std::string& a, const std::string& b) {
  if (a == b) return true;
  try {
    RunConfig first = RunConfig::parse(a, "run"), second = RunConfig::parse(b, "run");
    first.threads = second.threads = 0;
    return same_values(first.describe(true), second.describe(true));
  } catch (const Error&) {
    return false;
  }
}

[[noreturn]] void refuse(const fs::path& folder, const std::string& got, const std::string& hint) {
  throw Error("the folder of a point contains a different run; nothing was started")
      .at("{}", folder.string())
      .expected("no run, or a run with the same configuration")
      .got("{}", got)
      .hint("{}", hint);
}

[[noreturn]] void refuse_config(const fs::path& folder) {
  refuse(folder, "a different configuration",
         "use another folder (--out), or --overwrite to replace existing points");
}

/// Error if the folder of the point contains a different run or a different kind of run.
void check_point(const SweepPoint& point, const fs::path& folder, bool overwrite) {
  const bool has_seeds = fs::exists(folder / run_files::kSeeds);
  const char* const hint = "use another folder (--out)";
  if (point.seeds.empty() && has_seeds) refuse(folder, "runs of several seeds", hint);
  if (!point.seeds.empty() && fs::exists(folder / run_files::kConfig))
    refuse(folder, "a single run", hint);
  if (!has_seeds || overwrite) return;
  RunConfig stored = stored_config(folder), own = RunConfig::parse(point.config, "run");
  stored.seed = own.seed;
  if (!same_config(stored.dump(), own.dump())) refuse_config(folder);
}

/// Returns `first`, followed by the items of `second` that it does not contain.
template <class List>
List united(List first, const List& second) {
  for (const auto& item : second)
    if (std::find(first.begin(), first.end(), item) == first.end()) first.push_back(item);
  return first;
}

/// The value parsed as JSON, or as a JSON string if it is not valid JSON.
ordered_json value_json(const std::string& text) {
  ordered_json value = ordered_json::parse(text, nullptr, false);
  return value.is_discarded() ? ordered_json(text) : value;
}

/// What the points of a search depend on besides its seed: the distribution or values of each key.
ordered_json space_json(const Sweep& sweep) {
  ordered_json space = ordered_json::object();
  for (const auto& axis : sweep.axes) {
    if (axis.key == "seed") continue;
    if (axis.distribution) {
      space[axis.key] = axis.distribution->json();
    } else {
      for (const auto& value : axis.values) space[axis.key].push_back(value_json(value));
    }
  }
  return space;
}

ordered_json search_json(const Sweep& sweep) {
  const SearchOptions& search = *sweep.search;
  ordered_json json = {{"type", search.type_name()},
                       {"seed", search.seed},
                       {"points", search.points},
                       {"space", space_json(sweep)},
                       {"rungs", ordered_json::array()}};
  for (const auto& rung : sweep.rungs)
    json["rungs"].push_back({{"points", rung.points}, {"stop_epoch", rung.stop_epoch}});
  return json;
}

/// Error if the folder contains a search whose points are not those of this one.
void check_search(const Sweep& sweep, const fs::path& out) {
  if (!sweep.search || !fs::exists(out / run_files::kSweep)) return;
  const ordered_json stored = read_sweep(out).value("search", ordered_json());
  if (stored.is_null()) return;
  // Without the order of the keys.
  const nlohmann::json space = space_json(sweep), stored_space = stored.at("space");
  const char* different = nullptr;
  if (space != stored_space) different = "space";
  if (stored.at("seed") != sweep.search->seed) different = "seed";
  if (different == nullptr) return;
  throw Error(fmt::format("the sweep folder contains a search with another {}", different))
      .at("{}", (out / run_files::kSweep).string())
      .expected("{}", stored.at(different).dump())
      .got("{}", different == std::string_view("seed") ? std::to_string(sweep.search->seed)
                                                       : space.dump())
      .hint("use another folder (--out)");
}

ordered_json sweep_json(const Sweep& sweep) {
  ordered_json axes = ordered_json::array(), points = ordered_json::array();
  for (const auto& axis : sweep.axes) {
    ordered_json values = ordered_json::array();
    for (const auto& value : axis.values) values.push_back(value_json(value));
    // The same number may have been drawn twice.
    if (axis.distribution) values = united(ordered_json::array(), values);
    axes.push_back({{"key", axis.key}, {"name", axis.name}, {"values", values}});
  }
  for (const auto& point : sweep.points) {
    ordered_json values = ordered_json::object();
    auto value = point.values.begin();
    for (const auto& axis : sweep.axes)
      if (axis.key != "seed") values[axis.key] = value_json((value++)->second);
    points.push_back({{"folder", point.folder}, {"values", values}});
    if (!point.seeds.empty()) points.back()["seeds"] = point.seeds;
  }
  ordered_json content = {{"name", sweep.name}};
  if (sweep.search) content["search"] = search_json(sweep);
  content["axes"] = std::move(axes);
  content["points"] = std::move(points);
  return content;
}

/// Appends the axes, values, points and seeds of earlier sweeps.
void add_earlier(ordered_json& content, const ordered_json& earlier, bool overwrite) {
  const auto add = [&](const char* list, const char* key, const char* inner, bool is_united) {
    for (const auto& old : earlier.at(list)) {
      auto& own = content[list];
      const auto same = std::find_if(own.begin(), own.end(),
                                     [&](const auto& item) { return item[key] == old.at(key); });
      if (same == own.end()) {
        own.push_back(old);
      } else if (is_united && old.contains(inner) && same->contains(inner)) {
        (*same)[inner] = united((*same)[inner], old.at(inner));
      }
    }
  };
  if (!content.contains("search") && earlier.contains("search"))
    content["search"] = earlier.at("search");
  add("axes", "key", "values", true);
  add("points", "folder", "seeds", !overwrite);
}

/// Writes the files that `train` would have written for several seeds, which `resume` needs.
void freeze_seeds(const SweepPoint& point, const fs::path& folder) {
  auto seeds = point.seeds;
  if (fs::exists(folder / run_files::kSeeds)) {
    const std::vector<std::int64_t> stored = read_json_file(folder / run_files::kSeeds).at("seeds");
    seeds = united(seeds, stored);
    if (seeds == stored) return;
    fs::remove(folder / run_files::kSummary);  // computed from fewer seeds
  }
  RunConfig config = RunConfig::parse(point.config, "run");
  write_seeds(config, seeds, folder);
}

}  // namespace

std::vector<SweepRun> sweep_runs(const Sweep& sweep, const fs::path& out, bool overwrite) {
  if (fs::exists(out / run_files::kConfig) || fs::exists(out / run_files::kSeeds)) {
    throw Error("the sweep folder contains a run")
        .at("{}", out.string())
        .expected("a sweep folder, or a new folder")
        .hint("use another folder (--out)");
  }
  check_search(sweep, out);
  std::vector<SweepRun> runs;
  for (const auto& point : sweep.points) {
    const fs::path folder = out / point.folder;
    check_point(point, folder, overwrite);
    for (std::size_t i = 0; i < point.configs.size(); ++i) {
      SweepRun run;
      run.point = run.folder = folder;
      run.title = point.folder;
      if (!point.seeds.empty()) {
        run.folder = seed_folder(folder, point.seeds[i]);
        run.title += fmt::format(" seed {}", point.seeds[i]);
      }
      run.model = point.model;
      run.config = point.configs[i];
      const fs::path config = run.folder / run_files::kConfig;
      if (!overwrite && fs::exists(config)) {
        if (!same_config(read_file(config), run.config)) refuse_config(run.folder);
        run.state = RunDirectory::is_complete(run.folder) ? SweepRun::State::complete
                                                          : SweepRun::State::begun;
      }
      runs.push_back(std::move(run));
    }
  }
  return runs;
}

void freeze_sweep(const Sweep& sweep, const std::vector<SweepRun>& runs, const fs::path& out,
                  bool overwrite) {
  remove_dead_temporaries(out);
  for (const auto& point : sweep.points) remove_dead_temporaries(out / point.folder);
  ordered_json content = sweep_json(sweep);
  if (fs::exists(out / run_files::kSweep)) add_earlier(content, read_sweep(out), overwrite);
  write_file(out / run_files::kSweep, json_text(content, 2) + "\n");
  if (overwrite) {
    for (const auto& run : runs) {
      if (fs::exists(run.folder / run_files::kConfig))
        const RunDirectory emptied(run.folder, RunDirectory::Mode::overwrite);
      if (run.point == run.folder) continue;
      for (const char* name : {run_files::kSeeds, run_files::kSummary})
        fs::remove(run.point / name);
    }
  }
  for (const auto& run : runs) {
    if (run.state != SweepRun::State::missing) continue;
    make_folder(run.folder);
    write_file(run.folder / run_files::kConfig, run.config);
  }
  for (const auto& point : sweep.points)
    if (!point.seeds.empty()) freeze_seeds(point, out / point.folder);
}

SweepLock::SweepLock(const fs::path& out) {
  make_folder(out);
  // A file, because network file systems lock only what is open for writing.
  file_ = ::open((out / kLockFile).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  // On file systems without locks, the folder is not locked.
  if (file_ < 0 || ::flock(file_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
  ::close(file_);
  throw Error("another sweep is running in the folder")
      .at("{}", out.string())
      .hint("wait for it to finish, or use another folder (--out)");
}

SweepLock::~SweepLock() {
  if (file_ >= 0) ::close(file_);
}

ordered_json read_sweep(const fs::path& out) {
  const fs::path path = out / run_files::kSweep;
  const ordered_json content = read_json_file(path);
  const auto are = [&](const char* list, const char* name, const char* inner) {
    const auto items = content.value(list, ordered_json());
    return items.is_array() && std::all_of(items.begin(), items.end(), [&](const auto& item) {
             return item.is_object() && item.contains(inner) && item.contains(name) &&
                    item.at(name).is_string();
           });
  };
  const auto has_search = [&] {
    if (!content.contains("search")) return true;
    const auto& search = content.at("search");
    if (!search.is_object() || !search.contains("type") || !search.contains("seed") ||
        !search.contains("space"))
      return false;
    const auto rungs = search.value("rungs", ordered_json());
    return rungs.is_array() && std::all_of(rungs.begin(), rungs.end(), [](const auto& rung) {
             return rung.is_object() && rung.contains("stop_epoch") &&
                    rung.at("stop_epoch").is_number();
           });
  };
  if (content.is_object() && are("axes", "key", "values") && are("axes", "name", "values") &&
      are("points", "folder", "values") && has_search())
    return content;
  throw Error("the sweep file is damaged")
      .at("{}", path.string())
      .expected("a file written by `wordbridge sweep`");
}

void summarize_point(const fs::path& point) {
  if (!fs::exists(point / run_files::kSeeds) || fs::exists(point / run_files::kSummary)) return;
  const std::vector<std::int64_t> seeds = read_json_file(point / run_files::kSeeds).at("seeds");
  for (const auto seed : seeds)
    if (!RunDirectory::is_complete(seed_folder(point, seed))) return;
  write_seeds_summary(stored_config(point), seeds, point);
}

}  // namespace wordbridge
