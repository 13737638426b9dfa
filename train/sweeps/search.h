#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/config/yaml_tree.h"

namespace wordbridge {

/// random: every point is trained to the end (Bergstra and Bengio 2012).
/// halving: successive halving (Jamieson and Talwalkar 2016).
enum class SearchType { random, halving };

/// The section `sweep.search`: points are drawn at random instead of taking all combinations.
struct SearchOptions {
  SearchType type = SearchType::random;
  std::int64_t points = 0;            // n, number of points
  std::int64_t seed = 1;              // of the draws; the runs have their own
  std::int64_t reduction_factor = 3;  // eta: one in eta points of a rung is promoted
  std::int64_t min_epochs = 1;        // r, epochs of the first rung

  bool is_halving() const { return type == SearchType::halving; }
  std::string type_name() const;
  FieldGroup describe();
};

/// Distribution of a number: `{log_uniform: [0.0001, 0.01]}`. Both bounds are included.
struct Distribution {
  enum class Type { uniform, log_uniform, integer, log_integer };
  Type type = Type::uniform;
  double low = 0, high = 1;

  /// A number as text: an integer, or a real number rounded to 5 significant digits, so that all
  /// machines draw the same.
  std::string draw(double uniform) const;
  nlohmann::json json() const;
  /// JSON schema of the mapping that read_distribution() accepts, of all types or those of
  /// integers.
  static nlohmann::ordered_json schema(bool only_integers);
};
/// Reads a distribution from the mapping at `key`. Nothing if it is not valid, which is added to
/// `problems`.
std::optional<Distribution> read_distribution(const YamlNode& node, const std::string& key,
                                              Problems& problems);

/// Points that are trained for the same number of epochs.
struct SweepRung {
  std::int64_t points = 0;
  double epochs = 0;            // 0: not known, to the end of training
  std::int64_t stop_epoch = 0;  // epoch after which the runs stop; 0: they are trained to the end
};
/// Rungs k = 0, 1, ... of n / eta^k points, rounded down but at least one, and r eta^k epochs. The
/// last one has all `epochs`, and starts from less than eta times fewer.
std::vector<SweepRung> halving_rungs(const SearchOptions& options, double epochs);

/// Indices of the `count` lowest scores, in ascending order; of equal scores the first ones. NaN is
/// excluded.
std::vector<std::size_t> lowest(const std::vector<double>& scores, std::int64_t count);

/// What a run's metrics.jsonl says about its first epochs.
struct EpochScore {
  std::int64_t epochs = 0;  // that were trained, at most those asked for
  double perplexity = 0;    // lowest on the validation split; NaN if it was not measured
};
/// `most`: ignores later epochs; 0: all.
EpochScore read_epochs(const std::filesystem::path& run, std::int64_t most);
/// Whether the run is complete, or has been trained for `stop_epoch` epochs (unless it is 0).
bool has_reached(const std::filesystem::path& run, std::int64_t stop_epoch);

}  // namespace wordbridge
