#include "models/word2vec/word2vec.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/index.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/threads.h"
#include "models/word2vec/expected_updates.h"
#include "models/word2vec/segment_rows.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kRows = 1024;     // rows initialised in one block
constexpr std::int64_t kWordsAhead = 3;  // words whose rows are prefetched ahead of their use

/// Expected counts of the words in the subsampled text [V].
std::vector<double> used_counts(const Corpus& corpus, double sample) {
  std::vector<double> counts;
  for (const auto count : corpus.train_counts())
    counts.push_back(static_cast<double>(count) * used_share(sample, corpus.train().size(), count));
  return counts;
}

/// Relative frequencies of the words in the subsampled text [V].
std::vector<double> shares_of(const Corpus& corpus, double sample) {
  std::vector<double> shares = used_counts(corpus, sample);
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  for (double& share : shares) share /= sum;
  return shares;
}

}  // namespace

Word2vec::Word2vec(const Word2vecOptions& options, const Corpus& corpus, std::uint64_t seed,
                   const PositiveSampling& sampling)
    : options_(options),
      corpus_(corpus),
      words_(corpus.vocabulary().size()),
      width_(padded_width(options.dim.value())),
      outputs_(options.output == Word2vecOptions::Output::hierarchical
                   ? OutputRows::tree(tree_counts(corpus))
                   : OutputRows(words_)),
      parts_(options.ngrams.buckets > 0
                 ? Subwords(corpus.vocabulary().words(), options.ngrams.settings(),
                            words_ + outputs_.rows())
                 : Subwords()),
      shares_(shares_of(corpus, options.sample)),
      rounds_(choose_rounds(options, shares_, parts_, corpus.train().size(), sampling)),
      text_(training_stream(corpus), corpus.train_counts(), options, rounds_.tokens, seed,
            sampling),
      step_segments_(kStepTokens / rounds_.tokens) {
  rows_ = words_ + outputs_.rows() + ngram_rows();
  matrix_ = memory_.get(rows_ * width_);
  const double bound = (parts_.any() ? 1 : 0.5) / static_cast<double>(*options.dim);
  for_each_range(rows_, kRows, [&](std::int64_t begin, std::int64_t end) {
    std::fill(row(begin), row(end), 0.0f);
    for (std::int64_t r = begin; r < end; ++r) {
      const std::int64_t ngram = r - words_ - outputs_.rows();
      if (r >= words_ && ngram < 0) continue;
      Rng rng = r < words_ ? Rng(seed, "word2vec words", static_cast<std::uint64_t>(r))
                           : Rng(seed, "word2vec n-grams",
                                 static_cast<std::uint64_t>(parts_.buckets()[at(ngram)]));
      for (std::int64_t k = 0; k < *options.dim; ++k)
        row(r)[k] = static_cast<float>(rng.uniform(-bound, bound));
    }
  });
  if (options.parallel == Word2vecOptions::Parallel::deterministic)
    round_ = std::make_unique<Round>(rounds_.segments, rows_, words_);
}

std::int64_t Word2vec::epoch_steps() const {
  return (text_.segments() + step_segments_ - 1) / step_segments_;
}

bool Word2vec::train_in_shards(std::int64_t shards) {
  constexpr std::int64_t kMerges = 16;  // of an epoch, at least
  const std::int64_t most = text_.segments() / (kMerges * shards);
  step_segments_ = std::clamp(most, std::min(rounds_.segments, step_segments_), step_segments_);
  return true;
}

std::vector<std::vector<float>> Word2vec::row_updates() const {
  std::vector<double> noise;
  if (options_.output == Word2vecOptions::Output::sampling)
    for (std::int64_t w = 0; w < words_; ++w) noise.push_back(text_.noise().probability(w));
  ExpectedUpdates updates =
      expected_updates(options_, shares_, noise, outputs_, parts_, text_.sampling());
  const std::vector<double> used = used_counts(corpus_, options_.sample);
  const double words =
      std::accumulate(used.begin(), used.end(), 0.0) / static_cast<double>(epoch_steps());
  std::vector<std::vector<float>> all = {std::move(updates.words), std::move(updates.contexts)};
  if (parts_.any()) all.push_back(std::move(updates.ngrams));
  for (auto& rows : all)
    for (float& row : rows) row *= static_cast<float>(words);
  return all;
}

