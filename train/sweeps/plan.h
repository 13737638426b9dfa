#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "train/runs/run_config.h"

namespace wordbridge {

/// A key and the values that it takes, each as YAML in one line.
struct SweepAxis {
  std::string key;                  // "model.nplm.hidden"
  std::string name;                 // its shortest end that no other axis has: "hidden"
  std::vector<std::string> values;  // "[50]", "[100]"
  std::vector<std::string> places;  // where each value was said
};

/// What differs only in the seed: a folder within the sweep's.
struct SweepPoint {
  std::string folder;                                       // its name: "lr=0.001,hidden=[50]"
  std::vector<std::pair<std::string, std::string>> values;  // an axis' name and its value, as read
  std::string model;
  std::string config;                // all of it as YAML, with the seed that CONFIG says
  std::vector<std::int64_t> seeds;   // in their order; empty: the sweep has no axis `seed`
  std::vector<std::string> configs;  // of each seed (of none: the only one)
};

/// A configuration's points: the product of its axes, all read and checked.
struct Sweep {
  std::string name;  // of the experiment
  std::vector<SweepAxis> axes;
  std::vector<SweepPoint> points;
};

/// Of the command line: the first argument is the file if it has no '='; `key=v1,v2` is an axis,
/// `key=value` changes all points. The file's `sweep:` section has axes, too, which the command
/// line's replace. The first axis is the slowest, the seed always the fastest. One Error tells all
/// that is wrong with any point; also: no values, a key twice, two points that are the same run.
Sweep plan_sweep(const std::vector<std::string>& arguments);

/// "v1,v2": cut at the commas that stand in no brackets and no quotes.
std::vector<std::string> split_values(const std::string& text);

/// A point's name as a folder: "key=value,key=value" without what shells and file systems mind.
/// What had to be changed or is too long has a checksum at its end, so that no two get one name.
std::string point_folder(const std::vector<std::pair<std::string, std::string>>& values);

}  // namespace wordbridge
