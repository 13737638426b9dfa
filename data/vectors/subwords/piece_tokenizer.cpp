#include "data/vectors/subwords/piece_tokenizer.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/error.h"
#include "core/index.h"
#include "core/json.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "data/vectors/subwords/characters.h"

namespace wordbridge {
namespace {

using nlohmann::json;

constexpr std::string_view kWordMarker = "▁";

/// The type of the model; old files do not name it.
std::string piece_model_type(const json& model) {
  if (const auto type = model.find("type"); type != model.end()) return type->get<std::string>();
  if (model.at("vocab").is_array()) return "Unigram";
  if (model.contains("merges")) return "BPE";
  return model.contains("continuing_subword_prefix") ? "WordPiece" : "WordLevel";
}

/// The list in which pieces are placed by their ids.
class PiecesById {
 public:
  explicit PiecesById(std::string name) : name_(std::move(name)) {}

  void place(const std::string& piece, const json& id) {
    // Far larger than the ids of any vocabulary, and small enough for a list.
    constexpr std::int64_t kMostIds = 1 << 28;
    if (!id.is_number_integer() || id.get<std::int64_t>() < 0 || id.get<std::int64_t>() >= kMostIds)
      throw Error("the tokenizer has an invalid id")
          .at("{}: '{}'", name_, printable(piece))
          .expected("a whole number from 0 on")
          .got("{}", printable(id.dump()));
    const auto i = id.get<std::size_t>();
    if (i >= pieces_.size()) pieces_.resize(i + 1);
    if (pieces_[i] && *pieces_[i] != piece)
      throw Error("two pieces of the tokenizer have the same id")
          .at("{}: id {}", name_, i)
          .expected("one piece")
          .got("'{}' and '{}'", printable(*pieces_[i]), printable(piece));
    pieces_[i] = piece;
  }

  WordList list() const {
    WordList words;
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      if (!pieces_[i])
        throw Error("an id of the tokenizer has no piece")
            .at("{}: id {}", name_, i)
            .expected("the ids 0 to {}, without gaps", pieces_.size() - 1);
      words.add(*pieces_[i]);
    }
    return words;
  }

  std::size_t size() const { return pieces_.size(); }

 private:
  std::string name_;
  std::vector<std::optional<std::string>> pieces_;
};

bool begins_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

}  // namespace

PieceTokenizer::PieceTokenizer(std::string_view content, const std::string& name) : name_(name) {
  const json tokenizer = parse_json(content, name);
  try {
    if (!tokenizer.is_object() || !tokenizer.contains("model") ||
        !tokenizer["model"].contains("vocab"))
      throw Error("the tokenizer has no vocabulary").at("{}", name).expected("model.vocab");
    read_pieces(tokenizer);
    read_marks(tokenizer);
    steps_ = std::make_unique<const TextSteps>(tokenizer);
    unsupported_ = steps_->unsupported();
    const json& model = tokenizer["model"];
    const std::string type = piece_model_type(model);
    model_ = make_piece_model(
        model, type, [this](std::string_view piece) { return find(piece); }, name);
    if (model_ == nullptr) unsupported_.push_back("the model " + printable(type));
    read_added_tokens(tokenizer);
    const json padding = tokenizer.value("padding", json());
    if (padding.is_object() && padding.value("strategy", json()).is_object())
      warn("{}: its padding to a fixed length is not applied", name);
  } catch (const json::exception& error) {
    throw Error("the tokenizer can't be read").at("{}", name).got("{}", json_problem(error));
  }
  if (!can_divide())
    warn(
        "{}: not supported: {}. Only the words of its vocabulary have vectors, and they are looked "
        "up as written",
        name, join(unsupported_, ", "));
}

void PieceTokenizer::read_pieces(const json& tokenizer) {
  const json& vocabulary = tokenizer["model"]["vocab"];
  PiecesById pieces(name_);
  if (vocabulary.is_array()) {
    std::size_t id = 0;
    for (const json& entry : vocabulary) pieces.place(entry.at(0).get<std::string>(), id++);
  } else {
    for (const auto& [piece, id] : vocabulary.items()) pieces.place(piece, id);
  }
  in_model_.assign(pieces.size(), true);
  if (!vocabulary.is_array()) {
    in_model_.assign(pieces.size(), false);
    for (const json& id : vocabulary) in_model_[id.get<std::size_t>()] = true;
  }
  for (const json& token : tokenizer.value("added_tokens", json::array()))
    pieces.place(token.at("content").get<std::string>(), token.at("id"));
  in_model_.resize(pieces.size(), false);
  is_special_.assign(pieces.size(), false);
  pieces_ = std::make_unique<const WordIndex>(pieces.list());
  if (pieces_->words().size() == 0)
    throw Error("the vocabulary of the tokenizer is empty").at("{}", name_);
  if (const auto& repeated = pieces_->repeated(); !repeated.empty())
    throw Error("a piece of the tokenizer has two ids")
        .at("{}: ids {} and {}", name_, pieces_->find(piece(repeated[0])), repeated[0])
        .expected("each piece once")
        .got("'{}' twice", printable(piece(repeated[0])));
  const json& model = tokenizer["model"];
  if (const auto unknown = model.find("unk_token");
      unknown != model.end() && unknown->is_string()) {
    if (const auto id = pieces_->find(unknown->get<std::string>()); id >= 0)
      is_special_[at(id)] = true;
  }
  if (const auto id = model.find("unk_id"); id != model.end() && !id->is_null()) {
    if (!id->is_number_unsigned() || id->get<std::uint64_t>() >= static_cast<std::uint64_t>(size()))
      throw Error("the tokenizer has an invalid id")
          .at("{}: model.unk_id", name_)
          .expected("an id of the vocabulary, 0 to {}", size() - 1)
          .got("{}", printable(id->dump()));
    is_special_[id->get<std::size_t>()] = true;
  }
}