double Word2vec::learning_rate(std::int64_t epoch, std::int64_t segment) const {
  const double done = std::min(1.0, static_cast<double>(epoch * text_.segments() + segment) /
                                        (*options_.epochs * static_cast<double>(text_.segments())));
  return *options_.lr + (options_.lr_min - *options_.lr) * done;
}

template <class Row>
StreamingModel::StepResult Word2vec::train_segment(std::int64_t epoch, std::int64_t segment,
                                                   SegmentRows& rows, const Row& row) const {
  TrainingWindows::Segment& text = rows.text;
  rows.find(row);
  StepResult result;
  result.done = text_.segment_tokens(segment);
  result.learning_rate = learning_rate(epoch, segment);
  const auto rate = static_cast<float>(result.learning_rate);
  const bool cbow = options_.architecture == Word2vecOptions::Architecture::cbow,
             whole = options_.cbow_update == Word2vecOptions::CbowUpdate::original;
  const PositiveSampling& sampling = text_.sampling();
  const bool has_partners = sampling.per_word() > 0;
  for (std::int64_t i = text.begin; i < text.end; ++i) {
    // The next word that enters the windows; the ones before it are in the cache already.
    rows.prefetch(i + options_.window + kWordsAhead, width_);
    rows.prefetch_negatives(i + kWordsAhead, text_.negatives(), width_);
    if (has_partners) rows.prefetch_partners(i + kWordsAhead, width_);
    if (sampling.skips_negatives())
      rows.prefetch_related(i + options_.window + kWordsAhead, i + kWordsAhead, text_);
    const TrainingWindows::Window window = text_.window(text, i);
    if (window.end - window.begin < 2) continue;
    const WindowRows step =
        sampling.center_input
            ? rows.center_window(window, i, text_, width_)
            : rows.window(window, i, text_, outputs_.of(text.words[at(i)]).yes, width_);
    const std::int64_t examples = cbow ? 1 : window.end - window.begin - 1;
    result.examples += examples;
    if (cbow) {
      const float share = whole ? 1.0f : 1.0f / static_cast<float>(step.in_count);
      result.loss += cbow_step(step, rate, share);
    } else {
      result.loss += skip_gram_step(step, rate);
    }
    if (!has_partners) continue;
    // All pairs of a word share the partners drawn for it.
    const PartnerRows partners = rows.partners(i, sampling, examples, width_);
    if (partners.counts[0] + partners.counts[1] > 0) result.loss += partner_step(partners, rate);
  }
  return result;
}

std::int64_t Word2vec::most_words() const {
  return std::min(words_, rounds_.tokens + 2 * options_.window);
}

std::int64_t Word2vec::most_copies() const {
  const std::int64_t contexts =
      rounds_.tokens * (outputs_.most() + text_.negatives() + text_.sampling().per_word()) +
      (text_.sampling().center_input ? 2 * options_.window : 0);
  return most_words() + std::min(outputs_.rows(), contexts);
}

void Word2vec::train_fast(std::int64_t epoch, std::int64_t begin, std::int64_t end,
                          StepResult* results) {
  const InPlace in_place{matrix_, width_};
  if (!parts_.any()) {
    for_each_block(end - begin, [&](std::int64_t i) {
      static thread_local SegmentRows rows;
      text_.read(epoch, begin + i, rows.text);
      rows.list(outputs_, static_cast<std::int32_t>(words_), text_);
      results[i] = train_segment(epoch, begin + i, rows, in_place);
    });
    return;
  }
  // Too many segments at once would overshoot here too, so use at most as many as in a round.
  std::atomic<std::int64_t> next{begin};
  for_each_block(rounds_.segments, [&](std::int64_t) {
    static thread_local SegmentRows rows;
    static thread_local RowCopies copies;
    CopyMerger merger(0);  // copies of means only
    for (std::int64_t segment = next++; segment < end; segment = next++) {
      text_.read(epoch, segment, rows.text);
      rows.list(outputs_, static_cast<std::int32_t>(words_), text_);
      copies.start(matrix_, width_, most_words(), parts_);
      results[segment - begin] =
          train_segment(epoch, segment, rows, MeansInCopies{copies, parts_, in_place});
      copies.finish();
      merger.merge(&copies, 1, matrix_);
    }
  });
}

