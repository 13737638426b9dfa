#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// A run's vectors (its folder's vectors.txt, or of another format), or a file of vectors; only the
/// first `limit` words, 0: all. Error if there are none or they can't be read.
EmbeddingTable load_table(const std::string& path, std::int64_t limit = 0);

/// What vectors are called in tables and figures: a run by its folder's name, a file by its own.
std::string label(const std::string& path);
/// Likewise of several: two of one name are told apart by their folders.
std::vector<std::string> labels(const std::vector<std::string>& paths);

}  // namespace wordbridge
