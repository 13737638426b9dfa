#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/vectors/embedding_table.h"
#include "data/vectors/safetensors_file.h"
#include "data/vectors/subwords/piece_tokenizer.h"

namespace wordbridge {

/// Whether the folder looks like a static model: of model2vec, or of sentence-transformers'
/// StaticEmbedding.
bool is_static_model(const std::filesystem::path& folder);
/// The file of its vectors, next to which its tokenizer is. Error for a folder without one, or
/// whose modules.json names no StaticEmbedding. Warning if it names modules after it that change
/// vectors.
std::filesystem::path static_model_file(const std::filesystem::path& folder);

/// A static model: a vector for each piece of a tokenizer's vocabulary. The vector of piece i is
/// embeddings[mapping[i]] * weights[i], or embeddings[i] without a mapping. A word's vector is the
/// mean of those of its pieces, without unknown and special ones.
class StaticModel : public SubwordVectors {
 public:
  /// `embeddings`: name of the matrix; `tokenizer`: the content of tokenizer.json. Error if the
  /// sizes of tensors and vocabulary do not match, a mapping is out of range, or a vector is not
  /// finite.
  StaticModel(const SafetensorsFile& tensors, const std::string& embeddings,
              std::string_view tokenizer, const std::string& tokenizer_name,
              std::shared_ptr<const void> keeper);

  const PieceTokenizer& tokenizer() const { return tokenizer_; }
  std::int64_t dim() const { return embeddings_.dim; }
  /// Writes the vector of a piece to `row` [dim].
  void copy_vector(std::int64_t id, float* row) const;
  /// False if none of the word's pieces has a vector.
  bool vector_of(std::string_view word, float* row) const override;

 private:
  void read_mapping(const SafetensorsFile& tensors, const std::string& embeddings);
  void read_weights(const SafetensorsFile& tensors);
  void check_vectors() const;

  std::string name_;
  StoredArray embeddings_;
  std::vector<std::int64_t> mapping_;  // by id; empty: the id itself
  std::vector<float> weights_;         // by id; empty: 1
  PieceTokenizer tokenizer_;
  std::shared_ptr<const void> keeper_;
};

}  // namespace wordbridge