void Word2vec::train_round(std::int64_t epoch, std::int64_t begin, std::int64_t end,
                           StepResult* results) {
  Round& round = *round_;
  round.owners.start();
  for_each_block(end - begin, [&](std::int64_t i) {
    SegmentRows& rows = round.rows[at(i)];
    text_.read(epoch, begin + i, rows.text);
    rows.list(outputs_, static_cast<std::int32_t>(words_), text_);
    for (const std::int32_t r : rows.ids()) round.owners.mark(i, r);
  });
  const std::int64_t together = segments_together(begin, end);
  for (std::int64_t first = 0; first < end - begin; first += together) {
    const std::int64_t count = std::min(together, end - begin - first);
    for_each_block(count, [&](std::int64_t block) {
      const std::int64_t i = first + block;
      RowCopies& copies = round.copies[at(i)];
      copies.start(matrix_, width_, most_copies(), parts_);
      const SharedInCopies row{copies, round.owners, i, parts_, {matrix_, width_}};
      results[i] = train_segment(epoch, begin + i, round.rows[at(i)], row);
      copies.finish();
    });
    round.merger.merge(round.copies.data() + first, count, matrix_);
  }
}

std::int64_t Word2vec::segments_together(std::int64_t begin, std::int64_t end) {
  Round& round = *round_;
  const auto for_each_word = [&](const auto& use) {
    for (std::int64_t i = 0; i < end - begin; ++i) {
      const TrainingWindows::Segment& text = round.rows[at(i)].text;
      for (std::int64_t w = text.begin; w < text.end; ++w) use(text.words[at(w)]);
    }
  };
  double words = 0, repeated = 0, tokens = 0;  // repeated: ordered pairs of the same word
  for_each_word([&](std::int32_t word) {
    repeated += 2 * round.counts[at(word)]++;
    ++words;
  });
  for_each_word([&](std::int32_t word) { round.counts[at(word)] = 0; });
  for (std::int64_t segment = begin; segment < end; ++segment)
    tokens += static_cast<double>(text_.segment_tokens(segment));
  const double repeats = tokens * repeated / std::max(1.0, words * (words - 1));
  if (repeats <= rounds_.most_repeats) return end - begin;
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<double>(end - begin) *
                                                             rounds_.most_repeats / repeats));
}

StreamingModel::StepResult Word2vec::train(std::int64_t step) {
  const std::int64_t epoch = step / epoch_steps();
  const std::int64_t begin = step % epoch_steps() * step_segments_;
  const std::int64_t end = std::min(begin + step_segments_, text_.segments());
  std::vector<StepResult> results(at(end - begin));
  if (options_.parallel == Word2vecOptions::Parallel::fast) {
    train_fast(epoch, begin, end, results.data());
  } else {
    const std::int64_t round = rounds_.segments;
    for (std::int64_t first = begin; first < end; first += round)
      train_round(epoch, first, std::min(first + round, end), results.data() + (first - begin));
  }
  StepResult sum;
  for (const auto& result : results) {
    sum.loss += result.loss;
    sum.examples += result.examples;
    sum.done += result.done;
  }
  sum.learning_rate = learning_rate(epoch, end);
  return sum;
}

std::vector<StreamingModel::Array> Word2vec::arrays() {
  std::vector<Array> arrays = {{"words", {words_, width_}, matrix_},
                               {"contexts", {outputs_.rows(), width_}, row(words_)}};
  if (parts_.any())
    arrays.push_back({"ngrams", {ngram_rows(), width_}, row(words_ + outputs_.rows())});
  return arrays;
}

