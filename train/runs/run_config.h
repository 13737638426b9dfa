#pragma once

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
#include "train/train_options.h"

namespace wordbridge {

/// One experiment: what a YAML file says, typed and checked.
struct RunConfig {
  std::string name;  // of the run; default: the file's name
  std::int64_t seed = 1;
  std::string device = "auto";  // as parse_device() reads it
  std::int64_t threads = 0;
  VectorFormat vectors = VectorFormat::text;
  std::int64_t vectors_epochs = 0;
  DataOptions data;
  std::string model = "nplm";  // model.type
  /// A section for each registered model; only that of `model` is used, all are checked, so that
  /// another model is one changed line.
  std::vector<std::unique_ptr<ModelOptions>> model_options;
  TrainOptions train;
  EvalOptions eval;

  RunConfig();
  /// Reads and checks everything; one Error tells all that is wrong, before any work.
  static RunConfig load(const std::filesystem::path& path,
                        const std::vector<std::string>& overrides);
  static RunConfig parse(const std::string& text, const std::string& name);
  /// Of a configuration that is read already; what is wrong goes into `problems`.
  static RunConfig read(const Config& config, const std::string& default_name, Problems& problems);
  /// The `eval:` section alone, of a file that may be a whole experiment or have nothing else: all
  /// keys must be known and of their types, the other sections need not make an experiment.
  static EvalOptions load_eval(const std::filesystem::path& path);
  /// As on the command line: the first argument is the file if it has no '='; all others are
  /// `key.path=value`. Without a file, they change the defaults.
  static RunConfig load_or_override(const std::vector<std::string>& arguments);

  /// All fields; `only_chosen` leaves out the sections of models that are not used.
  FieldGroup describe(bool only_chosen);
  /// As YAML that gives the same experiment again, on its own.
  std::string dump(bool explain = false);
  /// `data`, with the run's seed where a text is drawn and no seed of its own is given.
  DataOptions seeded_data() const;
  const ModelInfo& model_info() const { return find_model(model); }
  const ModelOptions& chosen_model_options() const;
  /// What a learner needs to know of it; this must live until the learner is made.
  LearnerInputs learner_inputs() const;
};

}  // namespace wordbridge
