#pragma once

#include <cstdint>
#include <string>

#include "data/vectors/embedding_table.h"
#include "data/vectors/vector_files.h"

namespace wordbridge {

/// Loads the vectors of a run (vectors.txt in its folder, or another format) or a vector file;
/// `limit`: only the first words, 0: all. `tensor`: the matrix of a safetensors file that has
/// several. Error if there are no vectors or they can't be read.
EmbeddingTable load_table(const std::string& path, std::int64_t limit = 0,
                          const std::string& tensor = "", Verify verify = Verify::now);

}  // namespace wordbridge
