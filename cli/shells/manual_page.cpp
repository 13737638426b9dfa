#include <fmt/format.h>

#include "cli/shells/completions.h"
#include "core/text.h"

namespace wordbridge {
namespace {

/// A text as roff prints it: without the meaning of backslashes, of hyphens as word breaks, and of
/// dots and quotes at the start of a line.
std::string roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n'))
      out += std::string("\\&") + c;
    else
      out += c;
  }
  return out;
}

std::string option_entry(const CommandOption& option) {
  std::string names;
  if (!option.short_name.empty()) names += "\\fB\\-" + option.short_name + "\\fR";
  if (!option.long_name.empty())
    names += (names.empty() ? "" : ", ") + ("\\fB\\-\\-" + roff(option.long_name) + "\\fR");
  if (!option.value.empty())
    names += (names.empty() ? "" : " ") + ("\\fI" + roff(option.value) + "\\fR");
  std::string help = roff(in_one_line(option.help));
  if (!option.choices.empty()) help += roff(" (" + join(option.choices, ", ") + ")");
  return ".TP\n" + names + (option.repeats ? " ..." : "") + "\n" + help + "\n";
}

std::string command_entry(const Command& command) {
  std::string usage;
  for (const auto& option : command.options)
    if (option.is_positional()) usage += " " + option.value + (option.repeats ? "..." : "");
  std::string text = ".SS " + roff("\"" + command.path(" ") + " [OPTIONS]" + usage + "\"") + "\n" +
                     roff(in_one_line(command.help)) + ".\n";
  for (const auto& option : command.options) text += option_entry(option);
  if (!command.footer.empty()) text += ".PP\n.nf\n" + roff(command.footer) + "\n.fi\n";
  return text;
}

}  // namespace

std::string manual_page(const Command& program, const std::string& version) {
  std::string text = ".TH WORDBRIDGE 1 \"\" " + roff("\"wordbridge " + version + "\"") + "\n";
  text += ".SH NAME\nwordbridge \\- " +
          roff("train, evaluate and compare word embeddings and language models") + "\n";
  text += ".SH SYNOPSIS\n.B wordbridge\n[\\fIOPTIONS\\fR] \\fICOMMAND\\fR ...\n.SH OPTIONS\n";
  for (const auto& option : program.options) text += option_entry(option);
  text += ".SH COMMANDS\n";
  for (const Command* command : all_commands(program))
    if (command != &program && command->subcommands.empty()) text += command_entry(*command);
  text += ".SH EXAMPLES\n.nf\n" + roff(program.footer) + "\n.fi\n";
  text += ".SH EXIT STATUS\n" +
          roff(
              "0: done. 1: an error, which the message describes. 2: a wrong command line. 130: "
              "interrupted, with everything saved.") +
          "\n";
  return text;
}

}  // namespace wordbridge
