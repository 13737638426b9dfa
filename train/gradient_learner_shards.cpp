#include <torch/autograd.h>
#include <torch/utils.h>

#include <algorithm>
#include <cstring>
#include <iterator>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/io/hash.h"
#include "train/gradient_learner.h"

// Mini-batches in shards, for several processes.

namespace wordbridge {
namespace {

using torch::Tensor;

/// Error if the gradients of parts of a batch can't be computed apart.
void check_shards(GradientModel& model, const TrainOptions& options) {
  const char* problem = nullptr;
  if (options.restarts > 1) problem = "train.restarts";
  if (model.training_state() != nullptr) problem = "sampled words that adapt to the model";
  if (problem != nullptr)
    throw Error("train.shards and several processes can't be combined with this setting")
        .at("train.{}", options.divide_output ? "divide_output: true"
                                              : fmt::format("shards: {}", *options.shards))
        .got("{}", problem);
}

FullSoftmax& output_to_divide(GradientModel& model, torch::Device device) {
  FullSoftmax* output = device.is_cpu() ? model.divisible_output() : nullptr;
  if (output != nullptr) return *output;
  throw Error("this output layer can't be divided among processes")
      .at("train.divide_output: true")
      .expected("output.type: full in float32, tied: false, on the CPU");
}

bool is_among(const std::vector<Tensor>& tensors, const Tensor& tensor) {
  return std::any_of(tensors.begin(), tensors.end(),
                     [&](const Tensor& other) { return other.is_same(tensor); });
}

}  // namespace

void GradientLearner::divide_batches() {
  const auto shards = options_.shards.value_or(1);
  if (shards == 1 && !options_.divide_output) return;
  check_shards(*model_, options_);
  if (options_.divide_output) {
    divided_ = std::make_unique<DividedSoftmax>(output_to_divide(*model_, device_), processes_);
    const WordRange words = divided_->words();
    for (const auto& parameter : divided_->parameters())
      optimizer_.update_only(parameter, words.begin, words.end - words.begin);
  }
  std::vector<Tensor> trained;
  for (const auto& parameter : model_->parameters()) {
    const bool is_divided = divided_ != nullptr && is_among(divided_->parameters(), parameter);
    if (parameter.requires_grad() && !is_divided) trained.push_back(parameter);
  }
  sums_ = std::make_unique<GradientSums>(std::move(trained), shards, processes_);
}

GradientLearner::StepLoss GradientLearner::sharded_gradients(
    const std::vector<std::int64_t>& items) {
  const std::int64_t first = sums_->first_shard(), last = first + sums_->own_shards();
  const std::uint64_t seed = mix(seed_, static_cast<std::uint64_t>(at_.step));
  const auto words = sequences_ ? make_batch(items).words : static_cast<std::int64_t>(items.size());
  for (std::int64_t shard = first; shard < last; ++shard) {
    const Batch batch = make_shard(items, shard);
    torch::manual_seed(mix(seed, static_cast<std::uint64_t>(shard)));
    // The share of the shard in the mean over the batch.
    const double share = static_cast<double>(batch.words) / static_cast<double>(words);
    sums_->begin_shard(share);
    double loss = 0;
    if (batch.words > 0) {
      start_from_state(batch);
      loss = compute_gradients(batch).item<double>();
      keep_state(batch);
    }
    sums_->end_shard(loss * share, batch.words);
  }
  spread_state_ = static_cast<std::int64_t>(items.size());
  const auto totals = sums_->finish(interrupted());
  others_stop_ = totals.stop;
  return {totals.loss, totals.words};
}

GradientLearner::StepLoss GradientLearner::divided_gradients(
    const std::vector<std::int64_t>& items) {
  const std::int64_t first = sums_->first_shard(), last = first + sums_->own_shards();
  const std::uint64_t seed = mix(seed_, static_cast<std::uint64_t>(at_.step));
  std::vector<OutputInputs> inputs;
  std::vector<std::int64_t> targets, counts(processes_ == nullptr ? 1 : processes_->size());
  for (std::int64_t shard = 0; shard < sums_->shards(); ++shard) {
    const Batch batch = make_shard(items, shard);
    const auto* const words = batch.targets.data_ptr<std::int64_t>();
    std::copy_if(words, words + batch.targets.numel(), std::back_inserter(targets),
                 [](std::int64_t word) { return word >= 0; });
    counts[static_cast<std::size_t>(shard / sums_->own_shards())] += batch.words;
    if (shard < first || shard >= last) continue;
    torch::manual_seed(mix(seed, static_cast<std::uint64_t>(shard)));
    if (batch.words == 0) {
      inputs.push_back({{}, torch::empty({0}, torch::kInt64)});
      continue;
    }
    start_from_state(batch);
    inputs.push_back(model_->output_inputs(batch.ids, batch.targets));
    keep_state(batch);
  }
  spread_state_ = static_cast<std::int64_t>(items.size());
  const auto result = divided_->gradients(inputs, targets, counts);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::int64_t words = inputs[i].targets.size(0);
    sums_->begin_shard(1);
    if (words > 0) torch::autograd::backward(inputs[i].x, result.x_gradients[i]);
    sums_->end_shard(0, words);
  }
  others_stop_ = sums_->finish(interrupted()).stop;
  return {result.loss, static_cast<std::int64_t>(targets.size())};
}

