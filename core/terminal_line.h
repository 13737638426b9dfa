#pragma once

#include <string>

namespace wordbridge {

/// Whether standard error is a terminal.
bool on_terminal();

/// Shows `line` on the terminal in place of the line shown before, without ending it.
void show_terminal_line(const std::string& line);
/// Wipes that line, if there is one, so that something else can be printed there.
void clear_terminal_line();

}  // namespace wordbridge
