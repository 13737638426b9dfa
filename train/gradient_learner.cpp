#include "train/gradient_learner.h"

#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/io/hash.h"
#include "core/json.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "models/language_model/context_vectors.h"
#include "models/language_model/score_tokens.h"
#include "train/batch_sampler.h"
#include "train/torch_runtime.h"

// Shapes: B batch, N context words, V vocabulary.

namespace wordbridge {
namespace {

using nlohmann::ordered_json;
using torch::Tensor;

std::vector<Optimizer::Parameter> parameters_of(const GradientModel& model,
                                                std::int64_t epoch_steps) {
  std::vector<Optimizer::Parameter> parameters;
  for (const auto& named : model.named_parameters()) {
    const Tensor& value = named.value();
    if (value.requires_grad())
      parameters.push_back(
          {named.key(), value, model.decays(value), epoch_steps * model.frozen_epochs(value)});
  }
  return parameters;
}

std::optional<ContextOptions> contexts_of(const ModelOptions& options) {
  const ContextOptions* contexts = options.exported_contexts();
  return contexts == nullptr ? std::nullopt : std::optional(*contexts);
}

}  // namespace

GradientLearner::GradientLearner(const LearnerInputs& inputs, const Corpus& corpus,
                                 std::shared_ptr<GradientModel> model, torch::Device device)
    : name_(inputs.name),
      model_name_(inputs.model),
      options_(inputs.train),
      contexts_(contexts_of(inputs.options)),
      seed_(inputs.seed),
      corpus_(corpus),
      model_(std::move(model)),
      device_(device),
      language_model_(corpus.vocabulary(), model_, corpus.start_id(), device),
      sequences_(model_->sequences()),
      epoch_steps_(sampler(0, 0).batches()),
      optimizer_(options_, parameters_of(*model_, epoch_steps_)),
      average_(options_.average_epochs, epoch_steps_, parameters_of(*model_, epoch_steps_)),
      processes_(inputs.processes) {
  divide_batches();
  if (sums_ == nullptr && RecordedGradients::supports(*model_, device_))
    recorded_ = std::make_unique<RecordedGradients>(*model_);
  if (sequences_ && sequences_->carries_state)
    state_ = model_->sequence_state()->zeros(sequences_per_batch()).to(device_);
  if (options_.optimizer != OptimizerType::online_sgd) return;
  examples_ = model_->online_trainer();
  if (examples_ == nullptr) {
    throw Error("this model can't be trained on single examples")
        .at("train.optimizer: online_sgd")
        .expected(
            "nplm with the full softmax, at most one hidden layer (tanh), no bags, no tied or "
            "frozen weights, no dropout")
        .hint("use train.optimizer: sgd with train.batch_size: 1");
  }
}

bool GradientLearner::train(TrainingLog& training, const StopAfter& stop) {
  while (!at_.finished) {
    if (stop.reached(at_.epoch, at_.step) || !train_epoch(training, stop)) return false;
    finish_epoch(training);
    if (!at_.finished && stopping()) return false;
  }
  return true;
}

bool GradientLearner::train_epoch(TrainingLog& training, const StopAfter& stop) {
  const BatchSampler batches = sampler(seed_, at_.epoch);
  const auto words = static_cast<std::uint64_t>(corpus_.train().size());
  const std::int64_t steps = total_steps();
  const double end = std::min(static_cast<double>(at_.epoch + 1), *options_.epochs);
  Progress progress(fmt::format("epoch {}/{}", number_text(end), number_text(*options_.epochs)),
                    words, "words", static_cast<std::uint64_t>(at_.loss_words));
  const auto words_before = at_.loss_words;
  freeze_parameters();
  if (state_.defined() && at_.batch == 0) state_.zero_();
  model_->train();
  while (at_.batch < batches.batches() && at_.step < steps) {
    const double rate = current_rate();
    const auto [loss, predicted] = train_step(batches.batch(at_.batch));
    at_.loss_sum += loss * static_cast<double>(predicted);
    at_.loss_words += predicted;
    ++at_.batch;
    ++at_.step;
    progress.update(static_cast<std::uint64_t>(at_.loss_words),
                    fmt::format("loss {:.4f}", at_.loss_sum / static_cast<double>(at_.loss_words)));
    if (options_.log_steps > 0 && at_.step % options_.log_steps == 0) {
      training.metrics({{"step", at_.step}, {"loss", loss}, {"learning_rate", rate}});
    }
    const bool stopping = this->stopping() || at_.step == stop.step;
    if (stopping || (options_.checkpoint_steps > 0 && at_.step % options_.checkpoint_steps == 0)) {
      if (examples_ != nullptr) examples_->write_back();
      collect();
      training.save_checkpoint(Checkpoint::latest, *this);
    }
    if (stopping) return false;
  }
  training.timing({{"epoch", at_.epoch + 1},
                   {"seconds", progress.seconds()},
                   {"words_per_second",
                    static_cast<double>(at_.loss_words - words_before) / progress.seconds()}});
  return true;
}

Tensor GradientLearner::compute_gradients(const Batch& batch) {
  const bool has_gaps = batch.words < batch.targets.numel();
  if (recorded_ != nullptr && !has_gaps && recorded_->fits(batch.ids))
    return recorded_->loss(batch.ids, batch.targets);
  const Tensor loss = has_gaps ? model_->loss(batch.ids, batch.targets)
                               : model_->loss_without_gaps(batch.ids, batch.targets);
  loss.backward();
  return loss.detach();
}

void GradientLearner::freeze_parameters() {
  for (auto& parameter : model_->parameters()) {
    const std::int64_t epochs = model_->frozen_epochs(parameter);
    if (epochs == 0) continue;
    parameter.set_requires_grad(at_.epoch >= epochs);
    if (recorded_ != nullptr && at_.epoch == epochs)  // other operations from now on
      recorded_ = std::make_unique<RecordedGradients>(*model_);
  }
}

GradientLearner::StepLoss GradientLearner::train_step(const std::vector<std::int64_t>& items) {
  if (examples_ != nullptr) {
    const double value = update_with(*examples_, items);
    check_finite(value);
    return {value, 1};
  }
  // 1. Forward and backward. A batch that is too short to be divided is one of all processes.
  const auto size = static_cast<std::int64_t>(items.size());
  const bool sharded = sums_ != nullptr && size >= sums_->shards();
  if (spread_state_ != size) collect_state();
  const StepLoss result = divided_ != nullptr ? divided_gradients(items)
                          : sharded           ? sharded_gradients(items)
                                              : batch_gradients(items);
  check_finite(result.loss);
  // 2. Clip and update.
  if (options_.clip_norm > 0) {
    const double norm = optimizer_.gradient_norm();
    if (norm > options_.clip_norm) optimizer_.scale_gradients(options_.clip_norm / norm);
  }
  optimizer_.step(current_rate());
  average_.update(at_.step + 1);
  if (auto* state = model_->training_state()) state->updated();
  return result;
}

GradientLearner::StepLoss GradientLearner::batch_gradients(const std::vector<std::int64_t>& items) {
  const Batch batch = make_batch(items);
  // The random stream of dropout depends only on the update.
  torch::manual_seed(mix(seed_, static_cast<std::uint64_t>(at_.step)));
  start_from_state(batch);
  const double loss = compute_gradients(batch).item<double>();
  keep_state(batch);
  return {loss, batch.words};
}

void GradientLearner::start_from_state(const Batch& batch) {
  if (state_.defined())
    model_->sequence_state()->start_from(state_.narrow(0, batch.first, batch.ids.size(0)));
}

void GradientLearner::keep_state(const Batch& batch) {
  if (state_.defined())
    state_.narrow(0, batch.first, batch.ids.size(0)).copy_(model_->sequence_state()->end());
}

bool GradientLearner::stopping() const {
  return processes_ == nullptr ? interrupted() : others_stop_;
}

void GradientLearner::check_finite(double loss) const {
  if (std::isfinite(loss)) return;
  throw Error("the training loss is not finite; the parameters were not updated")
      .at("epoch {}, update {}, learning rate {:.3g}", at_.epoch + 1, at_.step + 1, current_rate())
      .got("{}", std::isnan(loss) ? "nan" : number_text(loss))
      .hint("try a lower train.lr{}; the last checkpoint is unchanged",
            examples_ == nullptr ? ", or set train.clip_norm" : "");
}

double GradientLearner::update_with(OnlineTrainer& trainer,
                                    const std::vector<std::int64_t>& position) const {
  std::vector<std::int64_t> ids(static_cast<std::size_t>(model_->context()));
  std::int64_t target = 0;
  fill_contexts(corpus_, position, model_->context(), ids.data(), &target);
  return trainer.update(ids.data(), target, current_rate(), options_.weight_decay);
}

GradientLearner::Batch GradientLearner::make_batch(const std::vector<std::int64_t>& items) const {
  const auto B = static_cast<std::int64_t>(items.size()), N = model_->context();
  Batch batch{torch::empty({B, N}, torch::kInt64),
              torch::empty(sequences_ ? std::vector{B, N} : std::vector{B}, torch::kInt64), B};
  auto *const ids = batch.ids.data_ptr<std::int64_t>(), *const targets =
                                                            batch.targets.data_ptr<std::int64_t>();
  if (sequences_) {
    training_windows(corpus_.train(), *sequences_, seed_, at_.epoch)
        .fill(corpus_.ids(), corpus_.start_id(), items, ids, targets);
    batch.words = B * N - std::count(targets, targets + B * N, -1);
  } else {
    fill_contexts(corpus_, items, N, ids, targets);
  }
  batch.ids = batch.ids.to(device_);
  batch.targets = batch.targets.to(device_);
  return batch;
}

BatchSampler GradientLearner::sampler(std::uint64_t seed, std::int64_t epoch) const {
  if (!sequences_) return {corpus_.train(), options_.batch_size, seed, epoch};
  const auto windows = training_windows(corpus_.train(), *sequences_, seed_, epoch);
  if (sequences_->carries_state)
    return BatchSampler::in_streams(windows.count(), sequences_per_batch());
  return {{0, windows.count()}, sequences_per_batch(), seed, epoch};
}

std::int64_t GradientLearner::sequences_per_batch() const {
  const std::int64_t words = sequences_->length - sequences_->overlap;  // that each predicts
  return std::max<std::int64_t>(1, options_.batch_size / words);
}

double GradientLearner::trained_epochs() const {
  return std::min(static_cast<double>(at_.epoch), *options_.epochs);
}

double GradientLearner::current_rate() const {
  return learning_rate(options_.schedule, *options_.lr, at_.step, epoch_steps_, total_steps());
}

void GradientLearner::finish_epoch(TrainingLog& training) {
  ++at_.epoch;
  at_.epoch_loss = at_.loss_sum / static_cast<double>(at_.loss_words);
  at_.batch = 0;
  at_.loss_sum = 0;
  at_.loss_words = 0;
  ordered_json line = {{"epoch", at_.epoch}, {"step", at_.step}, {"train_loss", at_.epoch_loss}};
  if (model_->likelihood_loss()) line["train_perplexity"] = std::exp(at_.epoch_loss);
  if (examples_ != nullptr) examples_->write_back();
  collect();
  if (at_.epoch <= options_.start_epochs())
    training.metrics(line);
  else
    validate_epoch(training, line);
  training.save_checkpoint(Checkpoint::latest, *this);
}

void GradientLearner::validate_epoch(TrainingLog& training, ordered_json& line) {
  double perplexity = std::exp(at_.epoch_loss);
  average_.swap();
  if (corpus_.valid().size() > 0) {
    TokenScores scores = TokenScores::of(corpus_);
    const auto log_probs = valid_log_probs();
    scores.valid.log_prob.assign(log_probs.begin(), log_probs.end());
    const Likelihood valid = likelihood(scores.valid);
    perplexity = valid.perplexity();
    line["valid_perplexity"] = perplexity;
    line["valid_perplexity_seen"] = valid.perplexity_seen();
  }
  if (!std::isfinite(perplexity)) {
    throw Error("the perplexity is not finite")
        .at("epoch {}", at_.epoch)
        .hint("try a lower train.lr, or set train.clip_norm");
  }
  const bool better = at_.best_epoch == 0 || perplexity < at_.best_perplexity;
  if (better) {
    at_.best_perplexity = perplexity;
    at_.best_epoch = at_.epoch;
  }
  const bool patience_over =
      options_.patience > 0 && at_.epoch - at_.best_epoch >= options_.patience;
  at_.finished = at_.step >= total_steps() || patience_over;
  training.metrics(line);
  const std::string valid =
      corpus_.valid().size() > 0 ? fmt::format(", valid {:.2f}", perplexity) : "";
  const std::string train = model_->likelihood_loss()
                                ? fmt::format("train {:.2f}", std::exp(at_.epoch_loss))
                                : fmt::format("sampled loss {:.4f}", at_.epoch_loss);
  log("train", "epoch {}: {}{}{}{}", number_text(trained_epochs()), train, valid,
      better ? " (best)" : "",
      patience_over
          ? fmt::format("; no improvement for {}: stopped", counted(options_.patience, "epoch"))
          : "");
  if (better)
    training.save_checkpoint(Checkpoint::best,
                             *this);  // the averaged parameters, with average_epochs
  training.write_epoch_vectors(at_.epoch, *this);
  average_.swap();
}

void GradientLearner::finish(TrainingLog& training) {
  const Position position = at_;
  training.restore_checkpoint(Checkpoint::best, *this);
  at_ = position;
  results_ = {{"best_epoch", at_.best_epoch}, {"epochs", plain_number(trained_epochs())}};
  if (corpus_.valid().size() == 0 && model_->likelihood_loss())
    results_["train_perplexity"] = at_.best_perplexity;
  if (model_->self_normalised() && corpus_.valid().size() > 0)
    results_.update(self_normalisation());
}

ordered_json GradientLearner::self_normalisation() const {
  const Span valid = corpus_.valid();
  std::vector<double> scores(static_cast<std::size_t>(valid.size())), exact(scores.size());
  language_model_.unnormalised_log_probs(corpus_.ids(), valid, scores.data());
  language_model_.log_probs(corpus_.ids(), valid, exact.data());
  double score_sum = 0, log_z_sum = 0, squares = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const double log_z = scores[i] - exact[i];
    score_sum += scores[i];
    log_z_sum += log_z;
    squares += log_z * log_z;
  }
  const auto words = static_cast<double>(valid.size());
  const double mean = log_z_sum / words;
  const double perplexity = std::exp(-score_sum / words);
  const double deviation = std::sqrt(std::max(0.0, squares / words - mean * mean));
  log("train", "unnormalised scores as probabilities: valid {:.2f}; ln Z {:.3f} +- {:.3f}",
      perplexity, mean, deviation);
  return {
      {"valid_perplexity_unnormalised", perplexity}, {"log_z_mean", mean}, {"log_z_sd", deviation}};
}

