#include "models/join/train_autoencoder.h"

#include <ATen/ATen.h>
#include <fmt/ranges.h>
#include <torch/optim/adam.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/index.h"
#include "core/interrupt.h"
#include "core/io/hash.h"
#include "core/progress.h"
#include "core/rng.h"
#include "core/threads.h"
#include "core/undefined.h"
#include "models/alignment/prepared_rows.h"
#include "models/join/join_maps.h"
#include "models/join/meta_autoencoder.h"

namespace wordbridge {
namespace {

using torch::Tensor;

constexpr std::int64_t kRowsAtATime = 512;

Tensor tensor_of(const PreparedRows& rows) {
  const Tensor result = at::empty({rows.size(), rows.dim()}, torch::kFloat32);
  for_each_range(rows.size(), kRowsAtATime, [&](std::int64_t begin, std::int64_t end) {
    using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    Eigen::Map<Rows>(result.data_ptr<float>() + begin * rows.dim(), end - begin, rows.dim()) =
        rows.block(begin, end - begin).cast<float>();
  });
  return result;
}

std::vector<Tensor> selected(const std::vector<Tensor>& rows, const Tensor& words) {
  std::vector<Tensor> batch;
  for (const auto& input : rows) batch.push_back(input.index_select(0, words));
  return batch;
}

/// The updates of one training.
class Training {
 public:
  Training(MetaAutoencoder& model, const AutoencoderSettings& settings, std::vector<Tensor> rows)
      : model_(model),
        settings_(settings),
        rows_(std::move(rows)),
        words_(rows_[0].size(0)),
        optimizer_(model.parameters(), torch::optim::AdamOptions(settings.learning_rate)) {}

  void run(const std::string& label) {
    Progress progress(label, static_cast<std::uint64_t>(settings_.epochs * words_), "words");
    model_.train();
    for (std::int64_t epoch = 0; epoch < settings_.epochs; ++epoch) {
      std::vector<std::int64_t> order(at(words_));
      std::iota(order.begin(), order.end(), 0);
      Rng(seed(), "join epoch", static_cast<std::uint64_t>(epoch)).shuffle(order);
      double sum = 0;
      for (std::int64_t begin = 0; begin < words_; begin += settings_.batch_size) {
        if (interrupted()) throw Interrupted("interrupted while training " + label);
        const std::int64_t size = std::min(settings_.batch_size, words_ - begin);
        sum += static_cast<double>(size) *
               update(at::from_blob(order.data() + begin, {size}, torch::kInt64));
        progress.update(static_cast<std::uint64_t>(epoch * words_ + begin + size),
                        fmt::format("loss {:.4f}", sum / static_cast<double>(begin + size)));
      }
    }
    model_.eval();
  }

  /// "81.2 %, 90.4 %": the share of each input's squared length that is reconstructed.
  std::string reconstruction() {
    const torch::NoGradGuard no_grad;
    std::vector<double> errors(rows_.size()), lengths(rows_.size());
    for (std::int64_t begin = 0; begin < words_; begin += settings_.batch_size) {
      std::vector<Tensor> batch;
      for (const auto& input : rows_)
        batch.push_back(input.narrow(0, begin, std::min(settings_.batch_size, words_ - begin)));
      const auto found = model_.squared_errors(batch);
      for (std::size_t i = 0; i < found.size(); ++i) {
        errors[i] += found[i];
        lengths[i] += batch[i].to(torch::kFloat64).square().sum().item<double>();
      }
    }
    std::vector<std::string> shares;
    for (std::size_t i = 0; i < errors.size(); ++i) {
      check_finite(errors[i]);
      const double share = lengths[i] > 0 ? 1 - errors[i] / lengths[i] : kUndefined;
      shares.push_back(fmt::format("{:.1f} %", 100 * share));
    }
    return fmt::format("{}", fmt::join(shares, ", "));
  }

 private:
  std::uint64_t seed() const { return static_cast<std::uint64_t>(settings_.seed); }

  /// The loss before the update.
  double update(const Tensor& words) {
    torch::manual_seed(mix(seed(), static_cast<std::uint64_t>(step_)));
    optimizer_.zero_grad();
    const Tensor loss = model_.loss(selected(rows_, words));
    const double value = loss.item<double>();
    check_finite(value);
    loss.backward();
    const std::int64_t epoch_steps = (words_ + settings_.batch_size - 1) / settings_.batch_size;
    const double progress =
        static_cast<double>(step_) / static_cast<double>(settings_.epochs * epoch_steps);
    for (auto& group : optimizer_.param_groups())
      static_cast<torch::optim::AdamOptions&>(group.options())
          .lr(settings_.learning_rate * (1 - progress));
    optimizer_.step();
    ++step_;
    return value;
  }

  void check_finite(double loss) const {
    if (std::isfinite(loss)) return;
    throw Error("the training loss of the autoencoder is not finite")
        .at("update {}, learning_rate {}", step_ + 1, settings_.learning_rate)
        .got("{}", loss)
        .hint("try a lower learning_rate, and unit vectors (unit: true)");
  }

  MetaAutoencoder& model_;
  const AutoencoderSettings settings_;
  const std::vector<Tensor> rows_;
  const std::int64_t words_;
  // Not train/optimizer.h, which belongs to the training of runs on tokens: these parameters are
  // small, and no checkpoint is needed.
  torch::optim::Adam optimizer_;
  std::int64_t step_ = 0;
};

}  // namespace

JoinMaps train_autoencoder(const JoinSettings& settings, const std::vector<PreparedRows>& shared) {
  std::vector<std::int64_t> dims;
  std::vector<Tensor> rows;
  for (const auto& input : shared) {
    dims.push_back(input.dim());
    rows.push_back(tensor_of(input));
  }
  MetaAutoencoder model(settings, dims);
  Training training(model, settings.autoencoder, std::move(rows));
  training.run(name_of(JoinSettings::methods(), settings.method));
  JoinMaps maps = model.maps();
  maps.facts = fmt::format("reconstructed {} of the squared length", training.reconstruction());
  return maps;
}

}  // namespace wordbridge
