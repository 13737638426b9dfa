#include "train/processes/merged_changes.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/threads.h"
#include "train/processes/message.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kRowsOfBlock = 1024;

}  // namespace

double share_of_sum(std::int64_t shards, double gain) {
  constexpr double kCurvature = 0.3, kLeast = 1e-9;
  const auto n = static_cast<double>(shards);
  const double g = std::max(kLeast, kCurvature * gain);
  return shards == 1 ? 1 : std::expm1(-n * g) / (n * std::expm1(-g));
}

MergedChanges::MergedChanges(std::vector<StreamingModel::Array> arrays,
                             std::vector<std::vector<float>> updates, std::int64_t shards,
                             Processes* processes)
    : arrays_(std::move(arrays)),
      first_row_{0},
      first_value_{0},
      shards_(shards),
      processes_(processes) {
  WB_ASSERT(shards_ % this->processes() == 0, "{} shards, {} processes", shards_,
            this->processes());
  for (std::size_t a = 0; a < arrays_.size(); ++a) {
    const auto& shape = arrays_[a].shape;
    WB_ASSERT(shape.size() == 2 && updates.at(a).size() == at(shape[0]), "updates of {}",
              arrays_[a].name);
    first_row_.push_back(first_row_.back() + shape[0]);
    first_value_.push_back(first_value_.back() + shape[0] * shape[1]);
    updates_.insert(updates_.end(), updates[a].begin(), updates[a].end());
  }
}

MergedChanges::Row MergedChanges::row(std::int64_t index) const {
  std::size_t a = 0;
  while (index >= first_row_[a + 1]) ++a;
  const std::int64_t width = arrays_[a].shape[1], offset = (index - first_row_[a]) * width;
  return {arrays_[a].values + offset, width, first_value_[a] + offset};
}

double MergedChanges::estimated_bytes() const {
  // The values before the shards, a part for each carry, and what other processes send.
  const double parts = 1 + std::log2(static_cast<double>(own_shards()));
  return sizeof(float) * static_cast<double>(first_value_.back()) *
         (1 + parts + (processes_ == nullptr ? 0 : 1));
}

void MergedChanges::begin() {
  before_ = memory_.get(first_value_.back());
  for_each_range(first_row_.back(), kRowsOfBlock, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      const Row own = row(r);
      std::copy_n(own.values, own.width, before_ + own.at);
    }
  });
}

void MergedChanges::take_changes(Part& part) {
  part.changed.resize(at(first_row_.back()));
  part.sums = part.memory.get(first_value_.back());
  for_each_range(first_row_.back(), kRowsOfBlock, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      const Row own = row(r);
      const float* const before = before_ + own.at;
      const bool changed = !std::equal(before, before + own.width, own.values);
      part.changed[at(r)] = changed ? 1 : 0;
      if (!changed) continue;
      float* const to = part.sums + own.at;
      for (std::int64_t k = 0; k < own.width; ++k) {
        to[k] = own.values[k] - before[k];
        own.values[k] = before[k];
      }
    }
  });
}

void MergedChanges::add_part(Part& sum, const Part& other) const {
  sum.shards += other.shards;
  for_each_range(first_row_.back(), kRowsOfBlock, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      if (other.changed[at(r)] == 0) continue;
      const Row own = row(r);
      float* const to = sum.sums + own.at;
      const float* const from = other.sums + own.at;
      if (sum.changed[at(r)] == 0)
        std::copy_n(from, own.width, to);
      else
        for (std::int64_t k = 0; k < own.width; ++k) to[k] += from[k];
      sum.changed[at(r)] = static_cast<std::uint16_t>(sum.changed[at(r)] + other.changed[at(r)]);
    }
  });
}

