#include "train/streaming_learner.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/json.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "models/registry.h"
#include "train/processes/merged_changes.h"

namespace wordbridge {
namespace {

/// A sum of losses over a number of examples.
struct LossSum {
  double loss = 0;
  std::int64_t examples = 0;

  void add(const StreamingModel::StepResult& result) {
    loss += result.loss;
    examples += result.examples;
  }
  /// NaN without examples.
  double mean() const { return loss / static_cast<double>(examples); }
  nlohmann::json json() const { return {{"loss", loss}, {"examples", examples}}; }
  void restore(const nlohmann::json& stored) {
    loss = stored.at("loss");
    examples = stored.at("examples");
  }
};

/// Logs the time that the rest of the training takes, once a few steps have been timed.
class TimeLeft {
 public:
  /// `shards`: steps of an update.
  TimeLeft(std::string name, std::int64_t shards)
      : name_(std::move(name)), shards_(static_cast<double>(shards)) {}
  /// Called after each update, with the number of steps that are left.
  void count_update(std::int64_t left) {
    constexpr std::int64_t kUntimed = 1, kTimed = 3;
    if (++updates_ == kUntimed) clock_.emplace(name_, 0, "");
    if (updates_ != kUntimed + kTimed || left == 0) return;
    const double seconds = clock_->seconds() / kTimed * static_cast<double>(left) / shards_;
    log(name_, "{} remaining: about {}", counted(left, "step"), human_duration(seconds));
  }

 private:
  const std::string name_;
  const double shards_;
  std::int64_t updates_ = 0;
  std::optional<Progress> clock_;  // since the first update
};

class StreamingLearner : public Learner {
 public:
  StreamingLearner(const LearnerInputs& inputs, const Corpus& corpus)
      : name_(inputs.model),
        corpus_(corpus),
        model_(make_streaming_model(inputs.model, inputs.options, corpus, inputs.seed)),
        processes_(inputs.processes) {
    const std::int64_t shards = inputs.train.shards.value_or(1);
    if (shards == 1) return;
    if (!model_->train_in_shards(shards)) {
      throw Error("this model can't be trained in shards, or on several processes")
          .at("model.type: {}", inputs.model)
          .expected("train.shards: 1")
          .got("{}", shards);
    }
    merged_ = std::make_unique<MergedChanges>(model_->arrays(), model_->row_updates(), shards,
                                              processes_);
  }

  void announce() override {
    const double merging = merged_ == nullptr ? 0 : merged_->estimated_bytes();
    log(name_, "{}; about {} of memory", model_->summary(),
        human_bytes(model_->estimated_bytes() + merging));
    log(name_, "{} {} of {}, {} per epoch", number_text(model_->epochs()),
        model_->epochs() == 1 ? "epoch" : "epochs", counted(corpus_.train().size(), "token"),
        counted(model_->epoch_steps(), "step"));
  }

  double seconds_per_epoch() override {
    constexpr double kSeconds = 1;
    const std::int64_t steps = model_->epoch_steps();
    model_->prepare();
    model_->train(0);  // not measured
    const Progress clock(name_, 0, "");
    std::int64_t timed = 0;
    do model_->train(++timed % steps);
    while (timed < steps && clock.seconds() < kSeconds);
    return clock.seconds() / static_cast<double>(timed) * static_cast<double>(steps);
  }

  bool train(TrainingLog& training, const StopAfter& stop) override {
    if (step_ == 0) {
      model_->begin();
      if (processes_ == nullptr || processes_->first()) model_->write_inputs(training.folder());
    }
    if (!finished()) model_->prepare();
    check_same_inputs();
    if (merged_ != nullptr) merged_->begin();
    TimeLeft time(name_, merged_ == nullptr ? 1 : merged_->shards());
    while (!finished()) {
      const std::int64_t epochs = step_ / model_->epoch_steps();
      if (stop.reached(epochs, step_) || !train_epoch(training, stop, time)) return false;
      if (!finished() && stopping()) return false;
    }
    return true;
  }

