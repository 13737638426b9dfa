#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "models/gradient_model.h"
#include "train/batch_sampler.h"
#include "train/gradient_language_model.h"
#include "train/learner.h"
#include "train/learner_inputs.h"
#include "train/optimizer.h"
#include "train/processes/divided_softmax.h"
#include "train/processes/gradient_sums.h"
#include "train/recorded_gradients.h"
#include "train/weight_average.h"

namespace wordbridge {

/// The training loop of all models trained by gradients: mini-batches in a random order, validation
/// after each epoch. Keeps the parameters of the best epoch. With `train.restarts`, the first
/// epochs are those of a start and are not validated.
class GradientLearner : public Learner {
 public:
  /// The parameters of `model` are already on `device`.
  GradientLearner(const LearnerInputs& inputs, const Corpus& corpus,
                  std::shared_ptr<GradientModel> model, torch::Device device);

  void announce() override;
  double seconds_per_epoch() override;
  bool train(TrainingLog& training, const StopAfter& stop) override;
  nlohmann::json state() const override;
  void add_arrays(ContainerWriter& writer) const override;
  void restore(const nlohmann::json& state, const ContainerReader& reader) override;
  void finish(TrainingLog& training) override;
  std::optional<EmbeddingTable> vectors() override;
  std::vector<RowNorms> word_norms() override;
  std::optional<TokenScores> token_scores() override;
  nlohmann::ordered_json results() const override { return results_; }
  /// The model with its current parameters.
  const LanguageModel& language_model() const { return language_model_; }
  /// Completed epochs, and the mean training loss of the last one.
  std::int64_t epoch() const { return at_.epoch; }
  double epoch_loss() const { return at_.epoch_loss; }
  /// Updates per epoch.
  std::int64_t epoch_steps() const { return epoch_steps_; }
  /// Updates of the whole training.
  std::int64_t total_steps() const { return options_.total_steps(epoch_steps_); }

 private:
  /// Progress of the training. Together with the tensors, this is the complete checkpoint.
  struct Position {
    std::int64_t epoch = 0, batch = 0,
                 step = 0;  // completed epochs, batches of the current epoch, updates
    double loss_sum = 0;    // nats, of the current epoch
    std::int64_t loss_words = 0;
    double epoch_loss = 0;       // of the last complete epoch
    double best_perplexity = 0;  // 0: no epoch is complete
    std::int64_t best_epoch = 0;
    bool finished = false;
  };
  /// Contexts [B,N] and targets [B], or sequences [B,T] and targets [B,T].
  struct Batch {
    torch::Tensor ids, targets;
    std::int64_t words = 0;  // that are predicted
    std::int64_t first = 0;  // the first of its items in the mini-batch
  };
  struct StepLoss {
    double loss = 0;
    std::int64_t words = 0;
  };

  /// With several shards: prepares the sums of their gradients.
  void divide_batches();
  double seconds_per_step();
  double seconds_of_validation() const;
  bool train_epoch(TrainingLog& training, const StopAfter& stop);
  /// Computes gradients only of the parameters that are trained in this epoch.
  void freeze_parameters();
  /// The batches of an epoch: of stream positions, or of indices of sequences.
  BatchSampler sampler(std::uint64_t seed, std::int64_t epoch) const;
  /// Sets the gradients of the parameters, and returns the loss.
  torch::Tensor compute_gradients(const Batch& batch);
  std::int64_t sequences_per_batch() const;
  StepLoss train_step(const std::vector<std::int64_t>& items);
  /// Sets the gradients of a mini-batch, and returns its loss.
  StepLoss batch_gradients(const std::vector<std::int64_t>& items);
  /// The same, as the sum over its shards.
  StepLoss sharded_gradients(const std::vector<std::int64_t>& items);
  /// The same with an output layer that is divided among the processes.
  StepLoss divided_gradients(const std::vector<std::int64_t>& items);
  Batch make_shard(const std::vector<std::int64_t>& items, std::int64_t shard) const;
  /// Before and after the forward pass of a batch of sequences that continue others.
  void start_from_state(const Batch& batch);
  void keep_state(const Batch& batch);
  /// Completes what this process has a part of: a divided output layer (parameters, moments,
  /// means), the state of the sequences.
  void collect();
  void collect_output() const;
  /// Each process has the state of the sequences of its own shards, of a mini-batch of
  /// spread_state_.
  void collect_state();
  /// ln P of the words of the validation split, of which each process computes a part.
  std::vector<double> valid_log_probs() const;
  /// Whether to stop at the next chance: Ctrl-C, in this or in another process.
  bool stopping() const;
  /// Updates `trainer` with a single position, and returns its loss before the update.
  double update_with(OnlineTrainer& trainer, const std::vector<std::int64_t>& position) const;
  void check_finite(double loss) const;
  void finish_epoch(TrainingLog& training);
  /// Validates the epoch and writes its vectors. Adds the perplexities to `line`.
  void validate_epoch(TrainingLog& training, nlohmann::ordered_json& line);
  Batch make_batch(const std::vector<std::int64_t>& items) const;
  /// On the validation split: perplexity with the unnormalised scores as ln P, mean and standard
  /// deviation of ln Z.
  nlohmann::ordered_json self_normalisation() const;
  double current_rate() const;
  /// Epochs up to now, the last of which may be partial.
  double trained_epochs() const;

  const std::string name_, model_name_;
  const TrainOptions options_;
  const std::optional<ContextOptions> contexts_;  // exported instead of model_->vectors()
  const std::uint64_t seed_;
  const Corpus& corpus_;
  std::shared_ptr<GradientModel> model_;
  torch::Device device_;
  GradientLanguageModel language_model_;
  const std::optional<SequenceShape> sequences_;
  const std::int64_t epoch_steps_;
  Optimizer optimizer_;
  WeightAverage average_;
  std::unique_ptr<OnlineTrainer> examples_;      // with optimizer: online_sgd
  std::unique_ptr<RecordedGradients> recorded_;  // on a GPU, if supported
  Processes* const processes_;                   // null: only this one
  std::unique_ptr<GradientSums> sums_;           // with train.shards
  std::unique_ptr<DividedSoftmax> divided_;      // with train.divide_output
  bool others_stop_ = false;                     // whether a process was asked to stop
  torch::Tensor state_;  // of the sequences that the next batch continues (sequence_state.h)
  std::int64_t spread_state_ = 0;  // its sequences that are spread over the processes, by shards
  Position at_;
  nlohmann::ordered_json results_;
};

/// Returns the learner of a gradient model from a single random start, on the device of `inputs`.
std::unique_ptr<GradientLearner> make_single_start_learner(const LearnerInputs& inputs,
                                                           const Corpus& corpus);

}  // namespace wordbridge
