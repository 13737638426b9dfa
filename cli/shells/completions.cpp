#include "cli/shells/completions.h"

#include <fmt/format.h>

#include "core/text.h"

namespace wordbridge {
namespace {

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

/// The first sentence or clause of a description, for one line of a menu.
std::string in_short(const std::string& help) {
  std::string line = in_one_line(help);
  for (const char* end : {"; ", ". ", ": ", " ("})
    if (const auto at = line.find(end); at != line.npos && at > 12) line.resize(at);
  return line;
}

/// A text between single quotes of a shell.
std::string in_quotes(const std::string& text) { return "'" + replaced(text, "'", "'\\''") + "'"; }

/// The names of a command's options, "--case -k --count".
std::string option_names(const Command& command) {
  std::vector<std::string> names;
  for (const auto& option : command.options) {
    if (!option.short_name.empty()) names.push_back("-" + option.short_name);
    if (!option.long_name.empty()) names.push_back("--" + option.long_name);
  }
  return join(names, " ");
}

std::string subcommand_names(const Command& command) {
  std::vector<std::string> names;
  for (const auto& sub : command.subcommands) names.push_back(sub.name());
  return join(names, " ");
}

/// Patterns of a `case` for both names of an option: "'eval --case'|'eval -c'".
std::string value_patterns(const Command& command, const CommandOption& option) {
  std::vector<std::string> patterns;
  if (!option.long_name.empty())
    patterns.push_back(in_quotes(command.path(" ") + " --" + option.long_name));
  if (!option.short_name.empty())
    patterns.push_back(in_quotes(command.path(" ") + " -" + option.short_name));
  return join(patterns, "|");
}

/// A description in zsh's _arguments: between brackets, without what ends it.
std::string zsh_text(const std::string& help) {
  return replaced(replaced(replaced(in_short(help), "[", "("), "]", ")"), ":", ",");
}

std::string zsh_action(const CommandOption& option) {
  return option.choices.empty() ? "_files" : "(" + join(option.choices, " ") + ")";
}

std::string zsh_option(const CommandOption& option) {
  const std::string value = option.is_flag() ? "" : ":" + option.value + ":" + zsh_action(option);
  const std::string repeat = option.repeats ? "*" : "";
  std::string lines;
  for (const auto& name : {option.long_name.empty() ? "" : "--" + option.long_name,
                           option.short_name.empty() ? "" : "-" + option.short_name})
    if (!name.empty())
      lines += "        " + in_quotes(repeat + name + "[" + zsh_text(option.help) + "]" + value) +
               " \\\n";
  return lines;
}

}  // namespace

std::string bash_completions(const Command& program, const std::vector<std::string>& keys) {
  std::string options, values, subcommands, settings;
  for (const Command* command : all_commands(program)) {
    const std::string path = in_quotes(command->path(" "));
    options += fmt::format("    {}) echo {} ;;\n", path, in_quotes(option_names(*command)));
    if (!command->subcommands.empty())
      subcommands +=
          fmt::format("    {}) echo {} ;;\n", path, in_quotes(subcommand_names(*command)));
    if (command->takes_settings) settings += (settings.empty() ? "" : "|") + path;
    for (const auto& option : command->options)
      if (!option.is_positional() && !option.is_flag())
        values += fmt::format("    {}) echo {} ;;\n", value_patterns(*command, option),
                              in_quotes(option.choices.empty() ? "/" : join(option.choices, " ")));
  }
  return "# Completions of wordbridge for bash, written by `wordbridge completions bash`.\n"
         "_wordbridge_options() {\n  case $1 in\n" +
         options + "  esac\n}\n" + "_wordbridge_commands() {\n  case $1 in\n" + subcommands +
         "  esac\n}\n" + "# The choices of an option's value, or / for a file.\n" +
         "_wordbridge_values() {\n  case $1 in\n" + values + "  esac\n}\n" +
         "_wordbridge_keys=" + in_quotes(join(keys, " ")) + "\n" +
         "_wordbridge() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
         "  local command=wordbridge i candidates\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    [[ \" $(_wordbridge_commands \"$command\") \" != *\" ${COMP_WORDS[i]} \"* ]] ||\n"
         "      command+=\" ${COMP_WORDS[i]}\"\n"
         "  done\n"
         "  COMPREPLY=()\n"
         "  candidates=$(_wordbridge_values \"$command $before\")\n"
         "  if [[ $candidates == / ]]; then\n"
         "    compopt -o default\n"
         "    return\n"
         "  elif [[ -z $candidates && $word == -* ]]; then\n"
         "    candidates=$(_wordbridge_options \"$command\")\n"
         "  elif [[ -z $candidates ]]; then\n"
         "    candidates=$(_wordbridge_commands \"$command\")\n"
         "    if [[ -z $candidates ]]; then\n"
         "      case $command in\n" +
         (settings.empty()
              ? ""
              : "        " + settings +
                    ")\n"
                    "          local key\n"
                    "          for key in $_wordbridge_keys; do\n"
                    "            [[ -z $word || $key != \"$word\"* ]] || COMPREPLY+=(\"$key=\")\n"
                    "          done\n"
                    "          ((${#COMPREPLY[@]} == 0)) || compopt -o nospace ;;\n") +
         "      esac\n"
         "      compopt -o default\n"
         "      return\n"
         "    fi\n"
         "  fi\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$candidates\" -- \"$word\")\n"
         "}\n"
         "complete -F _wordbridge wordbridge\n";
}

std::string zsh_completions(const Command& program, const std::vector<std::string>& keys) {
  std::string functions;
  for (const Command* command : all_commands(program)) {
    std::string arguments, menu;
    for (const auto& option : command->options)
      if (!option.is_positional()) arguments += zsh_option(option);
    for (const auto& sub : command->subcommands)
      menu += "        " + in_quotes(sub.name() + ":" + zsh_text(sub.help)) + "\n";
    functions += command->path("_") == "wordbridge" ? "_wordbridge() {\n"
                                                    : "_" + command->path("_") + "() {\n";
    if (!menu.empty()) {
      functions += "  local line state\n  _arguments -C \\\n" + arguments +
                   "        '1:command:->command' '*::argument:->arguments'\n"
                   "  case $state in\n    command)\n      local -a commands=(\n" +
                   menu + "      )\n      _describe command commands ;;\n" +
                   "    arguments)\n      local next=_" + command->path("_") +
                   "_$line[1]\n      (( ! $+functions[$next] )) || $next ;;\n  esac\n}\n";
      continue;
    }
    const std::string rest = command->takes_settings ? "_wordbridge_settings" : "_files";
    functions += "  _arguments \\\n" + arguments + "        '*:argument:" + rest + "'\n}\n";
  }
  return "#compdef wordbridge\n"
         "# Completions of wordbridge for zsh, written by `wordbridge completions zsh`.\n"
         "_wordbridge_settings() {\n"
         "  local -a keys=(" +
         join(keys, " ") +
         ")\n"
         "  compadd -S = -- $keys\n"
         "  _files\n"
         "}\n" +
         functions +
         "# Run by compinit as an autoloaded function, or sourced.\n"
         "if [[ $funcstack[1] == _wordbridge ]]; then\n"
         "  _wordbridge \"$@\"\n"
         "else\n"
         "  compdef _wordbridge wordbridge\n"
         "fi\n";
}

std::string fish_completions(const Command& program, const std::vector<std::string>& keys) {
  std::string lines =
      "# Completions of wordbridge for fish, written by `wordbridge completions fish`.\n"
      "complete -c wordbridge -n __fish_use_subcommand -f\n";
  for (const Command* command : all_commands(program)) {
    const auto depth = command->words.size();
    std::string condition = "__fish_use_subcommand";
    if (depth > 1) {
      condition.clear();
      for (std::size_t i = 1; i < depth; ++i)
        condition += (i > 1 ? "; and " : "") + ("__fish_seen_subcommand_from " + command->words[i]);
      if (!command->subcommands.empty())
        condition += "; and not __fish_seen_subcommand_from " + subcommand_names(*command);
    }
    const std::string start = "complete -c wordbridge -n " + in_quotes(condition);
    for (const auto& sub : command->subcommands)
      lines += start + " -f -a " + sub.name() + " -d " + in_quotes(in_short(sub.help)) + "\n";
    for (const auto& option : command->options) {
      if (option.is_positional()) continue;
      lines += start;
      if (!option.long_name.empty()) lines += " -l " + option.long_name;
      if (!option.short_name.empty()) lines += " -s " + option.short_name;
      if (!option.is_flag()) lines += " -r";
      if (!option.choices.empty()) lines += " -f -a " + in_quotes(join(option.choices, " "));
      lines += " -d " + in_quotes(in_short(option.help)) + "\n";
    }
    if (command->takes_settings) lines += start + " -a " + in_quotes(join(keys, "= ") + "=") + "\n";
  }
  return lines;
}

}  // namespace wordbridge
