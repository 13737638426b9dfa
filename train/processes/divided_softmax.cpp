#include "train/processes/divided_softmax.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "core/error.h"
#include "train/processes/message.h"

// Shapes: B predictions of all processes, n of a shard, E_i width of a feature vector, V words.

namespace wordbridge {
namespace {

using torch::Tensor;

int count_of(const Processes* processes) { return processes == nullptr ? 1 : processes->size(); }

/// The shares of process `rank`.
class Part : public SoftmaxPart {
 public:
  Part(Processes* processes, int rank)
      : SoftmaxPart(kSoftmaxShares * rank / count_of(processes),
                    kSoftmaxShares * (rank + 1) / count_of(processes)),
        processes_(processes) {}

  void exchange(float* sums, std::int64_t size, double* target_logits,
                std::int64_t count) const override {
    if (processes_ == nullptr) return;
    // The parts have the same size: the sums of the shares, then the logits.
    const std::int64_t own = (last_share - first_share) * size;
    const auto sum_bytes = static_cast<std::size_t>(own) * sizeof(float);
    const auto logit_bytes = static_cast<std::size_t>(count) * sizeof(double);
    std::vector<char> memory(static_cast<std::size_t>(processes_->size()) *
                             (sum_bytes + logit_bytes));
    std::vector<Processes::Bytes> parts;
    for (std::size_t i = 0; i < memory.size(); i += sum_bytes + logit_bytes)
      parts.push_back({memory.data() + i, static_cast<std::int64_t>(sum_bytes + logit_bytes)});
    char* const sent = static_cast<char*>(parts[static_cast<std::size_t>(processes_->rank())].data);
    std::memcpy(sent, sums + first_share * size, sum_bytes);
    std::memcpy(sent + sum_bytes, target_logits, logit_bytes);
    processes_->gather(parts);
    std::vector<double> logits(static_cast<std::size_t>(count));
    for (const auto& part : parts) {
      const char* const received = static_cast<const char*>(part.data);
      std::memcpy(sums, received, sum_bytes);
      sums += own;
      std::memcpy(logits.data(), received + sum_bytes, logit_bytes);
      for (std::size_t i = 0; i < logits.size(); ++i)
        if (!std::isnan(logits[i])) target_logits[i] = logits[i];
    }
  }

 private:
  Processes* const processes_;
};

Part own_part(Processes* processes) {
  return {processes, processes == nullptr ? 0 : processes->rank()};
}

/// The features of the predictions of all processes as one array: for each process those of its
/// predictions, first x_1 [n,E_1], then x_2, ...
class PackedFeatures {
 public:
  /// `counts`: predictions of each process.
  PackedFeatures(const std::vector<Tensor>& weights, const std::vector<std::int64_t>& counts)
      : counts_(counts) {
    std::int64_t width = 0;
    for (const auto& weight : weights) widths_.push_back(weight.size(1)), width += weight.size(1);
    for (const auto count : counts_) sizes_.push_back(count * width);
    values_.resize(
        static_cast<std::size_t>(std::accumulate(sizes_.begin(), sizes_.end(), std::int64_t{0})));
  }

  float* values() { return values_.data(); }
  /// Numbers of each process.
  const std::vector<std::int64_t>& sizes() const { return sizes_; }
  std::vector<Processes::Bytes> bytes() {
    std::vector<Processes::Bytes> parts;
    float* values = values_.data();
    for (const auto size : sizes_) {
      parts.push_back({values, size * static_cast<std::int64_t>(sizeof(float))});
      values += size;
    }
    return parts;
  }
  /// Calls work(packed values, i, first prediction, predictions) for x_i of each process.
  template <class Work>
  void for_each(const Work& work) {
    float* values = values_.data();
    std::int64_t begin = 0;
    for (const auto count : counts_) {
      for (std::size_t i = 0; i < widths_.size(); ++i) {
        work(values, i, begin, count);
        values += count * widths_[i];
      }
      begin += count;
    }
  }

