#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "data/vectors/subwords/piece_model.h"
#include "data/vectors/subwords/text_steps.h"
#include "data/vectors/word_index.h"

namespace wordbridge {

/// A tokenizer.json of Hugging Face's tokenizers: divides words into pieces, whose ids are the rows
/// of a static model.
class PieceTokenizer {
 public:
  /// `name`: the file's name, for messages. Error if the file is damaged: not JSON, no vocabulary,
  /// ids with gaps, two pieces with the same id. Warning if it has steps that are not supported.
  PieceTokenizer(std::string_view content, const std::string& name);
  PieceTokenizer(const PieceTokenizer&) = delete;  // its model refers to it
  PieceTokenizer& operator=(const PieceTokenizer&) = delete;
  ~PieceTokenizer() = default;

  /// Number of pieces, which have the ids 0, 1, ...
  std::int64_t size() const { return pieces_->words().size(); }
  std::string_view piece(std::int64_t id) const { return pieces_->words()[id]; }
  /// Whether it can divide words: all its steps are supported.
  bool can_divide() const { return unsupported_.empty(); }

  /// The ids of the word's pieces, without unknown ones; empty if it has none, or contains a
  /// special or added token without being one. can_divide() must be true.
  std::vector<std::int64_t> ids_of(std::string_view word) const;
  /// The words whose only piece is one entry of the vocabulary, with its id, by id. If the
  /// tokenizer can't divide words: the entries that start a word.
  std::vector<std::pair<std::string, std::int64_t>> words() const;

 private:
  struct AddedToken {
    std::int64_t id = 0;
    bool is_special = false;
  };
  /// Tokens that are found in a text before it is divided.
  struct AddedTokens {
    std::unordered_map<std::string, AddedToken> tokens;
    std::bitset<256> first_bytes;
    std::set<std::size_t> lengths;

    void add(const std::string& text, const AddedToken& token);
    bool are_in(std::string_view text) const;
  };

  void read_pieces(const nlohmann::json& tokenizer);
  void read_added_tokens(const nlohmann::json& tokenizer);
  void read_marks(const nlohmann::json& tokenizer);
  std::int64_t find(std::string_view piece) const;
  std::vector<std::int64_t> all_ids_of(std::string_view word) const;
  std::string word_of(std::int64_t id) const;

  std::string name_;
  std::unique_ptr<const WordIndex> pieces_;  // by id
  std::vector<bool> in_model_, is_special_;  // by id: in the model's vocabulary; never a word
  AddedTokens added_, added_normalized_;     // found before and after normalisation
  std::unique_ptr<const TextSteps> steps_;
  std::unique_ptr<const PieceModel> model_;
  std::vector<std::string> unsupported_;
  std::string continuing_prefix_, end_suffix_;    // of pieces inside and at the end of words
  bool has_bytes_ = false, has_markers_ = false;  // kind of the sign of a word's start
};

}  // namespace wordbridge