std::optional<TokenScores> GradientLearner::token_scores() {
  return score_tokens(language_model_, corpus_);
}

std::optional<EmbeddingTable> GradientLearner::vectors() {
  if (contexts_)
    return mean_context_vectors(
        language_model_, corpus_.vocabulary(), corpus_.ids(), corpus_.train(),
        LayerChoice(contexts_->layer, language_model_.layers()), contexts_->occurrences, name_);
  const torch::NoGradGuard no_grad;
  model_->eval();
  const Tensor values = model_->vectors().to(torch::kCPU, torch::kFloat32).contiguous();
  const float* data = values.data_ptr<float>();
  return EmbeddingTable(corpus_.vocabulary().words(),
                        std::vector<float>(data, data + values.numel()), values.size(1), name_);
}

std::vector<RowNorms> GradientLearner::word_norms() {
  const torch::NoGradGuard no_grad;
  std::vector<RowNorms> all;
  for (const auto& named : model_->named_parameters()) {
    const Tensor& value = named.value();
    if (value.dim() != 2 || value.size(0) != corpus_.vocabulary().size()) continue;
    const Tensor norms = value.norm(2, 1).to(torch::kCPU, torch::kFloat32).contiguous();
    const float* const data = norms.data_ptr<float>();
    all.push_back({named.key(), {data, data + norms.numel()}});
  }
  return all;
}