  nlohmann::json state() const override {
    return {{"step", step_},
            {"dim", model_->dim()},
            {"tokens", done_},
            {"epoch", epoch_.json()},
            {"interval", interval_.json()},
            {"final_loss", final_loss_},
            {"inputs", model_->inputs()}};
  }
  void add_arrays(ContainerWriter& writer) const override {
    for (const auto& array : model_->arrays())
      writer.add(array.name, DType::f32, array.shape, array.values);
  }
  void restore(const nlohmann::json& state, const ContainerReader& reader) override {
    for (const auto& array : model_->arrays()) {
      const auto& stored = reader.array(array.name);
      if (stored.shape != array.shape) {
        throw Error("a checkpoint array has the wrong shape")
            .at("{}", array.name)
            .expected("{}", fmt::join(array.shape, " x "))
            .got("{}", fmt::join(stored.shape, " x "));
      }
      std::copy_n(reader.f32(array.name), stored.count(), array.values);
    }
    if (state.value("inputs", "") != model_->inputs()) {
      throw Error("the run can't be resumed: what it reads has changed since it was stopped")
          .expected("{}", state.value("inputs", ""))
          .got("{}", model_->inputs())
          .hint("{}", model_->hint_for_changed_inputs());
    }
    step_ = state.at("step");
    done_ = state.at("tokens");
    epoch_.restore(state.at("epoch"));
    interval_.restore(state.at("interval"));
    final_loss_ = number_or_nan(state.at("final_loss"));
  }
  void finish(TrainingLog& training) override {
    if (const auto contexts = model_->contexts()) training.write_vectors("contexts", *contexts);
    model_->write_files(training.folder());
  }
  std::optional<EmbeddingTable> vectors() override { return model_->vectors(); }
  std::vector<RowNorms> word_norms() override {
    std::vector<RowNorms> all;
    for (const auto& [name, table] : model_->tables()) {
      all.push_back({name, {}});
      for (std::int64_t i = 0; i < table.size(); ++i) {
        const float* const row = table.row(i);
        all.back().norms.push_back(
            std::sqrt(std::inner_product(row, row + table.dim(), row, 0.0F)));
      }
    }
    return all;
  }
  std::optional<TokenScores> token_scores() override { return std::nullopt; }
  nlohmann::ordered_json results() const override {
    return {{"train_loss", final_loss_}, {"epochs", plain_number(model_->epochs())}};
  }

 private:
  bool train_epoch(TrainingLog& training, const StopAfter& stop, TimeLeft& time) {
    const std::int64_t steps = model_->epoch_steps(), epoch = step_ / steps;
    Progress progress(fmt::format("epoch {}/{}", up_to(epoch + 1), number_text(model_->epochs())),
                      static_cast<std::uint64_t>(model_->epoch_size()), model_->unit(),
                      static_cast<std::uint64_t>(done_));
    const std::int64_t before = done_;
    do {
      const auto result = update();
      check_divergence(result, epoch);
      time.count_update(model_->total_steps() - step_);
      done_ += result.done;
      epoch_.add(result);
      interval_.add(result);
      progress.update(
          static_cast<std::uint64_t>(done_),
          fmt::format("loss {:.4f}, rate {:.4f}",
                      result.loss / static_cast<double>(std::max<std::int64_t>(1, result.examples)),
                      result.learning_rate));
      const std::int64_t log_steps = model_->log_steps();
      if (log_steps > 0 && step_ / log_steps != before_ / log_steps) {
        training.metrics(
            {{"step", step_}, {"loss", interval_.mean()}, {"learning_rate", result.learning_rate}});
        interval_ = {};
      }
      if (!epoch_ends() && (stopping() || stop.reached(epoch, step_))) {
        training.save_checkpoint(Checkpoint::latest, *this);
        return false;
      }
    } while (!epoch_ends());
    training.timing({{"epoch", epoch + 1},
                     {"seconds", progress.seconds()},
                     {model_->unit() + "_per_second",
                      static_cast<double>(done_ - before) / progress.seconds()}});
    finish_epoch(training, epoch + 1);
    return true;
  }

