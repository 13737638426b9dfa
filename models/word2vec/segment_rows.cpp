#include "models/word2vec/segment_rows.h"

#include "core/index.h"

namespace wordbridge {

void SegmentRows::list(const OutputRows& outputs, std::int32_t contexts,
                       const TrainingWindows& windows) {
  ids_.clear();
  for (const auto id : text.negatives) ids_.push_back(contexts + id);
  first_word_ = static_cast<std::int64_t>(ids_.size());
  ids_.insert(ids_.end(), text.words.begin(), text.words.end());
  const PositiveSampling& sampling = windows.sampling();
  first_output_ = sampling.center_input ? 0 : text.begin;
  const std::int64_t last_output =
      sampling.center_input ? static_cast<std::int64_t>(text.words.size()) : text.end;
  outputs_.assign(1, static_cast<std::int64_t>(ids_.size()));
  for (std::int64_t i = first_output_; i < last_output; ++i) {
    for (const auto id : outputs.of(text.words[at(i)])) ids_.push_back(contexts + id);
    outputs_.push_back(static_cast<std::int64_t>(ids_.size()));
  }
  strong_.clear();
  weak_.clear();
  if (text.partners.empty()) return;
  auto partner = text.partners.begin();
  const auto add = [&](std::int64_t draws, std::vector<std::int64_t>& begins) {
    begins.push_back(static_cast<std::int64_t>(ids_.size()));
    for (std::int64_t d = 0; d < draws; ++d, ++partner)
      if (*partner >= 0) ids_.push_back(contexts + *partner);
  };
  for (std::int64_t i = text.begin; i < text.end; ++i) {
    add(sampling.strong_draws, strong_);
    add(sampling.weak_draws, weak_);
  }
  strong_.push_back(static_cast<std::int64_t>(ids_.size()));
}

void SegmentRows::prefetch(std::int64_t place, std::int64_t width) const {
  if (place < static_cast<std::int64_t>(text.words.size()))
    prefetch_row(rows_[at(first_word_ + place)], width);
  if (place >= text.end) return;
  const std::int64_t output = place - first_output_;
  for (auto i = outputs_[at(output)]; i < outputs_[at(output + 1)]; ++i)
    prefetch_row(rows_[at(i)], width);
}

void SegmentRows::prefetch_negatives(std::int64_t place, std::int64_t negatives,
                                     std::int64_t width) const {
  if (place >= text.end) return;
  const std::int64_t first = (place - text.begin) * negatives;
  for (std::int64_t i = 0; i < negatives; ++i) prefetch_row(rows_[at(first + i)], width);
}

void SegmentRows::prefetch_partners(std::int64_t place, std::int64_t width) const {
  if (place >= text.end) return;
  const std::int64_t own = place - text.begin;
  for (auto i = strong_[at(own)]; i < strong_[at(own + 1)]; ++i) prefetch_row(rows_[at(i)], width);
}

void SegmentRows::prefetch_related(std::int64_t place, std::int64_t negatives_place,
                                   const TrainingWindows& windows) const {
  const RelatedWords& related = *windows.sampling().related;
  if (place < static_cast<std::int64_t>(text.words.size())) related.prefetch(text.words[at(place)]);
  if (negatives_place >= text.end) return;
  const std::int64_t negatives = windows.negatives();
  const std::int64_t first = (negatives_place - text.begin) * negatives;
  for (std::int64_t i = 0; i < negatives; ++i) related.prefetch(text.negatives[at(first + i)]);
}

WindowRows SegmentRows::window(const TrainingWindows::Window& window, std::int64_t place,
                               const TrainingWindows& windows, std::int64_t yes,
                               std::int64_t width) {
  in_.clear();
  out_.clear();
  noise_.clear();
  noise_marks_.clear();
  skipped_.clear();
  const auto first = rows_.begin(), words = first + first_word_;
  in_.insert(in_.end(), words + window.begin, words + place);
  in_.insert(in_.end(), words + place + 1, words + window.end);
  const std::int64_t own = place - text.begin, negatives = windows.negatives();
  out_.insert(out_.end(), first + outputs_[at(own)], first + outputs_[at(own + 1)]);
  const auto positives = static_cast<std::int32_t>(out_.size());
  const PositiveSampling& sampling = windows.sampling();
  const bool skips = sampling.skips_negatives();
  for (std::int64_t i = own * negatives; i < (own + 1) * negatives; ++i) {
    const std::int32_t noise = text.negatives[at(i)], word = text.words[at(place)];
    if (noise == word) continue;
    if (skips && !windows.context_input() && sampling.related->related(word, noise)) continue;
    out_.push_back(rows_[at(i)]);
    if (!skips) continue;
    noise_.push_back(noise);
    noise_marks_.push_back(sampling.related->marked(noise));
  }
  const auto n = static_cast<std::int32_t>(in_.size());
  if (skips && windows.context_input()) {
    find_skipped(window, place, *sampling.related, positives);
  }
  return {in_.data(), n,     out_.data(),     static_cast<std::int64_t>(out_.size()),
          yes,        width, skipped_.data(), static_cast<std::int64_t>(skipped_.size())};
}

void SegmentRows::find_skipped(const TrainingWindows::Window& window, std::int64_t place,
                               const RelatedWords& related, std::int32_t positives) {
  const auto contexts = static_cast<std::int32_t>(in_.size());
  const auto noises = static_cast<std::int32_t>(noise_.size());
  const auto context_at = [&](std::int32_t i) {
    const std::int64_t word = window.begin + i;
    return text.words[at(word < place ? word : word + 1)];
  };
  // First all that may be, without a branch, so that the processor need not guess.
  skipped_.resize(at(contexts * noises));
  std::size_t count = 0;
  for (std::int32_t i = 0; i < contexts; ++i) {
    const RelatedWords::Marked context = related.marked(context_at(i));
    for (std::int32_t j = 0; j < noises; ++j) {
      skipped_[count] = j * contexts + i;
      count += RelatedWords::may_be_related(context, noise_marks_[at(j)]);
    }
  }
  std::size_t skipped = 0;
  for (std::size_t k = 0; k < count; ++k) {
    const std::int32_t pair = skipped_[k];
    if (related.is_pair(context_at(pair % contexts), noise_[at(pair / contexts)]))
      skipped_[skipped++] = positives * contexts + pair;
  }
  skipped_.resize(skipped);
}

WindowRows SegmentRows::center_window(const TrainingWindows::Window& window, std::int64_t place,
                                      const TrainingWindows& windows, std::int64_t width) {
  const PositiveSampling& sampling = windows.sampling();
  in_.assign(1, rows_[at(first_word_ + place)]);
  out_.clear();
  const std::int32_t word = text.words[at(place)];
  const std::int64_t contexts = window.end - window.begin - 1;
  for (std::int64_t i = window.begin; i < window.end; ++i)
    if (i != place) out_.push_back(rows_[at(outputs_[at(i)])]);
  const std::int64_t first = (place - text.begin) * windows.negatives();
  const std::int64_t each = windows.negatives_per_pair();
  for (std::int64_t c = 0; c < contexts; ++c) {
    const std::int64_t i = window.begin + c;
    const std::int32_t context = text.words[at(i < place ? i : i + 1)];
    for (std::int64_t k = first + c * each; k < first + (c + 1) * each; ++k) {
      const std::int32_t noise = text.negatives[at(k)];
      if (noise == context) continue;
      if (sampling.skips_negatives() && sampling.related->related(word, noise)) continue;
      out_.push_back(rows_[at(k)]);
    }
  }
  return {in_.data(), 1, out_.data(), static_cast<std::int64_t>(out_.size()), contexts, width};
}

PartnerRows SegmentRows::partners(std::int64_t place, const PositiveSampling& sampling,
                                  std::int64_t pairs, std::int64_t width) const {
  const std::size_t own = at(place - text.begin);
  const auto weight = [pairs](double each) {
    return static_cast<float>(each * static_cast<double>(pairs));
  };
  return {rows_[at(first_word_ + place)],
          rows_.data() + strong_[own],
          {weak_[own] - strong_[own], strong_[own + 1] - weak_[own]},
          {weight(sampling.strong_weight), weight(sampling.weak_weight)},
          width};
}

}  // namespace wordbridge
