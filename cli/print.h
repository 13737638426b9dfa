#pragma once

#include <string>

namespace wordbridge {

/// Writes to standard output at once. False when there is no more to do: interrupted, or the reader
/// (`| head`) has seen enough. Error if it can't be written (full disk).
bool print(const std::string& text);

}  // namespace wordbridge
