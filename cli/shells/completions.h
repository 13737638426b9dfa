#pragma once

#include <string>
#include <vector>

#include "cli/shells/command_tree.h"

namespace wordbridge {

/// Completion scripts of the program: commands, options, the choices of their values, keys of
/// settings where a command takes these, and otherwise files.
std::string bash_completions(const Command& program, const std::vector<std::string>& keys);
std::string zsh_completions(const Command& program, const std::vector<std::string>& keys);
std::string fish_completions(const Command& program, const std::vector<std::string>& keys);

/// The manual page wordbridge(1), in roff.
std::string manual_page(const Command& program, const std::string& version);

}  // namespace wordbridge
