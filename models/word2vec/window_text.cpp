#include "models/word2vec/window_text.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "models/output/noise.h"

namespace wordbridge {
namespace {

constexpr double kAll = 4294967296.0;  // 2^32

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

}  // namespace

WindowText::WindowText(IdStream stream, const std::vector<std::int64_t>& counts,
                       const Word2vecOptions& options, std::uint64_t seed)
    : stream_(std::move(stream)),
      window_(options.window),
      negatives_(options.negatives),
      dynamic_(options.window_type == "dynamic"),
      seed_(seed),
      noise_(noise_distribution("unigram", counts, options.negative_power)) {
  WB_ASSERT(static_cast<std::int64_t>(counts.size()) == stream_.types);
  double used = 0, most = 0;
  for (const auto count : counts) {
    const double ratio =
        options.sample * static_cast<double>(stream_.tokens) / static_cast<double>(count);
    const double share = options.sample > 0 ? std::sqrt(ratio) + ratio : 1;
    used_below_.push_back(static_cast<std::uint64_t>(std::min(1.0, share) * kAll));
    const double expected = static_cast<double>(count) * std::min(1.0, share);
    used += expected;
    most = std::max(most, expected);
  }
  largest_share_ = most / used;
}

std::int64_t WindowText::segment_tokens(std::int64_t segment) const {
  return std::min(kSegment, stream_.tokens - segment * kSegment);
}

double WindowText::used_share(std::int32_t word) const {
  return static_cast<double>(used_below_[at(word)]) / kAll;
}

void WindowText::read(std::int64_t epoch, std::int64_t segment, Segment& text) const {
  text.rng = Rng(seed_, "word2vec", static_cast<std::uint64_t>(epoch * segments() + segment));
  text.words.clear();
  text.begins.clear();
  text.ends.clear();
  const std::int64_t begin = segment * kSegment, end = begin + segment_tokens(segment);
  auto document = std::upper_bound(stream_.documents.begin(), stream_.documents.end(), begin);
  const auto close = [&text] {
    const auto first = static_cast<std::int32_t>(text.ends.size());
    const auto last = static_cast<std::int32_t>(text.words.size());
    text.begins.resize(text.words.size(), first);
    text.ends.resize(text.words.size(), last);
  };
  for (std::int64_t place = begin; place < end; ++place) {
    if (document != stream_.documents.end() && place == *document) {
      close();
      ++document;
    }
    const std::int32_t word = stream_.ids[place];
    const std::uint64_t below = used_below_[at(word)];
    if (below < static_cast<std::uint64_t>(kAll) && (text.rng.next() >> 32) >= below) continue;
    text.words.push_back(word);
  }
  close();
}

bool WindowText::window(Segment& text, std::int64_t place, Window& window) const {
  const std::int64_t reach =
      dynamic_ ? 1 + static_cast<std::int64_t>(text.rng.below(static_cast<std::uint64_t>(window_)))
               : window_;
  const std::int64_t begin = std::max<std::int64_t>(text.begins[at(place)], place - reach);
  const std::int64_t end = std::min<std::int64_t>(text.ends[at(place)], place + reach + 1);
  if (end - begin < 2) return false;
  const std::int32_t* words = text.words.data();
  window.in.assign(words + begin, words + place);
  window.in.insert(window.in.end(), words + place + 1, words + end);
  const std::int32_t word = words[place];
  window.out.assign(1, word);
  for (std::int64_t i = 0; i < negatives_; ++i) {
    const auto drawn = static_cast<std::int32_t>(noise_.draw(text.rng));
    if (drawn != word) window.out.push_back(drawn);
  }
  return true;
}

}  // namespace wordbridge
