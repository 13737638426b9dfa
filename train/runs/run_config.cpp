#include "train/runs/run_config.h"

#include <fmt/format.h>

#include "core/config/yaml_tree.h"
#include "core/error.h"
#include "core/text.h"
#include "data/counts/count_options.h"
#include "data/vectors/vector_format.h"

namespace wordbridge {
namespace {

std::vector<std::string> model_names() {
  std::vector<std::string> names;
  for (const auto& model : registered_models()) names.push_back(model.name);
  return names;
}

/// model.type, or its default if the key is missing or the model unknown. The defaults of `data:`
/// depend on it.
std::string model_of(const Config& config) {
  std::string model = RunConfig().model;
  FieldGroup root{"", ""}, section{"model", ""};
  section.add(Field{"type", &model, "", {}, model_names()});
  root.add(section);
  Problems problems;  // reported after everything is read
  config.read(root, problems);
  return model;
}

/// The settings of `data` that are not given and whose defaults depend on the model.
ChosenSettings data_by_model(const Config& config, const RunConfig& run) {
  const bool predicts = run.chosen_model_options().predicts_tokens();
  const std::string model =
      run.model + (predicts ? " predicts tokens, so " : " does not predict tokens, so ");
  ChosenSettings chosen;
  const auto explain = [&](const std::string& key, const char* reason) {
    if (!config.has(key)) chosen.explain(key, model + reason);
  };
  if (run.data.split.by != SplitBy::files)
    for (const char* const part : {"train", "valid", "test"})
      explain(fmt::format("data.split.{}", part),
              predicts ? "part of the text is for validation and test"
                       : "all of the text is for training");
  if (run.data.vocabulary.file.empty())
    explain("data.vocabulary.unknown",
            predicts ? "a symbol replaces rare words" : "rare words are dropped");
  return chosen;
}

RunConfig read_or_report(const Config& config, const std::string& default_name,
                         ConfigUse use = ConfigUse::training) {
  if (config.has("sweep")) {
    throw Error("the configuration describes a sweep, not a single run")
        .at("{}", config.where("sweep"))
        .hint(
            "to train all runs, use wordbridge sweep; for a single run, remove the `sweep:` "
            "section");
  }
  Problems problems;
  RunConfig run = RunConfig::read(config, default_name, problems, use);
  run.chosen_model_options().validate_files(problems, "model." + run.model);
  config.report(problems);
  return run;
}

}  // namespace

RunConfig::RunConfig() {
  for (const auto& info : registered_models()) model_options.push_back(info.make_options());
}

FieldGroup RunConfig::describe(bool only_chosen) {
  FieldGroup root{"", "an experiment"};
  root.add(Field{"name", &name, "name of the run; default: that of the configuration file, or run"})
      .add(Field{"seed", &seed, "random seed", at_least(0)})
      .add(Field{"device", &device, "auto (a GPU if available), cpu or cuda:N"})
      .add(Field{"threads", &threads,
                 "number of threads, 0: one per core; results do not depend on it (except word2vec "
                 "with parallel: fast)",
                 between(0, 1024)})
      .add(choice("vectors", &vectors, "file format of the word vectors (docs/evaluation.md)",
                  written_vector_formats(/*with_ending=*/true)))
      .add(Field{"vectors_epochs", &vectors_epochs,
                 "also write the vectors every N epochs (to epochs/); 0: only at the end",
                 at_least(0)})
      .add(Field{"tensorboard", &tensorboard,
                 "also write metrics, histograms of the vectors' lengths and the vectors for "
                 "TensorBoard (to tensorboard/; docs/runs.md)"});
  root.add(data.describe());
  FieldGroup section{"model", "model type, and the options of each model"};
  section.add(Field{"type", &model, "model to train", {}, model_names()});
  for (std::size_t i = 0; i < model_options.size(); ++i) {
    if (!only_chosen || registered_models()[i].name == model)
      section.add(model_options[i]->describe());
  }
  root.add(section);
  root.add(train.describe());
  root.add(distributed.describe());
  root.add(eval.describe());
  return root;
}

RunConfig RunConfig::read(const Config& config, const std::string& default_name, Problems& problems,
                          ConfigUse use) {
  RunConfig run;
  run.name = default_name;
  run.model = model_of(config);
  if (!run.chosen_model_options().predicts_tokens()) run.data.use_whole_text();
  FieldGroup root = run.describe(false);
  config.read(root, problems);
  run.chosen_by_model = data_by_model(config, run);
  if (!parse_device(run.device))
    problems.add("device", "expected auto, cpu or cuda:N, got '" + run.device + "'");
  if (run.name.find('/') != std::string::npos) problems.add("name", "must not contain '/'");
  run.data.validate(problems, "data");
  run.distributed.validate(problems, "distributed");
  run.eval.validate(problems, "eval");
  use == ConfigUse::counts ? run.validate_counts(problems) : run.validate_model(problems);
  for (std::size_t i = 0; i < run.model_options.size(); ++i) {
    const auto& other = registered_models()[i].name;
    // A section that is neither used nor given holds only defaults.
    if (other != run.model && config.has("model." + other))
      run.model_options[i]->validate(problems, "model." + other);
  }
  return run;
}

void RunConfig::validate_model(Problems& problems) {
  const LearnerKind kind = model_info().kind;
  // Other learners use at most a few of these fields, which can't contradict each other.
  if (kind == LearnerKind::gradient) {
    train.validate(problems, "train");
  } else {
    if (train.restarts > 1)
      problems.add("train.restarts", "not supported by " + model + ", only by nplm and lbl");
    train.validate_budget(problems, "train");
  }
  if (kind == LearnerKind::fitted && !train.budget.empty())
    problems.add("train.budget", "not supported by " + model + ", which is not trained in epochs");
  ModelOptions& options = chosen_model_options();
  options.epochs = train.epochs;
  options.lr = train.lr;
  options.restarts = train.restarts;
  options.validate(problems, "model." + model);
}

void RunConfig::validate_counts(Problems& problems) const {
  const CountOptions* const counts = chosen_model_options().counted_contexts();
  if (counts == nullptr) return;
  const auto usual = model_info().make_options();
  counts->validate(problems, "model." + model + ".counts", *usual->counted_contexts());
}

ChosenSettings RunConfig::choose(const TextSize& text, int effort) {
  ModelOptions& options = chosen_model_options();
  ChosenSettings chosen;
  options.choose(text, effort, chosen);
  train.epochs = options.epochs;
  train.lr = options.lr;
  Problems problems;
  validate_model(problems);
  if (problems.empty()) return chosen;
  std::vector<std::string> lines;
  FieldGroup root = describe(true);
  for (const auto& [key, message] : problems.found()) {
    const Field* field = root.find(key);
    lines.push_back(fmt::format("{}{}: {}", key, field ? "=" + value_text(*field) : "", message));
  }
  throw Error("the settings that are given do not fit those chosen for the text:\n  " +
              join(lines, "\n  "))
      .hint("give the settings that are `auto` too; --explain shows them");
}

void RunConfig::set_epochs(double epochs) { train.epochs = chosen_model_options().epochs = epochs; }

RunConfig RunConfig::copy() { return parse(dump(), name); }

RunConfig RunConfig::load(const std::filesystem::path& path,
                          const std::vector<std::string>& overrides) {
  return read_or_report(Config::load(path, overrides), path.stem().string());
}

EvalOptions RunConfig::load_eval(const std::filesystem::path& path) {
  return read_eval(Config::load(path, {}));
}

EvalOptions RunConfig::parse_eval(const std::string& text, const std::string& name) {
  return read_eval(Config::parse(text, name));
}

EvalOptions RunConfig::read_eval(Config config) {
  config.take("sweep");  // only the `eval:` section is needed
  RunConfig run;
  Problems problems;
  FieldGroup root = run.describe(false);
  config.read(root, problems);
  run.eval.validate(problems, "eval");
  config.report(problems);
  return run.eval;
}

RunConfig RunConfig::parse(const std::string& text, const std::string& name) {
  return read_or_report(Config::parse(text, name), name);
}

RunConfig RunConfig::load_or_override(const std::vector<std::string>& arguments, ConfigUse use) {
  if (!arguments.empty() && arguments[0].find('=') == std::string::npos) {
    const std::filesystem::path path = arguments[0];
    return read_or_report(Config::load(path, {arguments.begin() + 1, arguments.end()}),
                          path.stem().string(), use);
  }
  return read_or_report(Config::parse("", "command line", arguments), "run", use);
}

std::string RunConfig::dump(bool explain, const ChosenSettings& chosen) {
  FieldGroup root = describe(true);
  for (const auto& [key, reason] : chosen.reasons()) {
    Field* field = root.find(key);
    WB_ASSERT(field != nullptr, "unknown key {}", key);
    field->help = fmt::format("chosen: {}; {}", reason, field->help);
  }
  return dump_yaml(root, explain);
}

DataOptions RunConfig::seeded_data() const {
  DataOptions seeded = data;
  if (seeded.source.synthetic.seed == 0) seeded.source.synthetic.seed = seed;
  return seeded;
}

std::size_t RunConfig::model_index() const {
  for (std::size_t i = 0; i < model_options.size(); ++i)
    if (registered_models()[i].name == model) return i;
  throw Error("unknown model").got("{}", model);
}

ModelOptions& RunConfig::chosen_model_options() { return *model_options[model_index()]; }

bool RunConfig::needs_torch() const {
  return model_info().kind == LearnerKind::gradient || chosen_model_options().needs_torch();
}

const ModelOptions& RunConfig::chosen_model_options() const {
  return *model_options[model_index()];
}

LearnerInputs RunConfig::learner_inputs() const {
  const auto choice = parse_device(device);
  WB_ASSERT(choice.has_value());
  return {name, model, chosen_model_options(), train, static_cast<std::uint64_t>(seed), *choice};
}

}  // namespace wordbridge
