#include "models/word2vec/training_windows.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "core/error.h"
#include "core/index.h"
#include "core/io/hash.h"
#include "models/sampling/noise.h"

namespace wordbridge {
namespace {

constexpr double kAll = 4294967296.0;  // 2^32
constexpr std::int32_t kNoPartner = -1;
constexpr int kMostDraws = 100;  // of a negative sample that is not related to the window
constexpr std::uint64_t kMostTurns = 1 << 20;

}  // namespace

TrainingWindows::TrainingWindows(IdStream stream, const std::vector<std::int64_t>& counts,
                                 const Word2vecOptions& options, std::int64_t segment_tokens,
                                 std::uint64_t seed, PositiveSampling sampling)
    : stream_(std::move(stream)),
      window_(options.window),
      negatives_per_pair_(
          options.output == Word2vecOptions::Output::hierarchical ? 0 : options.negatives),
      // The context words of a window share them, if they are the inputs.
      negatives_((sampling.center_input ? 2 * window_ : 1) * negatives_per_pair_),
      segment_(segment_tokens),
      dynamic_(options.window_type == Word2vecOptions::WindowType::dynamic),
      clean_(options.subsampling == Word2vecOptions::Subsampling::clean),
      context_input_(options.architecture == Word2vecOptions::Architecture::skip_gram &&
                     !sampling.center_input),
      seed_(seed),
      sampling_(std::move(sampling)),
      noise_(noise_distribution(Noise::unigram, counts, options.negative_power)) {
  WB_ASSERT(static_cast<std::int64_t>(counts.size()) == stream_.types);
  for (const auto count : counts)
    used_below_.push_back(
        static_cast<std::uint64_t>(used_share(options.sample, stream_.tokens, count) * kAll));
}

std::int64_t TrainingWindows::segment_tokens(std::int64_t segment) const {
  return std::min(segment_, stream_.tokens - segment * segment_);
}

bool TrainingWindows::used(std::int64_t place, std::uint64_t key) const {
  const std::uint64_t below = used_below_[at(stream_.ids[place])];
  return below == static_cast<std::uint64_t>(kAll) ||
         (mix(key, static_cast<std::uint64_t>(place)) >> 32) < below;
}

void TrainingWindows::read(std::int64_t epoch, std::int64_t segment, Segment& text) const {
  const auto index = static_cast<std::uint64_t>(epoch * segments() + segment);
  text.rng = Rng(seed_, "word2vec", index);
  const std::uint64_t key =
      Rng(seed_, "word2vec thinning", static_cast<std::uint64_t>(epoch)).next();
  text.words.clear();
  text.places.clear();
  text.begins.clear();
  text.ends.clear();
  const std::int64_t begin = segment * segment_, end = begin + segment_tokens(segment);
  const auto& documents = stream_.documents;
  auto document = std::upper_bound(documents.begin(), documents.end(), begin);
  const auto add = [&](std::int64_t place) {
    text.words.push_back(stream_.ids[place]);
    text.places.push_back(place);
  };
  const auto left = [&] { return static_cast<std::int64_t>(text.words.size()); };
  for (std::int64_t place = begin - 1; place >= *(document - 1) && left() < window_; --place)
    if (used(place, key)) add(place);
  std::reverse(text.words.begin(), text.words.end());
  std::reverse(text.places.begin(), text.places.end());
  text.begin = left();
  const auto close = [&text] {
    const auto first = static_cast<std::int32_t>(text.ends.size());
    const auto last = static_cast<std::int32_t>(text.words.size());
    text.begins.resize(text.words.size(), first);
    text.ends.resize(text.words.size(), last);
  };
  for (std::int64_t place = begin; place < end; ++place) {
    if (document != documents.end() && place == *document) {
      close();
      ++document;
    }
    if (used(place, key)) add(place);
  }
  text.end = left();
  const std::int64_t document_end = document == documents.end() ? stream_.tokens : *document;
  for (std::int64_t place = end; place < document_end && left() < text.end + window_; ++place)
    if (used(place, key)) add(place);
  close();
  draw_negatives(text);
  draw_partners(index, text);
}

void TrainingWindows::draw_negatives(Segment& text) const {
  text.negatives.clear();
  const bool redraws =
      sampling_.related && sampling_.negatives == PositiveSampling::Negatives::redraw;
  if (!redraws) {
    for (std::int64_t i = (text.end - text.begin) * negatives_; i > 0; --i)
      text.negatives.push_back(static_cast<std::int32_t>(noise_.draw(text.rng)));
    return;
  }
  const std::int64_t reach = context_input_ ? window_ : 0;
  for (std::int64_t word = text.begin; word < text.end; ++word) {
    const auto own = text.words[at(word)];
    const std::int64_t first = std::max<std::int64_t>(text.begins[at(word)], word - reach),
                       last = std::min<std::int64_t>(text.ends[at(word)], word + reach + 1);
    const auto is_related = [&](std::int32_t noise) {
      for (std::int64_t i = first; i < last; ++i)
        if (sampling_.related->related(text.words[at(i)], noise)) return true;
      return false;
    };
    for (std::int64_t i = 0; i < negatives_; ++i) {
      std::int32_t noise = 0;
      int draws = 0;
      do noise = static_cast<std::int32_t>(noise_.draw(text.rng));
      while (is_related(noise) && ++draws < kMostDraws);
      // The word itself is never used as a negative sample.
      text.negatives.push_back(draws < kMostDraws ? noise : own);
    }
  }
}

void TrainingWindows::draw_partners(std::uint64_t index, Segment& text) const {
  text.partners.clear();
  text.drawn.clear();
  if (sampling_.per_word() == 0) return;
  std::unordered_map<std::int32_t, std::uint64_t> turns;  // draws of each word in this segment
  const bool in_turn = sampling_.draws == PositiveSampling::Draws::in_turn;
  const std::uint64_t key = in_turn ? Rng(seed_, "word2vec partners", index).next() : 0;
  for (std::int64_t i = text.begin; i < text.end; ++i) {
    const std::int32_t word = text.words[at(i)];
    std::uint64_t turn = 0;
    if (in_turn) turn = mix(key, static_cast<std::uint64_t>(word)) % kMostTurns + turns[word]++;
    const auto draw = [&](const RelatedWords::Partners& partners, std::int64_t draws) {
      const auto size = static_cast<std::uint64_t>(partners.size());
      for (std::int64_t d = 0; d < draws; ++d) {
        if (size == 0) {
          text.drawn.push_back(&kNoPartner);
          continue;
        }
        const std::uint64_t next =
            turn * static_cast<std::uint64_t>(draws) + static_cast<std::uint64_t>(d);
        text.drawn.push_back(partners.first + (in_turn ? next % size : text.rng.below(size)));
      }
    };
    draw(sampling_.related->strong(word), sampling_.strong_draws);
    draw(sampling_.related->weak(word), sampling_.weak_draws);
  }
  // In a loop of their own, so that the processor reads many at once from memory.
  text.partners.resize(text.drawn.size());
  for (std::size_t i = 0; i < text.drawn.size(); ++i) text.partners[i] = *text.drawn[i];
}

TrainingWindows::Window TrainingWindows::window(Segment& text, std::int64_t word) const {
  const std::int64_t reach =
      dynamic_ ? 1 + static_cast<std::int64_t>(text.rng.below(static_cast<std::uint64_t>(window_)))
               : window_;
  Window window{std::max<std::int64_t>(text.begins[at(word)], word - reach),
                std::min<std::int64_t>(text.ends[at(word)], word + reach + 1)};
  if (clean_) {
    const std::int64_t place = text.places[at(word)];
    while (place - text.places[at(window.begin)] > reach) ++window.begin;
    while (text.places[at(window.end - 1)] - place > reach) --window.end;
  }
  return window;
}

}  // namespace wordbridge
