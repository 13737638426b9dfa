#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernels/simd/scratch.h"
#include "models/streaming_model.h"
#include "train/processes/processes.h"

namespace wordbridge {

/// The part of the sum of n shards' changes of a row that the row changes by. `gain`: learning rate
/// x updates of the row in a shard. A shard takes a row the part 1 - exp(-c gain) of the way to its
/// optimum, and all of them one after the other would have taken it 1 - exp(-n c gain) of the way,
/// so this is (1 - exp(-n c gain)) / (n (1 - exp(-c gain))): the sum for rows with few updates,
/// the mean, 1/n, for those with many. The curvature c = 0.3 was chosen by scores of word2vec on 8
/// million words with 2, 4 and 8 shards (docs/distributed.md).
double share_of_sum(std::int64_t shards, double gain);

/// Training on several parts of the text, the shards, from the same state. Their changes of the
/// model's arrays are merged (share_of_sum()). Process r of N has the r-th N-th of the shards. The
/// sums are those of neighbouring pairs of shards, then of pairs of pairs, ..., so that they have
/// the same bits on 1, 2, 4, ... processes. Only rows that some shard has changed travel.
class MergedChanges {
 public:
  /// What all processes know after each merge.
  struct Totals {
    StreamingModel::StepResult result;
    bool stop = false;  // whether a process was asked to stop
  };

  /// `arrays` are matrices and must outlive this object. `updates` [arrays][rows]: expected updates
  /// of each row in a shard. `processes`: null for a single one.
  MergedChanges(std::vector<StreamingModel::Array> arrays, std::vector<std::vector<float>> updates,
                std::int64_t shards, Processes* processes);

  std::int64_t shards() const { return shards_; }
  /// The shards of this process.
  std::int64_t first_shard() const { return own_shards() * rank(); }
  std::int64_t own_shards() const { return shards_ / processes(); }

  /// The memory that this object needs, in bytes.
  double estimated_bytes() const;
  /// Copies the arrays, the state from which the first shards are trained. To be called again if
  /// anything else changes them.
  void begin();
  /// Takes the changes of the arrays as those of this process's next shard, and undoes them.
  void add_shard(const StreamingModel::StepResult& result);
  /// Merges the changes of all shards into the arrays.
  Totals finish(bool stop);

 private:
  /// The sums of the changes of 1, 2, 4, ... neighbouring shards.
  struct Part {
    std::int64_t shards = 1;
    std::vector<std::uint16_t> changed;  // [rows]: how many of the shards have changed the row
    Scratch memory;
    float* sums = nullptr;  // [values]; those of rows without changes are undefined
  };
  /// A row of one of the arrays.
  struct Row {
    float* values;           // in the array
    std::int64_t width, at;  // values before it in all arrays
  };

  std::int64_t rank() const { return processes_ == nullptr ? 0 : processes_->rank(); }
  std::int64_t processes() const { return processes_ == nullptr ? 1 : processes_->size(); }
  Row row(std::int64_t index) const;
  void take_changes(Part& part);
  void add_part(Part& sum, const Part& other) const;
  std::string message(const Part& own, bool stop) const;
  Totals totals_of(const std::vector<std::string>& messages, Part& own);
  void sum_over_processes(Part& own, const std::vector<std::uint16_t>& own_changed);
  void apply(const Part& sums, double rate);

  std::vector<StreamingModel::Array> arrays_;
  std::vector<std::int64_t> first_row_;  // [arrays + 1]: of all rows
  std::vector<std::int64_t> first_value_;
  std::vector<float> updates_;  // [rows]
  Scratch memory_;
  float* before_ = nullptr;  // [values]: the arrays before the shards
  const std::int64_t shards_;
  Processes* const processes_;
  std::vector<std::unique_ptr<Part>> parts_, free_parts_;
  std::vector<StreamingModel::StepResult> results_;  // of the shards of this process
};

}  // namespace wordbridge