  /// Trains the next step, or the next train.shards steps of the epoch from the same state.
  StreamingModel::StepResult update() {
    before_ = step_;
    if (merged_ == nullptr) return model_->train(step_++);
    const std::int64_t steps = model_->epoch_steps();
    const std::int64_t last =
        std::min({step_ + merged_->shards(), step_ / steps * steps + steps, model_->total_steps()});
    for (std::int64_t shard = 0; shard < merged_->own_shards(); ++shard) {
      const std::int64_t step = step_ + merged_->first_shard() + shard;
      merged_->add_shard(step < last ? model_->train(step) : StreamingModel::StepResult());
    }
    step_ = last;
    const auto totals = merged_->finish(interrupted());
    others_stop_ = totals.stop;
    return totals.result;
  }

  /// The epochs up to and with this one, the last of which may be partial: "3", "2.5".
  std::string up_to(std::int64_t epoch) const {
    return number_text(std::min(static_cast<double>(epoch), model_->epochs()));
  }
  bool stopping() const { return processes_ == nullptr ? interrupted() : others_stop_; }
  bool finished() const { return step_ >= model_->total_steps(); }
  bool epoch_ends() const { return step_ % model_->epoch_steps() == 0 || finished(); }

  void finish_epoch(TrainingLog& training, std::int64_t epoch) {
    check_examples(epoch);
    training.metrics(
        {{"epoch", epoch}, {"step", step_}, {"train_loss", number_or_null(epoch_.mean())}});
    if (epoch_.examples > 0) {
      final_loss_ = epoch_.mean();
      log(name_, "epoch {}: loss {:.4f}", up_to(epoch), final_loss_);
    }
    done_ = 0;
    epoch_ = {};
    training.write_epoch_vectors(epoch, *this);
    training.save_checkpoint(Checkpoint::latest, *this);
  }

  /// Error if the other processes read something else besides the corpus.
  void check_same_inputs() const {
    if (processes_ == nullptr) return;
    const auto inputs = processes_->gather(model_->inputs());
    for (std::size_t rank = 1; rank < inputs.size(); ++rank) {
      if (inputs[rank] == inputs[0]) continue;
      throw Error("the processes differ, so they can't train one model together")
          .at("what process {} reads besides the text", rank)
          .expected("that of process 0, {}", inputs[0])
          .got("{}", inputs[rank]);
    }
  }

  /// Error after a first epoch that changed no vector: no later one would do much better.
  void check_examples(std::int64_t epoch) const {
    if (epoch_.examples > 0) return;
    const std::string hint = model_->hint_without_examples();
    if (epoch > 1) {
      warn("epoch {} trained on nothing: {}", epoch, hint);
      return;
    }
    throw Error("nothing to train on: no word has another word in its window")
        .at("epoch {}", epoch)
        .got("{}, 0 training examples", counted(corpus_.train().size(), "token"))
        .hint("{}", hint);
  }

  void check_divergence(const StreamingModel::StepResult& result, std::int64_t epoch) const {
    const double loss =
        result.loss / static_cast<double>(std::max<std::int64_t>(1, result.examples));
    if (loss <= model_->divergence_factor() * model_->loss_at_zero()) return;  // false for NaN
    throw Error("training has diverged: the loss is far above that of zero vectors")
        .at("epoch {}, step {}, learning rate {:.3g}", epoch + 1, before_ + 1, result.learning_rate)
        .expected("a mean loss of at most {} times that of zero vectors, {:.4g}",
                  model_->divergence_factor(), model_->loss_at_zero())
        .got("{:.4g}", loss)
        .hint("try a lower train.lr; the last checkpoint is unchanged");
  }

  std::string name_;
  const Corpus& corpus_;
  std::unique_ptr<StreamingModel> model_;
  Processes* const processes_;
  bool others_stop_ = false;               // whether one of the processes was asked to stop
  std::unique_ptr<MergedChanges> merged_;  // with train.shards
  std::int64_t step_ = 0;                  // completed, over all epochs
  std::int64_t before_ = 0;                // the same before the last update
  std::int64_t done_ = 0;                  // of the current epoch, in units of the model
  LossSum epoch_, interval_;
  double final_loss_ = 0;
};

}  // namespace

std::unique_ptr<Learner> make_streaming_learner(const LearnerInputs& inputs, const Corpus& corpus) {
  return std::make_unique<StreamingLearner>(inputs, corpus);
}

}  // namespace wordbridge
