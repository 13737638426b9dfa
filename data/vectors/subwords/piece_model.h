#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace wordbridge {

/// Id of a text that a model does not know.
constexpr std::int64_t kUnknownPiece = -1;

/// The id of a piece in a model's vocabulary, kUnknownPiece if it is not there.
using PieceIds = std::function<std::int64_t(std::string_view piece)>;

/// Divides a part of a text into the pieces of a vocabulary.
class PieceModel {
 public:
  virtual ~PieceModel() = default;
  /// Appends the ids of the pieces. `part` is UTF-8 and not empty.
  virtual void add_pieces(std::string_view part, std::vector<std::int64_t>& ids) const = 0;
};

/// The `model` of a tokenizer.json: WordLevel (the whole part), WordPiece (the longest piece
/// first), Unigram (the path with the largest sum of scores) or BPE (merges by rank); as in Hugging
/// Face's tokenizers. `type`: its name. nullptr for another type. Throws nlohmann's exceptions for
/// values of the wrong type, and Error for merges of pieces that do not exist.
std::unique_ptr<const PieceModel> make_piece_model(const nlohmann::json& model,
                                                   const std::string& type, PieceIds ids,
                                                   const std::string& name);

}  // namespace wordbridge