GradientLearner::Batch GradientLearner::make_shard(const std::vector<std::int64_t>& items,
                                                   std::int64_t shard) const {
  const auto size = static_cast<std::int64_t>(items.size()), shards = sums_->shards();
  const std::int64_t begin = size * shard / shards, end = size * (shard + 1) / shards;
  Batch batch = make_batch({items.begin() + begin, items.begin() + end});
  batch.first = begin;
  return batch;
}

void GradientLearner::collect() {
  collect_output();
  collect_state();
}

void GradientLearner::collect_state() {
  const std::int64_t sequences = spread_state_;
  spread_state_ = 0;
  if (!state_.defined() || processes_ == nullptr || sequences == 0) return;
  const torch::NoGradGuard no_grad;
  const auto states_of = [&](std::int64_t process) {
    const auto border = [&](std::int64_t p) {
      return sequences * (p * sums_->own_shards()) / sums_->shards();
    };
    return state_.narrow(0, border(process), border(process + 1) - border(process));
  };
  const Tensor own = states_of(processes_->rank()).to(torch::kCPU).contiguous();
  const auto all = processes_->gather({static_cast<const char*>(own.data_ptr()), own.nbytes()});
  for (int process = 0; process < processes_->size(); ++process) {
    const Tensor states = states_of(process);
    const std::string& bytes = all[static_cast<std::size_t>(process)];
    const Tensor received = torch::from_blob(const_cast<char*>(bytes.data()), states.sizes(),
                                             states.options().device(torch::kCPU));
    states.copy_(received);
  }
}

void GradientLearner::collect_output() const {
  if (divided_ == nullptr) return;
  std::vector<Tensor> tensors = divided_->parameters();
  for (const auto* state : {&optimizer_.state(), &average_.state()})
    for (const auto& [name, tensor] : *state)
      if (name.rfind("output.", 0) == 0) tensors.push_back(tensor);
  divided_->collect(tensors);
}

std::vector<double> GradientLearner::valid_log_probs() const {
  const Span valid = corpus_.valid();
  const auto compute = [this](Span span) {
    std::vector<double> log_probs(static_cast<std::size_t>(span.size()));
    language_model_.log_probs(corpus_.ids(), span, log_probs.data());
    return log_probs;
  };
  // A state is carried on through the whole split.
  if (processes_ == nullptr || state_.defined()) return compute(valid);
  // The parts consist of whole evaluation batches, so that they have the same bits as together.
  const std::int64_t batch = language_model_.evaluation_batch();
  const std::int64_t batches = (valid.size() + batch - 1) / batch, parts = processes_->size();
  const auto border = [&](std::int64_t part) {
    return valid.begin + std::min(valid.size(), batches * part / parts * batch);
  };
  const auto own = compute({border(processes_->rank()), border(processes_->rank() + 1)});
  std::vector<double> all;
  for (const auto& bytes : processes_->gather(
           {reinterpret_cast<const char*>(own.data()), own.size() * sizeof(double)})) {
    const auto before = all.size();
    all.resize(before + bytes.size() / sizeof(double));
    std::memcpy(all.data() + before, bytes.data(), bytes.size());
  }
  return all;
}

}  // namespace wordbridge
