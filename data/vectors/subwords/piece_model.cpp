#include "data/vectors/subwords/piece_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/text.h"

namespace wordbridge {
namespace {

using nlohmann::json;
using PieceIdList = std::vector<std::int64_t>;

/// Number of bytes of the character at `begin`.
std::size_t character_bytes(std::string_view text, std::size_t begin) {
  std::size_t end = begin + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
  return end - begin;
}

std::string text_or(const json& model, const char* field, const std::string& otherwise) {
  const auto found = model.find(field);
  return found == model.end() || found->is_null() ? otherwise : found->get<std::string>();
}

bool flag_or(const json& model, const char* field, bool otherwise) {
  const auto found = model.find(field);
  return found == model.end() || found->is_null() ? otherwise : found->get<bool>();
}

/// Appends the pieces of the text's bytes, "<0x41>", if all exist.
bool add_bytes(std::string_view text, const PieceIds& piece_ids, PieceIdList& ids) {
  PieceIdList bytes;
  for (const char byte : text)
    bytes.push_back(piece_ids(fmt::format("<0x{:02X}>", static_cast<unsigned char>(byte))));
  if (std::count(bytes.begin(), bytes.end(), kUnknownPiece) > 0) return false;
  ids.insert(ids.end(), bytes.begin(), bytes.end());
  return true;
}

class WordLevelModel : public PieceModel {
 public:
  explicit WordLevelModel(PieceIds ids) : ids_(std::move(ids)) {}
  void add_pieces(std::string_view part, PieceIdList& ids) const override {
    ids.push_back(ids_(part));
  }

 private:
  PieceIds ids_;
};

class WordPieceModel : public PieceModel {
 public:
  WordPieceModel(const json& model, PieceIds ids)
      : ids_(std::move(ids)),
        prefix_(text_or(model, "continuing_subword_prefix", "##")),
        most_characters_(model.value("max_input_chars_per_word", std::size_t{100})) {}

  void add_pieces(std::string_view part, PieceIdList& ids) const override {
    const std::size_t before = ids.size();
    for (std::size_t begin = 0; begin < part.size();) {
      const auto [id, end] = longest_piece(part, begin);
      if (id == kUnknownPiece || character_count(part) > most_characters_) {
        ids.resize(before);  // the whole part is unknown
        ids.push_back(kUnknownPiece);
        return;
      }
      ids.push_back(id);
      begin = end;
    }
  }

 private:
  std::pair<std::int64_t, std::size_t> longest_piece(std::string_view part,
                                                     std::size_t begin) const {
    for (std::size_t end = part.size(); end > begin; --end) {
      if (end < part.size() && (static_cast<unsigned char>(part[end]) & 0xc0) == 0x80) continue;
      const std::string piece =
          (begin > 0 ? prefix_ : "") + std::string(part.substr(begin, end - begin));
      if (const std::int64_t id = ids_(piece); id != kUnknownPiece) return {id, end};
    }
    return {kUnknownPiece, begin};
  }

  PieceIds ids_;
  std::string prefix_;
  std::size_t most_characters_;
};

/// Kudo 2018, "Subword regularization".
class UnigramModel : public PieceModel {
 public:
  UnigramModel(const json& model, PieceIds ids)
      : ids_(std::move(ids)), uses_bytes_(flag_or(model, "byte_fallback", false)) {
    double least = std::numeric_limits<double>::infinity();
    for (const json& entry : model.at("vocab")) {
      scores_.push_back(entry.at(1).get<double>());
      longest_ = std::max(longest_, entry.at(0).get_ref<const std::string&>().size());
      least = std::min(least, scores_.back());
    }
    constexpr double kPenaltyOfUnknown = 10;
    unknown_score_ = least - kPenaltyOfUnknown;
    if (const auto id = model.find("unk_id"); id != model.end() && !id->is_null())
      unknown_ = id->get<std::int64_t>();
  }

  void add_pieces(std::string_view part, PieceIdList& ids) const override {
    const std::vector<Node> ends = best_paths(part);
    std::vector<std::pair<std::size_t, std::size_t>> pieces;  // begin, end; from the last
    std::vector<bool> are_known;
    for (std::size_t end = part.size(); end > 0; end = ends[end].begin) {
      const bool is_known = ends[end].id != unknown_ && ends[end].id != kUnknownPiece;
      if (!is_known && !are_known.empty() && !are_known.back())
        pieces.back().first = ends[end].begin;  // neighbouring unknown characters are one piece
      else {
        pieces.emplace_back(ends[end].begin, end);
        are_known.push_back(is_known);
      }
    }
    for (std::size_t i = pieces.size(); i-- > 0;) {
      const auto [begin, end] = pieces[i];
      const std::string_view piece = part.substr(begin, end - begin);
      if (are_known[i])
        ids.push_back(ends[end].id);
      else if (!uses_bytes_ || !add_bytes(piece, ids_, ids))
        ids.push_back(kUnknownPiece);
    }
  }

 private:
  /// The best path that ends at a byte: its last piece and its score.
  struct Node {
    std::int64_t id = kUnknownPiece;
    std::size_t begin = 0;
    double score = 0;
    bool is_reached = false;
  };

