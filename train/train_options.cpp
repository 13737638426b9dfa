#include "train/train_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text.h"

namespace wordbridge {

const EnumNames<OptimizerType>& optimizer_names() {
  static const EnumNames<OptimizerType> kNames = {{"sgd", OptimizerType::sgd},
                                                  {"adagrad", OptimizerType::adagrad},
                                                  {"adam", OptimizerType::adam},
                                                  {"adamw", OptimizerType::adamw},
                                                  {"online_sgd", OptimizerType::online_sgd}};
  return kNames;
}

std::string budget_problem(const std::string& budget) {
  if (parse_duration(budget)) return {};
  return fmt::format("expected a time such as 90s, 10m or 2h, got '{}'", printable(budget));
}

std::int64_t TrainOptions::total_steps(std::int64_t epoch_steps) const {
  return std::max<std::int64_t>(1, std::llround(epochs.value() * static_cast<double>(epoch_steps)));
}

double TrainOptions::all_epochs() const {
  return epochs.value() + static_cast<double>((restarts - 1) * start_epochs());
}

std::int64_t TrainOptions::start_epochs() const {
  constexpr std::int64_t kShare = 4;  // a start takes a quarter of the epochs
  if (restarts == 1) return 0;
  return restart_epochs > 0 ? restart_epochs
                            : static_cast<std::int64_t>(std::ceil(epochs.value() / kShare));
}

FieldGroup TrainOptions::describe() {
  FieldGroup group{
      "train",
      "gradient-based training; word2vec uses only epochs, lr and budget, fitted models "
      "(pca, n-grams) none of these settings"};
  group
      .add(Field{"epochs", &epochs,
                 "number of passes over the training split; 0.5: half a pass; auto: by the model "
                 "and the size of the text (docs/defaults.md)",
                 positive_up_to(1e6)})
      .add(Field{"budget", &budget,
                 "time for training, such as 90s, 10m or 2h: epochs, width and output layer are "
                 "chosen to fit unless they are given (nplm, lbl, word2vec); empty: no limit"})
      .add(Field{"restarts", &restarts,
                 "nplm, lbl: train N times from different random features, restart_epochs each, "
                 "and continue the one with the lowest training loss; 1: a single start",
                 between(1, 1000)})
      .add(Field{"restart_epochs", &restart_epochs,
                 "epochs of each start, with restarts; they count as the first of the epochs and "
                 "are not validated; 0: a quarter of the epochs",
                 at_least(0)})
      .add(Field{"batch_size", &batch_size, "mini-batch size: words predicted per update",
                 between(1, 1 << 20)})
      .add(choice(
          "optimizer", &optimizer,
          "adam adds L2 weight decay to the gradient, adamw uses decoupled weight decay; "
          "online_sgd "
          "is SGD with one example per update (batch_size: 1), in float64, for nplm with the full "
          "softmax, as in Bengio et al. 2003",
          optimizer_names(), {{"sgd_examples", "online_sgd"}}))
      .add(Field{"lr", &lr,
                 "learning rate, for the mean loss of a mini-batch; for word2vec the initial rate; "
                 "auto: by the model (docs/defaults.md)",
                 more_than(0)})
      .add(Field{"momentum", &momentum, "momentum, sgd only", below(0, 1)})
      .add(Field{"beta1", &beta1, "adam, adamw: decay rate of the running mean of the gradient",
                 below(0, 1)})
      .add(Field{"beta2", &beta2,
                 "adam, adamw: decay rate of the running mean of the squared gradient",
                 below(0, 1)})
      .add(Field{
          "eps", &eps,
          "adagrad, adam, adamw: added to the square root in the denominator. Should not be "
          "tiny: outputs of words that never occur have tiny gradients, which a small eps would "
          "amplify to full-size updates",
          more_than(0)})
      .add(Field{"weight_decay", &weight_decay,
                 "weight decay of weights and feature vectors, not of biases; multiplied by the "
                 "learning rate",
                 at_least(0)})
      .add(Field{"clip_norm", &clip_norm,
                 "gradient clipping: maximum norm of the full gradient; 0: no clipping",
                 at_least(0)})
      .add(Field{
          "lazy_rows", &lazy_rows,
          "update only the rows of features and output weights that the mini-batch uses; other "
          "rows are not decayed and keep their moments. The cost of an update then does not "
          "grow with the vocabulary if the output layer uses few rows"})
      .add(Field{
          "average_epochs", &average_epochs,
          "validate and keep the running mean of the weights over about the last N epochs; 0: the "
          "weights themselves",
          at_least(0)})
      .add(Field{"shards", &shards,
                 "parts of a mini-batch whose gradients are computed apart and summed in a fixed "
                 "order, so that 1, 2, 4, ... processes up to this number give the same bits; a "
                 "power of two; auto: the number of processes. word2vec, dict2vec: steps that are "
                 "trained from the same state (docs/distributed.md)",
                 between(1, 1024)})
      .add(Field{"divide_output", &divide_output,
                 "with the full softmax, untied: each process computes and updates a part of the "
                 "vocabulary (1, 2, 4, 8 or 16 processes), and gradients of output rows need not "
                 "travel (docs/distributed.md)"})
      .add(Field{
          "patience", &patience,
          "early stopping: stop after N epochs without a better validation perplexity; 0: never",
          at_least(0)})
      .add(Field{"checkpoint_steps", &checkpoint_steps,
                 "also save a checkpoint every N updates; 0: only after each epoch", at_least(0)})
      .add(Field{"log_steps", &log_steps,
                 "also record the training loss every N updates; 0: only for each epoch",
                 at_least(0)});
  group.add(schedule.describe());
  return group;
}

void TrainOptions::validate(Problems& problems, const std::string& prefix) const {
  if (momentum > 0 && optimizer != OptimizerType::sgd) {
    problems.add(prefix + ".momentum", "supported only by sgd; the optimizer is " +
                                           name_of(optimizer_names(), optimizer));
  }
  if (optimizer == OptimizerType::online_sgd) {
    if (batch_size != 1)
      problems.add(prefix + ".batch_size",
                   "online_sgd requires 1, got " + std::to_string(batch_size));
    if (clip_norm > 0) problems.add(prefix + ".clip_norm", "not supported by online_sgd");
    if (average_epochs > 0) problems.add(prefix + ".average_epochs", "not supported by online_sgd");
  }
  validate_budget(problems, prefix);
  if (shards && (*shards & (*shards - 1)) != 0)
    problems.add(prefix + ".shards", fmt::format("expected a power of two, got {}", *shards));
  if (shards && *shards > 1 && optimizer == OptimizerType::online_sgd)
    problems.add(prefix + ".shards", "not supported by online_sgd");
  if (shards && *shards > batch_size)
    problems.add(prefix + ".shards",
                 fmt::format("expected at most train.batch_size, {}, got {}", batch_size, *shards));
  if (divide_output && clip_norm > 0)
    problems.add(prefix + ".divide_output", "not supported with train.clip_norm");
  if (divide_output && optimizer == OptimizerType::online_sgd)
    problems.add(prefix + ".divide_output", "not supported by online_sgd");
  if (restarts == 1 && restart_epochs > 0)
    problems.add(prefix + ".restart_epochs", "only has an effect with restarts");
  if (restarts > 1 && epochs && static_cast<double>(start_epochs()) >= *epochs) {
    problems.add(prefix + (restart_epochs > 0 ? ".restart_epochs" : ".restarts"),
                 fmt::format("a start must be shorter than the training: got starts of {} of {} "
                             "epochs",
                             start_epochs(), number_text(*epochs)));
  }
  if (lr && *lr * weight_decay >= 1) {
    problems.add(prefix + ".weight_decay",
                 fmt::format("lr x weight_decay must be less than 1, or a single update erases the "
                             "weights; got {} x {}",
                             number_text(*lr), number_text(weight_decay)));
  }
}

void TrainOptions::validate_budget(Problems& problems, const std::string& prefix) const {
  if (budget.empty()) return;
  if (const auto problem = budget_problem(budget); !problem.empty())
    problems.add(prefix + ".budget", problem);
}

}  // namespace wordbridge
