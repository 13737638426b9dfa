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

/// What a thread needs for a segment: its words' rows, looked up once.
struct SegmentRows {
  WindowText::Segment text;
  std::vector<float*> in, out, pool;  // [words], [out_begin.back()], [text.pool]
  std::vector<std::int64_t> out_begin;  // [words + 1]

  template <class Row>
  void find(const WordOutputs& outputs, std::int64_t contexts, const Row& row) {
    for (auto* rows : {&in, &out, &pool}) rows->clear();
    out_begin.assign(1, 0);
    const auto context = [&](std::int32_t id) {
      return row(static_cast<std::int32_t>(contexts + id));
    };
    const std::int64_t words = text.words.size(), pools = text.pool.size();
    for (std::int64_t i = 0; i < pools; ++i) {
      if (i + 6 < pools) row.prefetch(contexts + text.pool[i + 6]);
      pool.push_back(context(text.pool[i]));
    }
    for (std::int64_t i = 0; i < words; ++i) {
      const auto word = text.words[i];
      if (i + 6 < words) row.prefetch(text.words[i + 6]);
      if (i + 6 < words) row.prefetch(contexts + text.words[i + 6]);
      in.push_back(row(word));
      for (const auto id : outputs.of(word)) out.push_back(context(id));
      out_begin.push_back(static_cast<std::int64_t>(out.size()));
    }
  }

  /// Rows of the word at `place`, ahead of their use.
  void fetch(std::int64_t place, std::int64_t width) const {
    const auto fetch_row = [width](const float* values) {
      for (std::int64_t k = 0; k < width; k += 16) __builtin_prefetch(values + k, 1);
    };
    fetch_row(in[at(place)]);
    for (auto i = out_begin[at(place)]; i < out_begin[at(place + 1)]; ++i) fetch_row(out[at(i)]);
  }

  /// The rows of a window around the word at `place`.
  WindowRows window(const WindowText::Window& window, std::int64_t place, std::int64_t negatives,
                    std::int64_t yes, std::int64_t width) {
    const auto from = [](const std::vector<float*>& rows, std::int64_t i) {
      return rows.begin() + i;
    };
    window_in.assign(from(in, window.begin), from(in, place));
    window_in.insert(window_in.end(), from(in, place + 1), from(in, window.end));
    window_out.assign(from(out, out_begin[at(place)]), from(out, out_begin[at(place + 1)]));
    const auto pool_size = static_cast<std::int64_t>(pool.size());
    for (std::int64_t i = 0, p = window.negative; i < negatives; ++i, p = p + 1 < pool_size ? p + 1 : 0)
      if (text.pool[at(p)] != text.words[at(place)]) window_out.push_back(pool[at(p)]);
    return {window_in.data(), static_cast<std::int64_t>(window_in.size()), window_out.data(),
            static_cast<std::int64_t>(window_out.size()), yes, width};
  }
  std::vector<float*> window_in, window_out;
};

struct Direct {
  float* m; std::int64_t w;
  float* operator()(std::int32_t r) const { return m + r * w; }
  void prefetch(std::int32_t) const {}
};
struct Copied {
  RowCopies& copies;
  float* operator()(std::int32_t r) const { return copies.row(r); }
  void prefetch(std::int32_t r) const { copies.prefetch(r); }
};

CharacterNgrams ngrams_of(const Word2vecOptions& options) {
  return {static_cast<std::int32_t>(options.ngrams.min), static_cast<std::int32_t>(options.ngrams.max),
          static_cast<std::int32_t>(options.ngrams.buckets)};
}

}  // namespace