  std::vector<Node> best_paths(std::string_view part) const {
    std::vector<Node> ends(part.size() + 1);
    for (std::size_t begin = 0; begin < part.size();) {
      const std::size_t next = begin + character_bytes(part, begin);
      const auto extend = [&, so_far = ends[begin].score](std::size_t end, std::int64_t id,
                                                          double score) {
        Node& node = ends[end];
        // Of equal paths the first one is kept.
        if (!node.is_reached || so_far + score > node.score)
          node = {id, begin, so_far + score, true};
      };
      bool is_known = false;
      for (std::size_t end = next; end <= std::min(part.size(), begin + longest_);) {
        const std::int64_t id = ids_(part.substr(begin, end - begin));
        if (id != kUnknownPiece) extend(end, id, scores_[at(id)]);
        is_known = is_known || (id != kUnknownPiece && end == next);
        if (end == part.size()) break;
        end += character_bytes(part, end);
      }
      if (!is_known) extend(next, kUnknownPiece, unknown_score_);
      begin = next;
    }
    return ends;
  }

  PieceIds ids_;
  bool uses_bytes_;
  std::vector<double> scores_;  // by id
  std::size_t longest_ = 0;     // bytes of the longest piece
  double unknown_score_ = 0;
  std::int64_t unknown_ = kUnknownPiece;
};

/// Sennrich et al. 2016, "Neural machine translation of rare words with subword units".
class BpeModel : public PieceModel {
 public:
  BpeModel(const json& model, PieceIds ids, const std::string& name)
      : ids_(std::move(ids)),
        prefix_(text_or(model, "continuing_subword_prefix", "")),
        suffix_(text_or(model, "end_of_word_suffix", "")),
        uses_bytes_(flag_or(model, "byte_fallback", false)),
        prefers_whole_(flag_or(model, "ignore_merges", false)),
        has_unknown_(model.contains("unk_token") && !model["unk_token"].is_null()) {
    std::int64_t rank = 0;
    for (const json& merge : model.at("merges")) add_merge(merge, rank++, name);
  }

  void add_pieces(std::string_view part, PieceIdList& ids) const override {
    if (prefers_whole_)
      if (const std::int64_t id = ids_(part); id != kUnknownPiece) return ids.push_back(id);
    PieceIdList symbols;
    for (std::size_t begin = 0; begin < part.size();) {
      const std::size_t end = begin + character_bytes(part, begin);
      const std::string symbol = (begin > 0 ? prefix_ : "") +
                                 std::string(part.substr(begin, end - begin)) +
                                 (end == part.size() ? suffix_ : "");
      const std::int64_t id = ids_(symbol);
      const bool is_made = id == kUnknownPiece && uses_bytes_ && add_bytes(symbol, ids_, symbols);
      // Without an unknown token, the library drops the character.
      if (!is_made && (id != kUnknownPiece || has_unknown_)) symbols.push_back(id);
      begin = end;
    }
    merge(symbols);
    ids.insert(ids.end(), symbols.begin(), symbols.end());
  }

 private:
  struct Merge {
    std::int64_t rank = 0, id = 0;
  };

  void add_merge(const json& merge, std::int64_t rank, const std::string& name) {
    std::string left, right;
    if (merge.is_string()) {
      const auto& text = merge.get_ref<const std::string&>();
      const std::size_t blank = text.find(' ');
      left = text.substr(0, blank);
      right = blank == text.npos ? "" : text.substr(blank + 1);
    } else {
      left = merge.at(0).get<std::string>();
      right = merge.at(1).get<std::string>();
    }
    const std::size_t cut = right.compare(0, prefix_.size(), prefix_) == 0 ? prefix_.size() : 0;
    const std::int64_t a = ids_(left), b = ids_(right), joined = ids_(left + right.substr(cut));
    if (a == kUnknownPiece || b == kUnknownPiece || joined == kUnknownPiece)
      throw Error("a merge of the tokenizer has a piece that is not in its vocabulary")
          .at("{}: model.merges, entry {}", name, rank + 1)
          .got("{}", printable(merge.dump()));
    merges_[{a, b}] = {rank, joined};
  }

  void merge(PieceIdList& symbols) const {
    for (;;) {
      std::optional<Merge> best;
      std::size_t place = 0;
      for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
        const auto found = merges_.find({symbols[i], symbols[i + 1]});
        if (found == merges_.end() || (best && found->second.rank >= best->rank)) continue;
        best = found->second;
        place = i;
      }
      if (!best) return;
      symbols[place] = best->id;
      symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(place) + 1);
    }
  }

  PieceIds ids_;
  std::string prefix_, suffix_;
  bool uses_bytes_, prefers_whole_, has_unknown_;
  std::map<std::pair<std::int64_t, std::int64_t>, Merge> merges_;
};

}  // namespace

std::unique_ptr<const PieceModel> make_piece_model(const json& model, const std::string& type,
                                                   PieceIds ids, const std::string& name) {
  if (type == "WordLevel") return std::make_unique<const WordLevelModel>(std::move(ids));
  if (type == "WordPiece") return std::make_unique<const WordPieceModel>(model, std::move(ids));
  if (type == "Unigram") return std::make_unique<const UnigramModel>(model, std::move(ids));
  if (type == "BPE") return std::make_unique<const BpeModel>(model, std::move(ids), name);
  return nullptr;
}

}  // namespace wordbridge
