#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/io/container.h"
#include "data/counts/cooccurrence.h"
#include "data/counts/sparse_view.h"

namespace wordbridge {

/// Writes counts to a container file while they are counted: arrays `column` i32, `value` f64 and
/// `begin` i64. Memory: 8 bytes per row. The sums wait in a temporary file without a name until all
/// columns are written.
class CountsFile : public RowSink {
 public:
  /// `key` identifies the text and the options. `one`: see Weights. `scratch`: folder of the
  /// temporary file.
  CountsFile(const fs::path& path, const nlohmann::json& key, std::int64_t cols, std::uint64_t one,
             const fs::path& scratch);
  void add(const CountedRows& rows) override;
  /// Of the rows so far.
  std::int64_t nonzeros() const { return begin_.back(); }
  /// Completes the file. Throws Interrupted; then, and without this call, nothing is left behind.
  void finish();

  /// Maps the file. Error if it is damaged or has another key.
  static SparseCounts open(const fs::path& path, const nlohmann::json& key, bool verify = true);

 private:
  ContainerStream stream_;
  ScratchFile sums_;
  std::uint64_t one_;
  std::vector<std::int64_t> begin_ = {0};
};

}  // namespace wordbridge
