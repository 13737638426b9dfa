#pragma once

#include <filesystem>

#include "data/text/vocabulary.h"

namespace wordbridge {

/// The file that `path` names a vocabulary by: itself, or vocabulary.tsv in a run's folder.
std::filesystem::path vocabulary_file(const std::filesystem::path& path);
/// The vocabulary of a run's folder, of a saved vocabulary, or of a file of vectors (its words, in
/// their order; only fastText's models have counts, others get 0). Error if it is none of these.
Vocabulary read_vocabulary(const std::filesystem::path& path);

}  // namespace wordbridge
