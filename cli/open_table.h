#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// Loads the vectors of a run (vectors.txt in its folder, or another format) or a vector file;
/// `limit`: only the first words, 0: all. `tensor`: the matrix of a safetensors file that has
/// several. Error if there are no vectors or they can't be read.
EmbeddingTable load_table(const std::string& path, std::int64_t limit = 0,
                          const std::string& tensor = "");

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
