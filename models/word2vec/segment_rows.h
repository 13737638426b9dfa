#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "kernels/window_update.h"
#include "models/word2vec/row_copies.h"
#include "models/word2vec/window_text.h"
#include "models/word2vec/word_outputs.h"
#include "models/word2vec/word_parts.h"

namespace wordbridge {

/// Where a segment's rows are read and changed: in the matrix. ask() for a row that is looked up
/// soon.
struct InPlace {
  static constexpr bool kInMatrix = true;
  float* matrix;
  std::int64_t width;
  void ask(std::int32_t) const {}
  float* operator()(std::int32_t row) const { return matrix + row * width; }
};

/// In copies.
struct InCopies {
  static constexpr bool kInMatrix = false;
  RowCopies& copies;
  void ask(std::int32_t row) const { copies.prefetch(row); }
  float* operator()(std::int32_t row) const { return copies.row(row); }
};

/// The means of words' parts in copies, all else in the matrix.
struct MeansInCopies {
  static constexpr bool kInMatrix = true;
  RowCopies& copies;
  const WordParts& parts;
  InPlace in_place;
  void ask(std::int32_t row) const {
    if (parts.has(row)) copies.prefetch(row);
  }
  float* operator()(std::int32_t row) const {
    return parts.has(row) ? copies.row(row) : in_place(row);
  }
};

/// What a thread needs for a segment: its words' rows, looked up once.
class SegmentRows {
 public:
  WindowText::Segment text;

  /// The rows of `text`; row `contexts` is the first of contexts.
  template <class Row>
  void find(const WordOutputs& outputs, std::int32_t contexts, const Row& row) {
    for (auto* rows : {&in, &out, &pool}) rows->clear();
    out_begin.assign(1, 0);
    const auto pool_size = static_cast<std::int64_t>(text.pool.size());
    for (std::int64_t i = 0; i < pool_size; ++i) {
      if (i + kAhead < pool_size) row.ask(contexts + text.pool[at(i + kAhead)]);
      pool.push_back(row(contexts + text.pool[at(i)]));
    }
    const auto words = static_cast<std::int64_t>(text.words.size());
    for (std::int64_t i = 0; i < words; ++i) {
      if (i + kAhead < words) row.ask(text.words[at(i + kAhead)]);
      in.push_back(row(text.words[at(i)]));
    }
    for (std::int64_t i = text.begin; i < text.end; ++i) {
      if (i + kAhead < text.end)
        for (const auto id : outputs.of(text.words[at(i + kAhead)])) row.ask(contexts + id);
      for (const auto id : outputs.of(text.words[at(i)])) out.push_back(row(contexts + id));
      out_begin.push_back(static_cast<std::int64_t>(out.size()));
    }
  }

  /// Asks for the rows of the word at `place`, if there is one, ahead of their use.
  void prefetch(std::int64_t place, std::int64_t width) const {
    if (place < static_cast<std::int64_t>(in.size())) prefetch_row(in[at(place)], width);
    if (place >= text.end) return;
    const auto [first, last] = outs(place);
    for (auto i = first; i < last; ++i) prefetch_row(out[at(i)], width);
  }

  /// Asks for the negative samples of a window.
  void prefetch_negatives(const WindowText::Window& window, std::int64_t negatives,
                          std::int64_t width) const {
    auto p = static_cast<std::size_t>(window.negative);
    for (std::int64_t i = 0; i < negatives; ++i) {
      prefetch_row(pool[p], width);
      if (++p == pool.size()) p = 0;
    }
  }

  /// The rows of a window around the word at `place`, of whose outputs the first `yes` answer yes.
  WindowRows window(const WindowText::Window& window, std::int64_t place, std::int64_t negatives,
                    std::int64_t yes, std::int64_t width) {
    const auto from = [](const std::vector<float*>& rows, std::int64_t i) {
      return rows.begin() + i;
    };
    window_in.assign(from(in, window.begin), from(in, place));
    window_in.insert(window_in.end(), from(in, place + 1), from(in, window.end));
    const auto [first, last] = outs(place);
    window_out.assign(from(out, first), from(out, last));
    const auto pool_size = static_cast<std::int64_t>(pool.size());
    for (std::int64_t i = 0, p = window.negative; i < negatives; ++i) {
      if (text.pool[at(p)] != text.words[at(place)]) window_out.push_back(pool[at(p)]);
      if (++p == pool_size) p = 0;
    }
    return {window_in.data(),
            static_cast<std::int64_t>(window_in.size()),
            window_out.data(),
            static_cast<std::int64_t>(window_out.size()),
            yes,
            width};
  }

 private:
  static constexpr std::int64_t kAhead = 6;  // rows that are on their way from memory
  static std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }
  /// Where the outputs of the word at `place` are.
  std::pair<std::int64_t, std::int64_t> outs(std::int64_t place) const {
    return {out_begin[at(place - text.begin)], out_begin[at(place - text.begin + 1)]};
  }

  std::vector<float*> in, out, pool;    // [words], [out_begin.back()], [text.pool]
  std::vector<std::int64_t> out_begin;  // [words of the segment itself + 1]
  std::vector<float*> window_in, window_out;
};

}  // namespace wordbridge
