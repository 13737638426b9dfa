#pragma once

#include <filesystem>

#include "data/corpus/corpus.h"

namespace wordbridge {

/// Error that says which part of the data is no longer that of a run's manifest: a file of the
/// text, the tokens read from the same files, or the vocabulary. (A checkpoint stores only
/// checksums of the tokens and of the vocabulary.) No error without a readable manifest.
void check_same_data(const std::filesystem::path& manifest, const Corpus& corpus);

}  // namespace wordbridge
