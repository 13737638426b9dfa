#include "models/word2vec/word2vec.h"

#include <algorithm>

#include "core/error.h"
#include "core/progress.h"
#include "core/threads.h"
#include "kernels/window_update.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kRows = 1024;  // rows that are filled at once

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

/// A window with the places of its rows.
struct Place {
  WindowText::Window window;
  std::vector<float*> in, out;
  bool any = false;

  template <class Row>
  void find_rows(std::int64_t words, std::int64_t width, const Row& row) {
    in.clear();
    out.clear();
    for (const auto id : window.in) in.push_back(row(id));
    for (const auto id : window.out) out.push_back(row(static_cast<std::int32_t>(words + id)));
    // The window's last word and the outputs are new; the other words were there just before.
    const auto fetch = [width](const float* values) {
      for (std::int64_t k = 0; k < width; k += 16) __builtin_prefetch(values + k, 1);
    };
    fetch(in.back());
    for (const float* values : out) fetch(values);
  }
  WindowRows rows(std::int64_t width) {
    return {in.data(), static_cast<std::int64_t>(in.size()), out.data(),
            static_cast<std::int64_t>(out.size()), width};
  }
};

}  // namespace

Word2vec::Word2vec(const Word2vecOptions& options, const Corpus& corpus, std::uint64_t seed)
    : options_(options),
      corpus_(corpus),
      text_(training_stream(corpus), corpus.train_counts(), options, seed),
      words_(corpus.vocabulary().size()),
      width_(padded_width(options.dim)),
      matrix_(memory_.get(2 * words_ * width_)) {
  const double bound = 0.5 / static_cast<double>(options.dim);
  for_each_range(2 * words_, kRows, [&](std::int64_t begin, std::int64_t end) {
    std::fill(matrix_ + begin * width_, matrix_ + end * width_, 0.0f);
    for (std::int64_t row = begin; row < std::min(end, words_); ++row) {
      Rng rng(seed, "word2vec words", static_cast<std::uint64_t>(row));
      for (std::int64_t k = 0; k < options.dim; ++k)
        matrix_[row * width_ + k] = static_cast<float>(rng.uniform(-bound, bound));
    }
  });
  if (options.parallel == "fast") return;
  copies_.resize(at(std::clamp(static_cast<std::int64_t>(kShareInRound / text_.largest_share()),
                               std::int64_t{1}, kMostInRound)));
}

std::int64_t Word2vec::epoch_steps() const {
  return (text_.segments() + kStepSegments - 1) / kStepSegments;
}

double Word2vec::learning_rate(std::int64_t epoch, std::int64_t segment) const {
  const double done = static_cast<double>(epoch * text_.segments() + segment) /
                      static_cast<double>(options_.epochs * text_.segments());
  return options_.lr + (options_.lr_min - options_.lr) * done;
}

template <class Row>
KernelModel::StepResult Word2vec::train_segment(std::int64_t epoch, std::int64_t segment,
                                                const Row& row) const {
  static thread_local WindowText::Segment text;
  static thread_local Place places[2];
  text_.read(epoch, segment, text);
  StepResult result;
  result.tokens = text_.segment_tokens(segment);
  result.learning_rate = learning_rate(epoch, segment);
  const auto rate = static_cast<float>(result.learning_rate);
  const bool cbow = options_.architecture == "cbow", whole = options_.cbow_update == "original";
  // The next window's rows are on their way while this one is worked on.
  const auto prepare = [&](std::int64_t at_word, Place& place) {
    place.any = text_.window(text, at_word, place.window);
    if (place.any) place.find_rows(words_, width_, row);
  };
  const auto words = static_cast<std::int64_t>(text.words.size());
  if (words > 0) prepare(0, places[0]);
  for (std::int64_t i = 0; i < words; ++i) {
    if (i + 1 < words) prepare(i + 1, places[(i + 1) % 2]);
    Place& place = places[i % 2];
    if (!place.any) continue;
    const WindowRows rows = place.rows(width_);
    if (cbow) {
      const float share = whole ? 1.0f : 1.0f / static_cast<float>(rows.in_count);
      result.loss += cbow_step(rows, rate, share);
      ++result.examples;
    } else {
      result.loss += skip_gram_step(rows, rate);
      result.examples += rows.in_count;
    }
  }
  return result;
}

