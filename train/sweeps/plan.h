#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "train/sweeps/request.h"
#include "train/sweeps/search.h"

namespace wordbridge {

/// Runs that differ only in the seed. Each point has a subfolder of the sweep folder.
struct SweepPoint {
  std::string folder;  // name of the subfolder: "lr=0.001,hidden=[50]"
  std::vector<std::pair<std::string, std::string>> values;  // name and parsed value of each axis
  std::string model;
  std::string config;                // full configuration as YAML, with the seed of CONFIG
  std::vector<std::int64_t> seeds;   // in order; empty: the sweep has no axis `seed`
  std::vector<std::string> configs;  // one per seed; without a seed axis, one
};

/// All points of a sweep (the product of its axes, or drawn at random), parsed and checked.
struct Sweep {
  std::string name;  // of the experiment
  std::vector<SweepAxis> axes;
  std::vector<SweepPoint> points;
  std::optional<SearchOptions> search;  // empty: all combinations
  std::vector<SweepRung> rungs;         // one, except with successive halving
};

/// Plans a sweep from command-line arguments. The first argument is the configuration file if it
/// contains no '='; `key=v1,v2` defines an axis, `key=value` applies to all points. Axes on the
/// command line replace those with the same key in the file's `sweep:` section. The first axis
/// varies slowest, the seed always fastest. All problems of all points are reported in one Error.
/// Also an Error: no axes, an axis without values, a repeated key, two equal points.
/// With a section `sweep.search`, an axis is a list of values or a distribution. Each value depends
/// only on the seed of the search, the key and the number of the draw. A draw that repeats a point
/// is skipped, so that more points begin with the same ones.
Sweep plan_sweep(const std::vector<std::string>& arguments);

/// Folder name of a point: "key=value,key=value", with characters that are unsafe in shells or file
/// systems replaced. A name that was changed or truncated ends with a checksum, so that names are
/// unique.
std::string point_folder(const std::vector<std::pair<std::string, std::string>>& values);

}  // namespace wordbridge
