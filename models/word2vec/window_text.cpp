#include "models/word2vec/window_text.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

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
      negatives_(options.output == "hierarchical" ? 0 : options.negatives),
      pool_(negatives_ == 0 ? 0 : std::max<std::int64_t>(std::getenv("POOL") ? atoi(std::getenv("POOL")) : 256, negatives_)),
      dynamic_(options.window_type == "dynamic"),
      clean_(options.subsampling == "clean"),
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
  text.places.clear();
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
    text.places.push_back(static_cast<std::int32_t>(place - begin));
  }
  close();
  text.pool.clear();
  for (std::int64_t i = 0; i < pool_; ++i)
    text.pool.push_back(static_cast<std::int32_t>(noise_.draw(text.rng)));
}

WindowText::Window WindowText::window(Segment& text, std::int64_t word) const {
  const std::int64_t reach =
      dynamic_ ? 1 + static_cast<std::int64_t>(text.rng.below(static_cast<std::uint64_t>(window_)))
               : window_;
  Window window{std::max<std::int64_t>(text.begins[at(word)], word - reach),
                std::min<std::int64_t>(text.ends[at(word)], word + reach + 1), 0};
  if (clean_) {
    const std::int64_t place = text.places[at(word)];
    while (place - text.places[at(window.begin)] > reach) ++window.begin;
    while (text.places[at(window.end - 1)] - place > reach) --window.end;
  }
  if (pool_ > 0)
    window.negative = static_cast<std::int64_t>(text.rng.below(static_cast<std::uint64_t>(pool_)));
  return window;
}

}  // namespace wordbridge
