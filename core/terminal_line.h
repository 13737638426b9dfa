#pragma once

#include <string>

namespace wordbridge {

/// Whether standard error is a terminal.
bool on_terminal();

/// Shows `line` on the terminal in place of the previously shown line, without a newline.
void show_terminal_line(const std::string& line);
/// Clears that line, if one is shown, so that something else can be printed.
void clear_terminal_line();

}  // namespace wordbridge
