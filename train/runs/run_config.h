#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/config/config.h"
#include "data/corpus/corpus_options.h"
#include "data/vectors/vector_format.h"
#include "eval/evaluation.h"
#include "models/registry.h"
#include "train/learner_inputs.h"
#include "train/processes/distributed_options.h"
#include "train/train_options.h"

namespace wordbridge {

/// What a configuration is read for: the training of the model, or only the counts from which it is
/// computed; then the other settings of the model need not fit together.
enum class ConfigUse { training, counts };

/// Configuration of an experiment: the contents of a YAML file, typed and checked.
struct RunConfig {
  std::string name;  // of the run; default: the name of the file
  std::int64_t seed = 1;
  std::string device = "auto";  // as parse_device() reads it
  std::int64_t threads = 0;
  VectorFormat vectors = VectorFormat::text;
  std::int64_t vectors_epochs = 0;
  bool tensorboard = false;
  DataOptions data;
  std::string model = "nplm";  // model.type
  /// One section per registered model. Only that of `model` is used, but all are checked, so
  /// changing the model changes one line.
  std::vector<std::unique_ptr<ModelOptions>> model_options;
  TrainOptions train;
  DistributedOptions distributed;
  EvalOptions eval;
  /// Defaults of `data` that follow from the model, with their reasons; empty once
  /// choose_settings() has logged them.
  ChosenSettings chosen_by_model;
  /// Whether the settings have been chosen for train.budget, so that nothing is measured again.
  bool fits_budget = false;

  RunConfig();
  /// Reads and checks the whole configuration. A single Error lists all problems, before any work.
  static RunConfig load(const std::filesystem::path& path,
                        const std::vector<std::string>& overrides);
  static RunConfig parse(const std::string& text, const std::string& name);
  /// Reads a parsed configuration; adds all problems to `problems`.
  static RunConfig read(const Config& config, const std::string& default_name, Problems& problems,
                        ConfigUse use = ConfigUse::training);
  /// Reads only the `eval:` section of a file, which may be a complete experiment or have no other
  /// section. All keys must be known and have the right type, but the other sections need not form
  /// a valid experiment.
  static EvalOptions load_eval(const std::filesystem::path& path);
  /// The same for the text of a file; `name` is used in messages.
  static EvalOptions parse_eval(const std::string& text, const std::string& name);
  /// Reads command-line arguments: the first is the file if it has no '='; all others are
  /// `key.path=value`. Without a file, they override the defaults.
  static RunConfig load_or_override(const std::vector<std::string>& arguments,
                                    ConfigUse use = ConfigUse::training);

  /// All fields; `only_chosen` omits the sections of unused models.
  FieldGroup describe(bool only_chosen);
  /// Chooses the settings that are still open for a text of this size (ModelOptions::choose()).
  /// Error if the whole configuration is then not valid.
  ChosenSettings choose(const TextSize& text, int effort = 0);
  void set_epochs(double epochs);
  /// A self-contained YAML file of the same experiment. With `explain`, each setting has a comment:
  /// why it was chosen, if it is in `chosen`, and what it means.
  std::string dump(bool explain = false, const ChosenSettings& chosen = {});
  /// A copy.
  RunConfig copy();
  /// `data`, with the seed of the run for synthetic text that has no seed of its own.
  DataOptions seeded_data() const;
  const ModelInfo& model_info() const { return find_model(model); }
  /// Whether the model is trained with LibTorch.
  bool needs_torch() const;
  ModelOptions& chosen_model_options();
  const ModelOptions& chosen_model_options() const;
  /// Inputs of a learner. This object must outlive the construction of the learner.
  LearnerInputs learner_inputs() const;

 private:
  static EvalOptions read_eval(Config config);
  /// Index of the chosen model in `model_options`.
  std::size_t model_index() const;
  /// Checks the sections `train` and that of the chosen model.
  void validate_model(Problems& problems);
  /// Checks the section `counts` of the chosen model, if it has one.
  void validate_counts(Problems& problems) const;
};

}  // namespace wordbridge