void MergedChanges::add_shard(const StreamingModel::StepResult& result) {
  results_.push_back(result);
  if (free_parts_.empty()) free_parts_.push_back(std::make_unique<Part>());
  parts_.push_back(std::move(free_parts_.back()));
  free_parts_.pop_back();
  parts_.back()->shards = 1;
  take_changes(*parts_.back());
  // Neighbours of the same size become one, as the carries of a binary counter.
  while (parts_.size() > 1 && parts_.back()->shards == parts_[parts_.size() - 2]->shards) {
    add_part(*parts_[parts_.size() - 2], *parts_.back());
    free_parts_.push_back(std::move(parts_.back()));
    parts_.pop_back();
  }
}

std::string MergedChanges::message(const Part& own, bool stop) const {
  MessageWriter out;
  out.reserve(sizeof stop + results_.size() * sizeof results_[0] + own.changed.size() * 2);
  out.add(stop);
  out.add(results_.data(), own_shards());
  out.add(own.changed.data(), first_row_.back());
  return out.bytes();
}

MergedChanges::Totals MergedChanges::totals_of(const std::vector<std::string>& messages,
                                               Part& own) {
  Totals totals;
  std::vector<std::uint16_t> changed(own.changed.size());
  std::fill(own.changed.begin(), own.changed.end(), std::uint16_t{0});
  for (const auto& bytes : messages) {
    MessageReader in(bytes);
    totals.stop = in.value<bool>() || totals.stop;
    in.read(results_.data(), own_shards());
    for (const auto& result : results_) {
      totals.result.loss += result.loss;
      totals.result.examples += result.examples;
      totals.result.done += result.done;
      if (result.done > 0) totals.result.learning_rate = result.learning_rate;
    }
    in.read(changed.data(), first_row_.back());
    for (std::size_t r = 0; r < changed.size(); ++r)
      own.changed[r] = static_cast<std::uint16_t>(own.changed[r] + changed[r]);
  }
  return totals;
}

void MergedChanges::sum_over_processes(Part& own, const std::vector<std::uint16_t>& own_changed) {
  // The rows that any process has changed, one after the other.
  std::int64_t count = 0;
  for (std::int64_t r = 0; r < first_row_.back(); ++r) {
    if (own.changed[at(r)] == 0) continue;
    const Row from = row(r);
    if (own_changed[at(r)] == 0)
      std::fill_n(own.sums + count, from.width, 0.0f);
    else if (count < from.at)
      std::copy_n(own.sums + from.at, from.width, own.sums + count);
    count += from.width;
  }
  processes_->sum(own.sums, count);
  // And back to their places.
  for (std::int64_t r = first_row_.back() - 1; r >= 0; --r) {
    if (own.changed[at(r)] == 0) continue;
    const Row to = row(r);
    count -= to.width;
    if (count < to.at)
      std::copy_backward(own.sums + count, own.sums + count + to.width,
                         own.sums + to.at + to.width);
  }
}

void MergedChanges::apply(const Part& sums, double rate) {
  for_each_range(first_row_.back(), kRowsOfBlock, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      const std::uint16_t changed = sums.changed[at(r)];
      if (changed == 0) continue;
      const Row to = row(r);
      const auto share =
          static_cast<float>(share_of_sum(changed, rate * static_cast<double>(updates_[at(r)])));
      float* const before = before_ + to.at;
      const float* const sum = sums.sums + to.at;
      for (std::int64_t k = 0; k < to.width; ++k) {
        before[k] += share * sum[k];
        to.values[k] = before[k];
      }
    }
  });
}

MergedChanges::Totals MergedChanges::finish(bool stop) {
  WB_ASSERT(parts_.size() == 1, "{} parts", parts_.size());
  Part& own = *parts_[0];
  const std::string text = message(own, stop);
  const std::vector<std::uint16_t> own_changed = own.changed;
  const Totals totals =
      totals_of(processes_ == nullptr ? std::vector{text} : processes_->gather(text), own);
  if (processes_ != nullptr) sum_over_processes(own, own_changed);
  apply(own, totals.result.learning_rate);
  free_parts_.push_back(std::move(parts_[0]));
  parts_.clear();
  results_.clear();
  return totals;
}

}  // namespace wordbridge
