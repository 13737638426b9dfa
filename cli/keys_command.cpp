#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/print.h"
#include "core/config/config.h"
#include "core/json.h"
#include "train/runs/run_config.h"
#include "train/sweeps/configuration_schema.h"

namespace wordbridge {
namespace {

void print_models(const std::string& name) {
  if (!name.empty()) {
    const auto options = find_model(name).make_options();
    const FieldGroup group = options->describe();
    print(fmt::format("{}\n{}\n\n{}", group.name, group.help, document_fields(group)));
    return;
  }
  for (const auto& model : registered_models()) {
    const auto options = model.make_options();
    print(fmt::format("{:<8} {}\n", model.name, options->describe().help));
  }
  print("\n`wordbridge models NAME` lists the options of a model; model.type selects one.\n");
}

}  // namespace

void add_keys_command(CLI::App& program, int& status) {
  const auto name = std::make_shared<std::string>();
  auto* models = program.add_subcommand("models", "List the models, or the options of one model");
  models->add_option("NAME", *name, "model name");
  models->callback([name, &status] {
    print_models(*name);
    status = 0;
  });

  const auto schema = std::make_shared<bool>(false);
  auto* keys = program.add_subcommand(
      "keys", "List all settings of a configuration: type, default, range, meaning");
  keys->add_flag("--schema", *schema,
                 "print a JSON schema (draft-07) of configurations, for editors and validators");
  keys->callback([schema, &status] {
    RunConfig config;
    print(*schema ? json_text(configuration_schema(), 2) + "\n"
                  : document_fields(config.describe(false)));
    status = 0;
  });
}

}  // namespace wordbridge
