#include "train/train_options.h"

#include <fmt/format.h>

#include "core/text.h"
#include "models/registry.h"

namespace wordbridge {

namespace {

/// "; default with word2vec: 5": of the models whose default is not that of most.
template <class T>
std::string other_defaults(T ModelOptions::*setting, T usual) {
  std::string text;
  for (const auto& model : registered_models()) {
    const T own = (*model.make_options()).*setting;
    if (own != usual)
      text +=
          fmt::format("; default with {}: {}", model.name, number_text(static_cast<double>(own)));
  }
  return text;
}

}  // namespace

const EnumNames<OptimizerType>& optimizer_names() {
  static const EnumNames<OptimizerType> kNames = {{"sgd", OptimizerType::sgd},
                                                  {"adagrad", OptimizerType::adagrad},
                                                  {"adam", OptimizerType::adam},
                                                  {"adamw", OptimizerType::adamw},
                                                  {"online_sgd", OptimizerType::online_sgd}};
  return kNames;
}

void TrainOptions::use_defaults_of(const ModelOptions& model) {
  epochs = model.epochs;
  lr = model.lr;
}

FieldGroup TrainOptions::describe() {
  FieldGroup group{"train",
                   "training by gradients; word2vec uses only epochs and lr, fitted models (pca, "
                   "n-grams) nothing"};
  group
      .add(Field{"epochs", &epochs,
                 "passes over the training split" +
                     other_defaults(&ModelOptions::epochs, TrainOptions().epochs),
                 between(1, 1e6)})
      .add(Field{"batch_size", &batch_size, "words predicted in one update", between(1, 1 << 20)})
      .add(choice(
          "optimizer", &optimizer,
          "adam has L2 decay in the gradient, adamw decay of the weights themselves; online_sgd "
          "is sgd with one example an update (batch_size: 1), in float64, for nplm with the "
          "full softmax: how Bengio et al. 2003 trained",
          optimizer_names(), {{"sgd_examples", "online_sgd"}}))
      .add(Field{"lr", &lr,
                 "learning rate, of the mean loss of a batch; of word2vec at the start" +
                     other_defaults(&ModelOptions::lr, TrainOptions().lr),
                 more_than(0)})
      .add(Field{"momentum", &momentum, "sgd only", below(0, 1)})
      .add(Field{"beta1", &beta1, "adam, adamw: decay of the mean gradient", below(0, 1)})
      .add(Field{"beta2", &beta2, "adam, adamw: decay of the mean squared gradient", below(0, 1)})
      .add(Field{"eps", &eps,
                 "adagrad, adam, adamw: added to the root. Not tiny: the outputs of words that "
                 "never occur have "
                 "tiny gradients, which a small eps would turn into full steps down",
                 more_than(0)})
      .add(Field{"weight_decay", &weight_decay,
                 "of weights and features, not of biases; per unit of lr", at_least(0)})
      .add(Field{"clip_norm", &clip_norm, "largest norm of the whole gradient, 0: no limit",
                 at_least(0)})
      .add(Field{"lazy_rows", &lazy_rows,
                 "rows of features and output weights that no example of the batch touched stay as "
                 "they are, their moments and decay too: an update's cost does not grow with the "
                 "vocabulary, where the output layer touches few rows"})
      .add(Field{"average_epochs", &average_epochs,
                 "validate and keep the mean of the weights over about the last so many epochs, 0: "
                 "the weights themselves",
                 at_least(0)})
      .add(Field{"patience", &patience,
                 "stop after so many epochs without a better validation, 0: never", at_least(0)})
      .add(Field{"checkpoint_steps", &checkpoint_steps,
                 "also save every so many updates, 0: after each epoch", at_least(0)})
      .add(Field{"log_steps", &log_steps,
                 "also record the training loss every so many updates, 0: each epoch",
                 at_least(0)});
  group.add(schedule.describe());
  return group;
}

void TrainOptions::validate(Problems& problems, const std::string& prefix) const {
  if (momentum > 0 && optimizer != OptimizerType::sgd) {
    problems.add(prefix + ".momentum", "only sgd has a momentum, the optimizer is " +
                                           name_of(optimizer_names(), optimizer));
  }
  if (optimizer == OptimizerType::online_sgd) {
    if (batch_size != 1)
      problems.add(prefix + ".batch_size",
                   "online_sgd needs 1, it is " + std::to_string(batch_size));
    if (clip_norm > 0) problems.add(prefix + ".clip_norm", "online_sgd has none");
    if (average_epochs > 0) problems.add(prefix + ".average_epochs", "online_sgd has none");
  }
  if (lr * weight_decay >= 1) {
    problems.add(prefix + ".weight_decay",
                 "lr x weight_decay must be below 1: one update would erase the weights");
  }
}

}  // namespace wordbridge