nlohmann::json GradientLearner::state() const {
  return {{"epoch", at_.epoch},
          {"batch", at_.batch},
          {"step", at_.step},
          {"loss_sum", at_.loss_sum},
          {"loss_words", at_.loss_words},
          {"epoch_loss", at_.epoch_loss},
          {"best_perplexity", at_.best_perplexity},
          {"best_epoch", at_.best_epoch},
          {"finished", at_.finished},
          {"optimizer_steps", optimizer_.steps()}};
}

void GradientLearner::add_arrays(ContainerWriter& writer) const {
  const auto add = [&writer](const std::string& name, const Tensor& tensor) {
    const auto on_cpu = std::make_shared<Tensor>(tensor.detach().to(torch::kCPU).contiguous());
    writer.add(name, stored_type(*on_cpu), on_cpu->sizes().vec(), on_cpu->data_ptr(), on_cpu);
  };
  for (const auto& named : model_->named_buffers()) add("model." + named.key(), named.value());
  for (const auto& named : model_->named_parameters()) add("model." + named.key(), named.value());
  for (const auto& [name, moment] : optimizer_.state()) add("optimizer." + name, moment);
  for (const auto& [name, mean] : average_.state()) add("average." + name, mean);
  if (state_.defined()) add("sequences.state", state_);
  if (auto* training = model_->training_state())
    for (const auto& [name, values] : training->tensors()) add("training." + name, values);
  if (examples_ != nullptr)
    for (const auto& [name, values] : examples_->state()) add("examples." + name, values);
}

