#pragma once

#include <string>

namespace wordbridge {

/// Writes to standard output and flushes it. Returns false if output should stop: after an
/// interrupt, or when the reader (`| head`) has closed the pipe. Error if writing fails (full
/// disk).
bool print(const std::string& text);

}  // namespace wordbridge