 private:
  std::vector<std::int64_t> counts_, widths_, sizes_;
  std::vector<float> values_;
};

}  // namespace

DividedSoftmax::DividedSoftmax(FullSoftmax& output, Processes* processes)
    : output_(output), processes_(processes), parameters_(output.weights) {
  if (kSoftmaxShares % count_of(processes) != 0) {
    throw Error("the output layer can't be divided among these processes")
        .at("train.divide_output: true")
        .expected("1, 2, 4, 8 or {} processes", kSoftmaxShares)
        .got("{}", count_of(processes));
  }
  parameters_.push_back(output.b);
  // Only the own rows are ever written and take memory.
  for (const auto& parameter : parameters_) gradients_.push_back(torch::empty_like(parameter));
}

WordRange DividedSoftmax::words() const {
  return words_of(own_part(processes_), output_.b.size(0));
}

DividedSoftmax::Result DividedSoftmax::gradients(const std::vector<OutputInputs>& shards,
                                                 const std::vector<std::int64_t>& targets,
                                                 const std::vector<std::int64_t>& counts) {
  const torch::NoGradGuard no_grad;
  const auto& weights = output_.weights;
  const auto B = static_cast<std::int64_t>(targets.size());
  const std::size_t own = processes_ == nullptr ? 0 : static_cast<std::size_t>(processes_->rank());
  const std::int64_t own_begin = std::accumulate(
      counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(own), std::int64_t{0});
  Result result;
  if (B == 0) return result;

  // 1. The features of all predictions.
  std::vector<Tensor> x_BE, x_gradients_BE;
  for (const auto& weight : weights) {
    x_BE.push_back(torch::empty({B, weight.size(1)}));
    x_gradients_BE.push_back(torch::empty({B, weight.size(1)}));
  }
  for (std::size_t i = 0; i < weights.size(); ++i) {
    std::int64_t begin = own_begin;
    for (const auto& shard : shards) {
      const std::int64_t n = shard.targets.size(0);
      if (n > 0) x_BE[i].narrow(0, begin, n).copy_(shard.x[i]);
      begin += n;
    }
  }
  PackedFeatures packed(weights, counts);
  const auto pack = [&](const std::vector<Tensor>& x, bool back) {
    packed.for_each([&](float* values, std::size_t i, std::int64_t begin, std::int64_t count) {
      float* const rows = x[i].data_ptr<float>() + begin * x[i].size(1);
      const std::int64_t size = count * x[i].size(1);
      std::copy_n(back ? values : rows, size, back ? rows : values);
    });
  };
  if (processes_ != nullptr) {
    pack(x_BE, false);
    processes_->gather(packed.bytes());
    pack(x_BE, true);
  }

  // 2. The loss, and the gradients of the own words.
  LinearSoftmax softmax;
  for (std::size_t i = 0; i < weights.size(); ++i)
    softmax.terms.push_back({x_BE[i].data_ptr<float>(), weights[i].data_ptr<float>(),
                             weights[i].size(1), x_gradients_BE[i].data_ptr<float>(),
                             gradients_[i].data_ptr<float>()});
  softmax.bias = output_.b.data_ptr<float>();
  softmax.bias_gradient = gradients_.back().data_ptr<float>();
  softmax.targets = targets.data();
  softmax.examples = B;
  softmax.vocabulary = output_.b.size(0);
  result.loss = linear_softmax_gradients(softmax, own_part(processes_), output_.softmax_options());
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    parameters_[i].mutable_grad() = gradients_[i];

  // 3. The gradients of the own features, summed over all words.
  if (processes_ != nullptr) {
    pack(x_gradients_BE, false);
    processes_->sum_parts(packed.values(), packed.sizes());
    pack(x_gradients_BE, true);
  }
  std::int64_t begin = own_begin;
  for (const auto& shard : shards) {
    auto& x = result.x_gradients.emplace_back();
    const std::int64_t n = shard.targets.size(0);
    for (const auto& gradient : x_gradients_BE) x.push_back(gradient.narrow(0, begin, n));
    begin += n;
  }
  return result;
}

void DividedSoftmax::collect(const std::vector<Tensor>& tensors) const {
  if (processes_ == nullptr) return;
  const torch::NoGradGuard no_grad;
  const auto rows = [&](const Tensor& tensor, int rank) {
    const WordRange words = words_of(Part(processes_, rank), tensor.size(0));
    return tensor.narrow(0, words.begin, words.end - words.begin);
  };
  MessageWriter own;
  for (const auto& tensor : tensors) {
    const Tensor values = rows(tensor, processes_->rank());
    own.add(values.data_ptr<float>(), values.numel());
  }
  const auto all = processes_->gather(own.bytes());
  for (int rank = 0; rank < processes_->size(); ++rank) {
    MessageReader in(all[static_cast<std::size_t>(rank)]);
    for (const auto& tensor : tensors) {
      const Tensor values = rows(tensor, rank);
      in.read(values.data_ptr<float>(), values.numel());
    }
  }
}

}  // namespace wordbridge
