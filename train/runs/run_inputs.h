#pragma once

#include <string>
#include <vector>

#include "train/runs/run_config.h"

namespace wordbridge {

/// A file or folder that a training reads besides its text.
struct RunInput {
  std::string key;  // the setting that names it; of a benchmark, "eval"
  std::string path;
  /// Of a file: its SHA-256. Of a run: that of the names and checksums of its vocabulary, vectors,
  /// model and token scores. Of another folder: that of the names and checksums of all its files.
  std::string sha256;
};

/// The settings that name such files, without "model.NAME.": "init.vectors".
const std::vector<std::string>& input_settings();

/// The files and folders that exist and that the settings name, except the text and the counts of
/// `counts.file`: initial vectors, components of mixtures, word classes, pairs, benchmarks.
std::vector<RunInput> run_inputs(RunConfig& config);

}  // namespace wordbridge
