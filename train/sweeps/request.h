#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/config/config.h"
#include "core/config/yaml_tree.h"
#include "train/runs/run_config.h"
#include "train/sweeps/search.h"

namespace wordbridge {

/// A key and its values, each as one line of YAML.
struct SweepAxis {
  std::string key;                  // "model.nplm.hidden"
  std::string name;                 // shortest suffix of the key unique among the axes: "hidden"
  std::vector<std::string> values;  // "[50]", "[100]"
  std::vector<std::string> places;  // source of each value, for error messages
  std::optional<Distribution> distribution = {};  // of a search, which draws the values
};

/// Index of the chosen value of each axis that has one.
using SweepChoice = std::map<const SweepAxis*, std::size_t>;

/// Axes and overrides of the command line, merged with the file's `sweep:` section.
class SweepRequest {
 public:
  static constexpr const char* kSeedKey = "seed";

  /// Error if there is nothing to sweep, or if an axis or the section is not valid.
  explicit SweepRequest(const std::vector<std::string>& arguments);

  std::vector<SweepAxis>& axes() { return axes_; }
  const std::optional<SearchOptions>& search() const { return search_; }

  /// Configuration of the run with these values. Its problems are added to `problems`, without
  /// duplicates.
  RunConfig compose(const SweepChoice& chosen, std::vector<std::string>& problems) const;

 private:
  using Found = std::vector<std::pair<YamlPlace, SweepAxis>>;

  Config load() const;
  void add_argument(const std::string& text);
  /// Whether the value is a distribution, `{log_uniform: [0.0001, 0.01]}`, which is added.
  bool add_distribution(const std::string& text, const std::string& key, const std::string& value);
  bool is_setting(const std::string& key) { return defaults_.describe(false).find(key) != nullptr; }
  /// Adds the axes of the file's `sweep:` section. They come first, in the order of the file, even
  /// if the command line replaces their values.
  void add_section();
  /// Reads and removes `sweep.search`.
  void read_search(YamlNode& section, Problems& problems);
  void collect(const YamlNode& node, const std::string& key, const Config& whole, Found& found,
               Problems& problems);
  void check_distribution(const std::string& key, const std::string& path,
                          Problems& problems) const;
  /// Reports what prevents a run from being compared with others before its end.
  void check_halving(const RunConfig& run, Problems& problems) const;
  /// Names each axis by the shortest suffix of its key that is not a suffix of another key.
  void name_axes();

  std::string file_;
  std::vector<std::string> overrides_;
  std::set<std::string> said_;  // keys on the command line
  std::vector<SweepAxis> axes_;
  std::optional<SearchOptions> search_;
  RunConfig defaults_;
};

/// Splits "v1,v2" at the commas outside of brackets and quotes.
std::vector<std::string> split_values(const std::string& text);

}  // namespace wordbridge
