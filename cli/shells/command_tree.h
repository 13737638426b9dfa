#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace wordbridge {

/// An option or positional argument of a command, as `--help` describes it.
struct CommandOption {
  std::string long_name, short_name;  // without hyphens; both empty: a positional argument
  std::string value;                  // its name ("VECTORS") or kind ("TEXT"); empty: a flag
  std::string help;
  std::vector<std::string> choices;  // of the value; empty: any
  bool repeats = false;              // takes several values

  bool is_positional() const { return long_name.empty() && short_name.empty(); }
  bool is_flag() const { return !is_positional() && value.empty(); }
  /// "--case", or "-k" if it has no long name.
  std::string name() const { return long_name.empty() ? "-" + short_name : "--" + long_name; }
};

/// A command with its options and subcommands: what completions and the manual page are made from.
struct Command {
  std::vector<std::string> words;  // {"wordbridge", "data", "fetch"}
  std::string help, footer;
  std::vector<CommandOption> options;
  std::vector<Command> subcommands;
  bool takes_settings = false;  // a positional argument takes settings, key.path=value

  std::string name() const { return words.back(); }
  /// "wordbridge data fetch", with another separator than a blank.
  std::string path(const std::string& separator) const;
};

/// The program and all its commands, without hidden ones.
Command command_tree(const CLI::App& program);
/// The command and all below it, each before its subcommands.
std::vector<const Command*> all_commands(const Command& root);

/// The dotted keys of all settings of a configuration, sorted.
std::vector<std::string> setting_keys();

}  // namespace wordbridge
