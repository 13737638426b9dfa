#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/vectors/vector_format.h"

namespace wordbridge {

/// Whether something other than a file, such as /dev/null, has this path.
bool is_device(const std::filesystem::path& path);

/// Error if an output can't be written, before the work whose result it will hold: its folder does
/// not exist or is not writable, or its name ends as that of a compressed file (only .mtx.gz and
/// .arpa.gz are compressed). Error if an output is the same file as another output or as an input,
/// also through a link, or if it is a file of a run. Inputs are files, dataset:NAME, run folders
/// (with the files of the run and its text) and other folders (with all their files). Devices such
/// as /dev/null, and empty names, may repeat. `new_folders`: folders that the command creates.
void check_outputs(const std::vector<std::string>& outputs, const std::vector<std::string>& inputs,
                   const std::vector<std::string>& new_folders = {});

/// Whether the name of a file, with at least one character before it, has this ending.
bool has_ending(const std::string& name, const std::string& ending);

/// Whether vectors in this format are a folder, which is created with its parents.
bool is_folder_of_vectors(const std::string& path, VectorFormat format);

/// The format in which vectors are written to `path`: `name`, or by the ending if that is empty.
/// UsageError if the ending names none.
VectorFormat vector_output_format(const std::string& path, const std::string& name = {});

/// The file of vectors called `name` in a folder of several. UsageError if the name has a slash.
std::string file_in_folder(const std::string& folder, const std::string& name, VectorFormat format);

/// Writes vectors, unless the command was interrupted: then Interrupted.
void write_output(const EmbeddingTable& table, const std::string& path, VectorFormat format);

/// Error if a file of these vectors exists and is not to be overwritten, or if a folder of vectors
/// has the place of a file or holds other files.
void check_can_replace(const std::string& path, VectorFormat format, bool overwrite);

}  // namespace wordbridge