EmbeddingTable Word2vec::vectors() const { return table(options_.export_vectors); }

std::vector<std::pair<std::string, EmbeddingTable>> Word2vec::tables() const {
  using Vectors = Word2vecOptions::Vectors;
  std::vector<std::pair<std::string, EmbeddingTable>> tables;
  tables.emplace_back("words", table(Vectors::words));
  if (options_.output != Word2vecOptions::Output::hierarchical)
    tables.emplace_back("contexts", table(Vectors::contexts));
  return tables;
}

std::optional<EmbeddingTable> Word2vec::contexts() const {
  if (!options_.keep_contexts) return std::nullopt;
  return table(Word2vecOptions::Vectors::contexts);
}

double Word2vec::loss_at_zero() const {
  double outputs = static_cast<double>(text_.negatives_per_pair());
  const PositiveSampling& sampling = text_.sampling();
  for (std::int64_t w = 0; w < words_; ++w) {
    const auto word = static_cast<std::int32_t>(w);
    const auto rows = outputs_.of(word);
    auto own = static_cast<double>(rows.last - rows.first);
    if (sampling.related && !sampling.related->strong(word).empty())
      own += sampling.strong_weight * static_cast<double>(sampling.strong_draws);
    if (sampling.related && !sampling.related->weak(word).empty())
      own += sampling.weak_weight * static_cast<double>(sampling.weak_draws);
    outputs += shares_[at(w)] * own;
  }
  return std::log(2.0) * outputs;
}

EmbeddingTable Word2vec::table(Word2vecOptions::Vectors which) const {
  using Vectors = Word2vecOptions::Vectors;
  std::vector<float> rows(at(words_ * dim())), mean(at(width_));
  for (std::int64_t w = 0; w < words_; ++w) {
    const float* word = row(w);
    if (parts_.any()) {
      parts_.mean(static_cast<std::int32_t>(w), matrix_, width_, mean.data());
      word = mean.data();
    }
    const float* context = row(words_ + w);
    float* const to = rows.data() + w * dim();
    for (std::int64_t k = 0; k < dim(); ++k)
      to[k] = which == Vectors::words      ? word[k]
              : which == Vectors::contexts ? context[k]
                                           : word[k] + context[k];
  }
  return {corpus_.vocabulary().words(), std::move(rows), dim(),
          fmt::format("{} {}, {}", options_.name,
                      name_of(Word2vecOptions::architectures(), options_.architecture),
                      name_of(Word2vecOptions::vector_kinds(), which))};
}

std::string Word2vec::hint_without_examples() const {
  if (options_.sample > 0) {
    return fmt::format(
        "subsampling (model.{0}.sample: {1}) leaves too few words of so short a text; "
        "model.{0}.sample=0 keeps all",
        options_.name, number_text(options_.sample));
  }
  return "windows end at the ends of documents, and no document of the training split has two "
         "words "
         "of the vocabulary: put the text into one file, or lower data.vocabulary.min_count";
}

double Word2vec::estimated_bytes() const {
  const double row = 4.0 * static_cast<double>(width_);
  const auto text = 4.0 * static_cast<double>(corpus_.tokens());
  return text + row * static_cast<double>(
                          rows_ + static_cast<std::int64_t>((round_ ? round_->copies.size() : 0)) *
                                      most_copies());
}

std::string Word2vec::summary() const {
  return fmt::format("{}: {} words x {}, window {}, {} negatives, {}",
                     name_of(Word2vecOptions::architectures(), options_.architecture),
                     human_count(static_cast<std::uint64_t>(words_)), dim(), options_.window,
                     options_.negatives,
                     options_.parallel == Word2vecOptions::Parallel::fast
                         ? "lock-free updates"
                         : "the same bits on any number of threads");
}

std::unique_ptr<StreamingModel> make_word2vec(const ModelOptions& options, const Corpus& corpus,
                                              std::uint64_t seed) {
  return std::make_unique<Word2vec>(dynamic_cast<const Word2vecOptions&>(options), corpus, seed);
}

}  // namespace wordbridge