void PieceTokenizer::read_added_tokens(const json& tokenizer) {
  for (const json& token : tokenizer.value("added_tokens", json::array())) {
    const auto content = token.at("content").get<std::string>();
    const AddedToken added{token.at("id").get<std::int64_t>(), token.value("special", false)};
    if (added.is_special) is_special_[at(added.id)] = true;
    if (!token.value("normalized", !added.is_special))
      added_.add(content, added);
    else if (steps_->unsupported().empty())
      added_normalized_.add(utf8(steps_->normalized(code_points(content))), added);
  }
}

/// What distinguishes pieces that start a word from others.
void PieceTokenizer::read_marks(const json& tokenizer) {
  const auto text_of = [](const json& object, const char* field) {
    const json value = object.value(field, json());
    return value.is_string() ? value.get<std::string>() : std::string();
  };
  const json& model = tokenizer["model"];
  continuing_prefix_ = text_of(model, "continuing_subword_prefix");
  if (piece_model_type(model) == "WordPiece" && !model.contains("continuing_subword_prefix"))
    continuing_prefix_ = "##";
  end_suffix_ = text_of(model, "end_of_word_suffix");
  for (const char* const step : {"normalizer", "pre_tokenizer", "decoder"}) {
    const std::string text = tokenizer.value(step, json()).dump();
    has_bytes_ = has_bytes_ || text.find("\"ByteLevel\"") != text.npos;
    has_markers_ = has_markers_ || text.find(kWordMarker) != text.npos;
  }
}

std::int64_t PieceTokenizer::find(std::string_view piece) const {
  const std::int64_t id = pieces_->find(piece);
  return id >= 0 && in_model_[at(id)] ? id : kUnknownPiece;
}

void PieceTokenizer::AddedTokens::add(const std::string& text, const AddedToken& token) {
  if (text.empty()) return;
  tokens[text] = token;
  first_bytes.set(static_cast<unsigned char>(text[0]));
  lengths.insert(text.size());
}

bool PieceTokenizer::AddedTokens::are_in(std::string_view text) const {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!first_bytes.test(static_cast<unsigned char>(text[i]))) continue;
    for (const std::size_t length : lengths)
      if (tokens.count(std::string(text.substr(i, length))) > 0) return true;
  }
  return false;
}

/// The ids of the pieces, kUnknownPiece for unknown ones.
std::vector<std::int64_t> PieceTokenizer::all_ids_of(std::string_view word) const {
  const auto of_added = [](const AddedToken& token) {
    return token.is_special ? std::vector<std::int64_t>() : std::vector<std::int64_t>{token.id};
  };
  if (invalid_utf8(word)) return {};
  const auto& added = added_.tokens;
  if (const auto token = added.find(std::string(word)); token != added.end())
    return of_added(token->second);
  if (added_.are_in(word)) return {};
  std::u32string normalized = steps_->normalized(code_points(word));
  const std::string text = utf8(normalized);
  const auto& normalized_tokens = added_normalized_.tokens;
  if (const auto token = normalized_tokens.find(text); token != normalized_tokens.end())
    return of_added(token->second);
  if (added_normalized_.are_in(text)) return {};
  std::vector<std::int64_t> ids;
  for (const TextPart& part : steps_->parts(std::move(normalized)))
    if (!part.text.empty()) model_->add_pieces(utf8(part.text), ids);
  return ids;
}

std::vector<std::int64_t> PieceTokenizer::ids_of(std::string_view word) const {
  std::vector<std::int64_t> ids = all_ids_of(word);
  const auto has_no_vector = [&](std::int64_t id) {
    return id == kUnknownPiece || is_special_[at(id)];
  };
  ids.erase(std::remove_if(ids.begin(), ids.end(), has_no_vector), ids.end());
  return ids;
}

/// The word that consists of this piece; empty if the piece does not start a word.
std::string PieceTokenizer::word_of(std::int64_t id) const {
  std::string_view text = piece(id);
  if (is_special_[at(id)]) return {};
  if (!in_model_[at(id)]) return std::string(text);
  if (!continuing_prefix_.empty() && text.size() > continuing_prefix_.size() &&
      begins_with(text, continuing_prefix_))
    return {};
  if (!end_suffix_.empty()) {
    if (text.size() <= end_suffix_.size() ||
        text.substr(text.size() - end_suffix_.size()) != end_suffix_)
      return {};
    text.remove_suffix(end_suffix_.size());
  }
  if (!has_bytes_ && !has_markers_) return std::string(text);
  std::string word(text);
  if (has_bytes_) {
    word = bytes_of_alphabet(code_points(text));
    if (invalid_utf8(word)) return {};
  } else {
    for (std::size_t i = 0; (i = word.find(kWordMarker, i)) != word.npos; ++i)
      word.replace(i, kWordMarker.size(), " ");
  }
  const bool has_mark = begins_with(word, " ");
  // Without a way to divide words only the mark shows that a piece starts one.
  if (!has_mark && !can_divide()) return {};
  return has_mark ? word.substr(1) : word;
}

std::vector<std::pair<std::string, std::int64_t>> PieceTokenizer::words() const {
  std::vector<std::pair<std::string, std::int64_t>> words;
  for (std::int64_t id = 0; id < size(); ++id) {
    std::string word = word_of(id);
    if (word.empty()) continue;
    if (!can_divide() || all_ids_of(word) == std::vector<std::int64_t>{id})
      words.emplace_back(std::move(word), id);
  }
  return words;
}

}  // namespace wordbridge
