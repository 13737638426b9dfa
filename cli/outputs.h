#pragma once

#include <string>
#include <vector>

namespace wordbridge {

/// Error if an output is the same file as another output or as an input, also through a link.
/// Inputs are files, dataset:NAME, run folders (with the files of the run) and other folders (with
/// all their files). Devices such as /dev/null, and empty names, may repeat.
void check_outputs(const std::vector<std::string>& outputs, const std::vector<std::string>& inputs);

}  // namespace wordbridge