void GradientLearner::restore(const nlohmann::json& state, const ContainerReader& reader) {
  restore_model(reader, *model_);
  for (const auto& [name, moment] : optimizer_.state())
    restore_tensor(reader, "optimizer." + name, moment);
  for (const auto& [name, mean] : average_.state()) restore_tensor(reader, "average." + name, mean);
  if (state_.defined()) restore_tensor(reader, "sequences.state", state_);
  if (auto* training = model_->training_state()) {
    for (const auto& [name, values] : training->tensors())
      restore_tensor(reader, "training." + name, values);
    training->restored();
  }
  if (examples_ != nullptr)
    for (const auto& [name, values] : examples_->state())
      restore_tensor(reader, "examples." + name, values);
  at_.epoch = state.at("epoch");
  at_.batch = state.at("batch");
  at_.step = state.at("step");
  at_.loss_sum = state.at("loss_sum");
  at_.loss_words = state.at("loss_words");
  at_.epoch_loss = state.at("epoch_loss");
  at_.best_perplexity = state.at("best_perplexity");
  at_.best_epoch = state.at("best_epoch");
  at_.finished = state.at("finished");
  optimizer_.set_steps(state.at("optimizer_steps"));
}

std::unique_ptr<GradientLearner> make_single_start_learner(const LearnerInputs& inputs,
                                                           const Corpus& corpus) {
  const torch::Device device = find_device(inputs.device);
  const ModelInputs model_inputs{corpus.vocabulary(), corpus.train_counts(), inputs.seed,
                                 corpus.ids() + corpus.train().begin, corpus.train().size()};
  auto model = make_gradient_model(inputs.model, inputs.options, model_inputs);
  model->to(device);
  return std::make_unique<GradientLearner>(inputs, corpus, std::move(model), device);
}

}  // namespace wordbridge
