#include "models/word2vec/segment_rows.h"

#include "core/index.h"

namespace wordbridge {
void SegmentRows::list(const OutputRows& outputs, std::int32_t contexts) {
  ids_.clear();
  for (const auto id : text.negatives) ids_.push_back(contexts + id);
  first_word_ = static_cast<std::int64_t>(ids_.size());
  ids_.insert(ids_.end(), text.words.begin(), text.words.end());
  outputs_.assign(1, static_cast<std::int64_t>(ids_.size()));
  for (std::int64_t i = text.begin; i < text.end; ++i) {
    for (const auto id : outputs.of(text.words[at(i)])) ids_.push_back(contexts + id);
    outputs_.push_back(static_cast<std::int64_t>(ids_.size()));
  }
}

void SegmentRows::prefetch(std::int64_t place, std::int64_t width) const {
  if (place < static_cast<std::int64_t>(text.words.size()))
    prefetch_row(rows_[at(first_word_ + place)], width);
  if (place >= text.end) return;
  const std::int64_t own = place - text.begin;
  for (auto i = outputs_[at(own)]; i < outputs_[at(own + 1)]; ++i)
    prefetch_row(rows_[at(i)], width);
}

void SegmentRows::prefetch_negatives(std::int64_t place, std::int64_t negatives,
                                     std::int64_t width) const {
  if (place >= text.end) return;
  const std::int64_t first = (place - text.begin) * negatives;
  for (std::int64_t i = 0; i < negatives; ++i) prefetch_row(rows_[at(first + i)], width);
}

WindowRows SegmentRows::window(const TrainingWindows::Window& window, std::int64_t place,
                               std::int64_t negatives, std::int64_t yes, std::int64_t width) {
  in_.clear();
  out_.clear();
  const auto first = rows_.begin(), words = first + first_word_;
  in_.insert(in_.end(), words + window.begin, words + place);
  in_.insert(in_.end(), words + place + 1, words + window.end);
  const std::int64_t own = place - text.begin;
  out_.insert(out_.end(), first + outputs_[at(own)], first + outputs_[at(own + 1)]);
  for (std::int64_t i = own * negatives; i < (own + 1) * negatives; ++i)
    if (text.negatives[at(i)] != text.words[at(place)]) out_.push_back(rows_[at(i)]);
  return {in_.data(),  static_cast<std::int64_t>(in_.size()),
          out_.data(), static_cast<std::int64_t>(out_.size()),
          yes,         width};
}

}  // namespace wordbridge
