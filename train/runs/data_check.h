#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "core/error.h"
#include "data/corpus/corpus.h"

namespace wordbridge {

/// The Error that says which part of the data, as described by the manifests of two runs (`data`),
/// has changed: a file of the text, the tokens read from the same files, or the vocabulary. Nothing
/// if the tokens and the vocabulary are the same. Throws exceptions of the JSON library for a
/// manifest of another version.
std::optional<Error> data_difference(const nlohmann::json& stored, const nlohmann::json& own);

/// Error that says which part of the data is no longer that of a run's manifest: a file of the
/// text, the tokens read from the same files, or the vocabulary. (A checkpoint stores only
/// checksums of the tokens and of the vocabulary.) No error without a readable manifest.
void check_same_data(const std::filesystem::path& manifest, const Corpus& corpus);

}  // namespace wordbridge
