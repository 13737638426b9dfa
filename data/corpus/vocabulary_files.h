#pragma once

#include <filesystem>

#include "data/text/vocabulary.h"

namespace wordbridge {

/// The vocabulary file that `path` refers to: `path` itself, or vocabulary.tsv if it is a run
/// folder.
std::filesystem::path vocabulary_file(const std::filesystem::path& path);
/// Reads the vocabulary of a run folder, a saved vocabulary, or the words of a vector file in file
/// order. Only fastText models contain counts; the words of other vector files get 0. Error if
/// `path` is none of these.
Vocabulary read_vocabulary(const std::filesystem::path& path);

}  // namespace wordbridge
