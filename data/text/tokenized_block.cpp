#include "data/text/tokenized_block.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/text.h"

namespace wordbridge {

void CutBlock::cut(const Tokenizer& tokenizer, const BoundarySymbols& boundaries,
                   const TypeTable& known) {
  tokens.clear();
  ids.clear();
  fresh.clear();
  leading.clear();
  starts.clear();
  open = {};
  failure.reset();
  for (const auto& piece : text.pieces()) {
    cut_piece(piece, tokenizer, boundaries, known);
    if (failure) return;
  }
}

void CutBlock::cut_piece(const TextBlock::Piece& piece, const Tokenizer& tokenizer,
                         const BoundarySymbols& boundaries, const TypeTable& known) {
  const std::string_view all = text.text(piece);
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t newline = all.find('\n', begin);
    const std::string_view line = all.substr(begin, newline - begin);
    const std::size_t tokens_before = tokens.size();
    try {
      tokenizer.tokenize(line, tokens);
    } catch (Error& error) {
      if (const auto bad = invalid_utf8(line)) {
        error.got("{} at byte offset {}", printable(line.substr(*bad, 1)),
                  piece.offset + begin + *bad);
      }
      const auto newlines = std::count(all.begin(), all.begin() + begin, '\n');
      failure = {error, piece.document.name, piece.line + static_cast<std::uint64_t>(newlines)};
      return;
    }
    if (tokens.size() > tokens_before) {
      if (!open.document) starts.push_back({ids.size(), piece.document.part});
      open = OpenThings::all();
      look_up(tokens_before, known);
    }
    if (newline == std::string_view::npos) break;
    end(trimmed(line).empty() ? TextEnd::blank_line : TextEnd::line, boundaries, known);
    begin = newline + 1;
  }
  if (piece.last) end(TextEnd::document, boundaries, known);
}

void CutBlock::end(TextEnd end, const BoundarySymbols& boundaries, const TypeTable& known) {
  if (ids.empty()) {
    const bool counts = end == TextEnd::blank_line && boundaries.blank_lines;
    if (counts || leading.empty() || leading.back() != end) leading.push_back(end);
    return;
  }
  const std::size_t tokens_before = tokens.size();
  open.end(end, boundaries, [&](const std::string& symbol) { tokens.append(symbol) += '\n'; });
  if (tokens.size() > tokens_before) look_up(tokens_before, known);
}

/// Appends the ids of the tokens from byte `from` on. Several words are hashed before they are
/// looked up, so that the table's memory is prefetched in the meantime.
void CutBlock::look_up(std::size_t from, const TypeTable& known) {
  std::array<HashedWord, 32> words;
  const std::size_t size = tokens.size();
  tokens.append(kLinePadding, '\n');
  while (from < size) {
    std::size_t count = 0;
    for (; count < words.size() && from < size; ++count) {
      words[count] = hashed_line(tokens.data() + from);
      known.prefetch(words[count]);
      from += words[count].text.size() + 1;
    }
    ids.resize(ids.size() + count);
    std::int32_t* const found = ids.data() + ids.size() - count;
    for (std::size_t i = 0; i < count; ++i) {
      found[i] = known.find(words[i]);
      if (found[i] < 0) found[i] = known.size() + fresh.add(words[i]);
    }
  }
  tokens.resize(size);
}

}  // namespace wordbridge