void Word2vec::train_fast(std::int64_t epoch, std::int64_t begin, std::int64_t end,
                          StepResult* results) {
  for_each_block(end - begin, [&](std::int64_t i) {
    results[i] = train_segment(epoch, begin + i,
                               [this](std::int32_t row) { return matrix_ + row * width_; });
  });
}

void Word2vec::train_round(std::int64_t epoch, std::int64_t begin, std::int64_t end,
                           StepResult* results) {
  const std::int64_t most = std::min(2 * words_, WindowText::kSegment * (2 + options_.negatives));
  for_each_block(end - begin, [&](std::int64_t i) {
    RowCopies& copies = copies_[at(i)];
    copies.start(matrix_, width_, most);
    results[i] =
        train_segment(epoch, begin + i, [&copies](std::int32_t row) { return copies.row(row); });
    copies.subtract();
  });
  add_differences(copies_, end - begin, matrix_);
}

KernelModel::StepResult Word2vec::train(std::int64_t step) {
  const std::int64_t epoch = step / epoch_steps();
  const std::int64_t begin = step % epoch_steps() * kStepSegments;
  const std::int64_t end = std::min(begin + kStepSegments, text_.segments());
  std::vector<StepResult> results(at(end - begin));
  if (options_.parallel == "fast") {
    train_fast(epoch, begin, end, results.data());
  } else {
    const auto round = static_cast<std::int64_t>(copies_.size());
    for (std::int64_t first = begin; first < end; first += round)
      train_round(epoch, first, std::min(first + round, end), results.data() + (first - begin));
  }
  StepResult sum;
  for (const auto& result : results) {
    sum.loss += result.loss;
    sum.examples += result.examples;
    sum.tokens += result.tokens;
  }
  sum.learning_rate = learning_rate(epoch, end);
  return sum;
}

std::vector<KernelModel::Array> Word2vec::arrays() {
  return {{"words", {words_, width_}, matrix_},
          {"contexts", {words_, width_}, matrix_ + words_ * width_}};
}

EmbeddingTable Word2vec::vectors() const {
  const std::string& which = options_.export_vectors;
  std::vector<float> rows(at(words_ * options_.dim));
  for (std::int64_t w = 0; w < words_; ++w) {
    const float* word = matrix_ + w * width_;
    const float* context = matrix_ + (words_ + w) * width_;
    float* const to = rows.data() + w * options_.dim;
    for (std::int64_t k = 0; k < options_.dim; ++k)
      to[k] = which == "words" ? word[k] : which == "contexts" ? context[k] : word[k] + context[k];
  }
  return {corpus_.vocabulary().words(), std::move(rows), options_.dim,
          fmt::format("word2vec {}, {}", options_.architecture, which)};
}

double Word2vec::estimated_bytes() const {
  const double row = 4.0 * static_cast<double>(width_);
  const auto text = 4.0 * static_cast<double>(corpus_.tokens());
  const double matrices = 2 * static_cast<double>(words_) * row;
  const auto copied =
      static_cast<double>(std::min(2 * words_, WindowText::kSegment * (2 + options_.negatives)));
  return text + matrices + static_cast<double>(copies_.size()) * copied * row;
}

std::string Word2vec::summary() const {
  return fmt::format("{}: {} words x {}, window {}, {} negatives, {}", options_.architecture,
                     human_count(static_cast<std::uint64_t>(words_)), options_.dim, options_.window,
                     options_.negatives,
                     options_.parallel == "fast" ? "threads write without locks"
                                                 : "the same bits on any number of threads");
}

std::unique_ptr<KernelModel> make_word2vec(const ModelOptions& options, const Corpus& corpus,
                                           std::uint64_t seed) {
  return std::make_unique<Word2vec>(dynamic_cast<const Word2vecOptions&>(options), corpus, seed);
}

}  // namespace wordbridge
