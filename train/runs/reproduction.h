#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "train/runs/file_difference.h"
#include "train/runs/run_config.h"

namespace wordbridge {

/// The text, the vocabulary or another input of a run is not that of its manifest.
class ChangedData : public Error {
 public:
  explicit ChangedData(Error error) : Error(std::move(error)) {}
};

/// A comparison of a run with a second training of it.
struct Reproduction {
  /// Something that may be the reason for other results.
  struct Fact {
    std::string name;
    std::optional<std::string> before, now;  // empty: not recorded
  };
  std::filesystem::path run, again;
  std::vector<Fact> origin;               // that differ: configuration, program, machine, threads
  std::vector<std::string> identical;     // files with the same content
  std::vector<FileDifference> different;  // files that differ, metrics first
  std::string exempt;                     // why the same bytes are not promised; empty: they are

  bool is_identical() const { return different.empty(); }
};

/// The configuration of a run that can be trained again. Error for a run that is not complete, for
/// one of a newer version or whose text is missing, and for folders of sweeps, of several seeds,
/// and of no run.
RunConfig reproducible_config(const std::filesystem::path& run);

/// The number of threads that trained the run; 0: unknown.
int stored_threads(const std::filesystem::path& run);

/// ChangedData if the manifest `own` of a training does not have the data of `stored`: names the
/// first file, with the checksum expected and found. Error if an input is missing.
void check_data(const nlohmann::json& stored, const nlohmann::json& own);

/// Compares the complete run in `again` with `run`. Files that differ by nature are left out: logs,
/// times, and what later commands have added.
Reproduction compare_reproduction(const std::filesystem::path& run,
                                  const std::filesystem::path& again);

/// The comparison as text: whether the runs are identical, and if not, where they part and by how
/// much.
std::string reproduction_text(const Reproduction& reproduction);

}  // namespace wordbridge
