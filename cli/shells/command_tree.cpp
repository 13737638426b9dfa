#include "cli/shells/command_tree.h"

#include <algorithm>

#include "core/text.h"
#include "train/runs/run_config.h"

namespace wordbridge {
namespace {

/// The choices in the type that CLI11 prints for a checked option: "TEXT:{skip,floor}".
std::vector<std::string> choices_of(const std::string& type) {
  const auto begin = type.find('{'), end = type.rfind('}');
  if (begin == type.npos || end == type.npos || end < begin) return {};
  std::vector<std::string> choices;
  for (const auto choice : split(std::string_view(type).substr(begin + 1, end - begin - 1), ','))
    choices.emplace_back(choice);
  return choices;
}

CommandOption option_of(const CLI::Option& option) {
  CommandOption described;
  if (!option.get_lnames().empty()) described.long_name = option.get_lnames().front();
  if (!option.get_snames().empty()) described.short_name = option.get_snames().front();
  described.help = option.get_description();
  const std::string type = option.get_type_name();
  described.choices = choices_of(type);
  described.repeats = option.get_expected_max() > 1;
  if (described.is_positional())
    described.value = option.get_name();
  else if (option.get_items_expected_max() > 0)
    described.value = type.substr(0, type.find(':'));
  return described;
}

Command command_of(const CLI::App& app, std::vector<std::string> words) {
  Command command;
  words.push_back(app.get_name());
  command.words = words;
  command.help = app.get_description();
  command.footer = app.get_footer();
  for (const auto* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    command.options.push_back(option_of(*option));
    if (command.options.back().help.find("key.path=value") != std::string::npos)
      command.takes_settings = true;
  }
  for (const auto* sub : app.get_subcommands(nullptr))
    if (!sub->get_group().empty()) command.subcommands.push_back(command_of(*sub, words));
  return command;
}

void add_keys(const FieldGroup& group, const std::string& prefix, std::vector<std::string>& keys) {
  for (const auto& field : group.fields) keys.push_back(prefix + field.name);
  for (const auto& sub : group.groups) add_keys(sub, prefix + sub.name + ".", keys);
}

void add_commands(const Command& command, std::vector<const Command*>& all) {
  all.push_back(&command);
  for (const auto& sub : command.subcommands) add_commands(sub, all);
}

}  // namespace

std::string Command::path(const std::string& separator) const {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : separator) + word;
  return text;
}

Command command_tree(const CLI::App& program) { return command_of(program, {}); }

std::vector<const Command*> all_commands(const Command& root) {
  std::vector<const Command*> all;
  add_commands(root, all);
  return all;
}

std::vector<std::string> setting_keys() {
  RunConfig config;
  std::vector<std::string> keys;
  add_keys(config.describe(false), "", keys);
  std::sort(keys.begin(), keys.end());
  return keys;
}

}  // namespace wordbridge