Word2vec::Word2vec(const Word2vecOptions& options, const Corpus& corpus, std::uint64_t seed)
    : options_(options),
      corpus_(corpus),
      text_(training_stream(corpus), corpus.train_counts(), options, seed),
      words_(corpus.vocabulary().size()),
      width_(padded_width(options.dim)),
      outputs_(options.output == "hierarchical" ? WordOutputs::tree(corpus.train_counts())
                                                : WordOutputs(words_)) {
  if (options.ngrams.buckets > 0)
    parts_ = WordParts(corpus.vocabulary().words(), ngrams_of(options), words_ + outputs_.rows());
  rows_ = words_ + outputs_.rows() + ngram_rows();
  matrix_ = memory_.get(rows_ * width_);
  const double bound = (parts_.any() ? 1 : 0.5) / static_cast<double>(options.dim);
  for_each_range(rows_, kRows, [&](std::int64_t begin, std::int64_t end) {
    std::fill(row(begin), row(end), 0.0f);
    for (std::int64_t r = begin; r < end; ++r) {
      const std::int64_t ngram = r - words_ - outputs_.rows();
      if (r >= words_ && ngram < 0) continue;
      Rng rng = r < words_ ? Rng(seed, "word2vec words", static_cast<std::uint64_t>(r))
                           : Rng(seed, "word2vec n-grams",
                                 static_cast<std::uint64_t>(parts_.buckets()[at(ngram)]));
      for (std::int64_t k = 0; k < options.dim; ++k)
        row(r)[k] = static_cast<float>(rng.uniform(-bound, bound));
    }
  });
  if (options.parallel == "fast") return;
  copies_.resize(at(std::clamp(static_cast<std::int64_t>((std::getenv("SHARE")?atof(std::getenv("SHARE")):kShareInRound) / text_.largest_share()),
                               std::int64_t{1}, (std::getenv("ROUND")?atol(std::getenv("ROUND")):kMostInRound))));
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
  static thread_local SegmentRows rows;
  WindowText::Segment& text = rows.text;
  text_.read(epoch, segment, text);
  rows.find(outputs_, words_, row);
  StepResult result;
  result.tokens = text_.segment_tokens(segment);
  result.learning_rate = learning_rate(epoch, segment);
  const auto rate = static_cast<float>(result.learning_rate);
  const bool cbow = options_.architecture == "cbow", whole = options_.cbow_update == "original";
  const auto words = static_cast<std::int64_t>(text.words.size());
  for (std::int64_t i = 0; i < words; ++i) {
    // The first of the words that come into the windows soon; those before are there.
    if constexpr (std::is_same_v<Row, Direct>) if (i + options_.window + 2 < words) rows.fetch(i + options_.window + 2, width_);
    const WindowText::Window window = text_.window(text, i);
    if (window.end - window.begin < 2) continue;
    const WindowRows step = rows.window(window, i, text_.negatives(),
                                        outputs_.of(text.words[at(i)]).yes, width_);
    if (cbow) {
      const float share = whole ? 1.0f : 1.0f / static_cast<float>(step.in_count);
      result.loss += cbow_step(step, rate, share);
      ++result.examples;
    } else {
      result.loss += skip_gram_step(step, rate);
      result.examples += step.in_count;
    }
  }
  return result;
}

std::int64_t Word2vec::most_copies() const {
  const std::int64_t contexts = WindowText::kSegment * outputs_.most() + text_.pool();
  return std::min(words_, WindowText::kSegment) + std::min(outputs_.rows(), contexts);
}

void Word2vec::train_fast(std::int64_t epoch, std::int64_t begin, std::int64_t end,
                          StepResult* results) {
  for_each_block(end - begin, [&](std::int64_t i) {
    if (std::getenv("DIRECT")) {
      results[i] = train_segment(epoch, begin + i, Direct{matrix_, width_});
      return;
    }
    // Means can't be changed in place.
    static thread_local RowCopies copies;
    copies.start(matrix_, width_, most_copies(), parts_);
    results[i] = train_segment(epoch, begin + i, Copied{copies});
    copies.subtract();
    add_differences(&copies, 1, matrix_);
  });
}

void Word2vec::train_round(std::int64_t epoch, std::int64_t begin, std::int64_t end,
                           StepResult* results) {
  for_each_block(end - begin, [&](std::int64_t i) {
    RowCopies& copies = copies_[at(i)];
    copies.start(matrix_, width_, most_copies(), parts_);
    results[i] = train_segment(epoch, begin + i, Copied{copies});
    copies.subtract();
  });
  add_differences(copies_.data(), end - begin, matrix_);
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
  std::vector<Array> arrays = {{"words", {words_, width_}, matrix_},
                               {"contexts", {outputs_.rows(), width_}, row(words_)}};
  if (parts_.any())
    arrays.push_back({"ngrams", {ngram_rows(), width_}, row(words_ + outputs_.rows())});
  return arrays;
}

EmbeddingTable Word2vec::vectors() const {
  const std::string& which = options_.export_vectors;
  std::vector<float> rows(at(words_ * options_.dim)), mean(at(width_));
  for (std::int64_t w = 0; w < words_; ++w) {
    const float* word = row(w);
    if (parts_.any()) {
      parts_.mean(static_cast<std::int32_t>(w), matrix_, width_, mean.data());
      word = mean.data();
    }
    const float* context = row(words_ + w);
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
  return text + row * static_cast<double>(rows_ + static_cast<std::int64_t>(copies_.size()) * most_copies());
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
