#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "train/runs/load_table.h"

namespace wordbridge {

/// Adds the option --tensor of commands that load tables.
void add_tensor_option(CLI::App* command, std::string& tensor);

/// "NAME=FILE" names a file. An existing file of that full name is a path without a name.
struct NamedPath {
  std::string name, path;  // an empty name: none was given
};
NamedPath named_path(const std::string& argument);

/// Label of vectors in tables and figures: the name of the run folder or of the file.
std::string label(const std::string& path);
/// The same without the endings of a file: "cc.de.300" of cc.de.300.vec.gz.
std::string file_label(const std::string& path);
/// Labels of several, all different: equal names are distinguished by their parent folders, and the
/// same path given twice by numbers.
std::vector<std::string> labels(const std::vector<std::string>& paths);

}  // namespace wordbridge
