#include "models/glove/glove.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/rng.h"
#include "core/text.h"
#include "core/threads.h"
#include "data/counts/open_counts.h"
#include "data/counts/read_counts.h"

namespace wordbridge {
namespace {

/// A random order of 0 .. size - 1.
std::vector<std::int64_t> random_order(std::int64_t size, Rng& rng) {
  std::vector<std::int64_t> order(at(size));
  std::iota(order.begin(), order.end(), 0);
  rng.shuffle(order);
  return order;
}

/// Sets the initial parameters of all words.
void initialize(float* matrix, const TileGroups& groups, const GloveRow& row, std::uint64_t seed,
                const char* stream) {
  constexpr std::int64_t kRows = 1024;
  const double bound = 0.5 / static_cast<double>(row.dim);
  for_each_range(groups.rows(), kRows, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      float* const values = matrix + r * row.size();
      std::fill(values, values + row.sums(), 0.0f);
      std::fill(values + row.sums(), values + row.size(), 1.0f);
    }
  });
  for_each_range(groups.words(), kRows, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t word = begin; word < end; ++word) {
      Rng rng(seed, stream, static_cast<std::uint64_t>(word));
      float* const values = matrix + groups.row(word) * row.size();
      for (std::int64_t k = 0; k <= row.bias(); ++k)
        values[k] = static_cast<float>(rng.uniform(-bound, bound));
    }
  });
}

}  // namespace

Glove::Glove(const GloveOptions& options, const Corpus& corpus, std::uint64_t seed)
    : options_(options),
      corpus_(corpus),
      seed_(seed),
      settings_{{options.dim.value()},
                static_cast<float>(options.lr.value()),
                static_cast<float>(options.x_max),
                static_cast<float>(options.alpha)},
      groups_(corpus.vocabulary().size(), 4 * settings_.row.size()) {
  words_ = memory_[0].get(groups_.rows() * settings_.row.size());
  contexts_ = memory_[1].get(groups_.rows() * settings_.row.size());
  initialize(words_, groups_, settings_.row, seed, "glove words");
  initialize(contexts_, groups_, settings_.row, seed, "glove contexts");
}

std::string Glove::inputs() const {
  if (!inputs_) inputs_ = counts_inputs(options_.counts);
  return *inputs_;
}

void Glove::prepare() {
  inputs();  // of the files as they are now
  const SparseCounts owner = open_counts(corpus_, options_.counts, seed_);
  const SparseView counts = owner.view();
  if (counts.cols != counts.rows) {
    throw Error("the contexts of GloVe are the words of the vocabulary")
        .at("model.glove.counts.file: {}", options_.counts.file)
        .expected("as many columns as rows, {}", counts.rows)
        .got("{}", counts.cols);
  }
  tiles_ = CountTiles(counts, groups_, seed_);
  std::vector<double> losses(at(groups_.groups()));
  for_each_block(groups_.groups(), [&](std::int64_t words) {
    for (std::int64_t contexts = 0; contexts < groups_.groups(); ++contexts)
      for (std::int64_t p = 0; p < tiles_.parts(); ++p) {
        const CountTiles::Part part = tiles_.part(words, contexts, p);
        losses[at(words)] += glove_loss_at_zero(part.counts, part.size, settings_);
      }
  });
  loss_at_zero_ =
      std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(tiles_.size());
  if (!(loss_at_zero_ > 0)) {
    throw Error("nothing to train on: all co-occurrence counts are 1, so their logarithms are 0")
        .at("model.glove.counts")
        .got("{}", counted(tiles_.size(), "count"))
        .hint("the text is too short, or the window too small");
  }
  log("glove", "{} of {} in {} contexts", counted(tiles_.size(), "count"),
      counted(counts.rows, "word"), human_count(static_cast<std::uint64_t>(counts.cols)));
}

StreamingModel::StepResult Glove::train(std::int64_t step) {
  const std::int64_t groups = groups_.groups(), epoch = step / groups, stratum = step % groups;
  Rng rng(seed_, "glove order", static_cast<std::uint64_t>(epoch));
  const std::vector<std::int64_t> words = random_order(groups, rng);
  const std::vector<std::int64_t> contexts = random_order(groups, rng);
  std::vector<StepResult> results(at(groups));
  const std::int64_t group_size = groups_.most() * settings_.row.size();
  for_each_block(groups, [&](std::int64_t i) {
    const std::int64_t row = words[at(i)], column = contexts[at((i + stratum) % groups)];
    Rng part_rng(seed_, "glove parts", static_cast<std::uint64_t>(step * groups + i));
    for (const std::int64_t p : random_order(tiles_.parts(), part_rng)) {
      const CountTiles::Part part = tiles_.part(row, column, p);
      results[at(i)].loss += glove_steps(part.counts, part.size, words_ + row * group_size,
                                         contexts_ + column * group_size, settings_);
      results[at(i)].examples += part.size;
    }
  });
  StepResult sum;
  for (const StepResult& result : results) {
    sum.loss += result.loss;
    sum.examples += result.examples;
  }
  sum.done = sum.examples;
  sum.learning_rate = *options_.lr;
  return sum;
}

std::vector<StreamingModel::Array> Glove::arrays() {
  const std::vector<std::int64_t> shape = {groups_.rows(), settings_.row.size()};
  return {{"words", shape, words_}, {"contexts", shape, contexts_}};
}

EmbeddingTable Glove::vectors() const { return table(options_.export_vectors); }

std::vector<std::pair<std::string, EmbeddingTable>> Glove::tables() const {
  using Vectors = GloveOptions::Vectors;
  return {{"words", table(Vectors::words)}, {"contexts", table(Vectors::contexts)}};
}

std::optional<EmbeddingTable> Glove::contexts() const {
  if (!options_.keep_contexts) return std::nullopt;
  return table(GloveOptions::Vectors::contexts);
}

EmbeddingTable Glove::table(GloveOptions::Vectors which) const {
  using Vectors = GloveOptions::Vectors;
  std::vector<float> rows(at(groups_.words() * dim()));
  for (std::int64_t word = 0; word < groups_.words(); ++word) {
    const float* const w = words_ + groups_.row(word) * settings_.row.size();
    const float* const c = contexts_ + groups_.row(word) * settings_.row.size();
    float* const to = rows.data() + word * dim();
    for (std::int64_t k = 0; k < dim(); ++k)
      to[k] = which == Vectors::words ? w[k] : which == Vectors::contexts ? c[k] : w[k] + c[k];
  }
  return {corpus_.vocabulary().words(), std::move(rows), dim(),
          fmt::format("glove, {}", name_of(GloveOptions::vector_kinds(), which))};
}

std::string Glove::hint_without_examples() const {
  return "windows end at the ends of documents, and no document of the training split has two "
         "words of the vocabulary: put the text into one file, lower data.vocabulary.min_count, or "
         "set model.glove.counts.cross_documents=true";
}

double Glove::estimated_bytes() const {
  // The counts of each pair and their copy in tiles.
  const ExpectedCounts expected = expected_counts(corpus_, options_.counts);
  const double counts = std::max(20 * expected.nonzeros, expected.reading_bytes);
  return counts + 8.0 * static_cast<double>(groups_.rows() * settings_.row.size());
}

std::string Glove::summary() const {
  const std::string counts = options_.counts.file.empty()
                                 ? fmt::format("window {}", options_.counts.window)
                                 : "counts of " + options_.counts.file;
  return fmt::format("{} words x {}, {}, x_max {}",
                     human_count(static_cast<std::uint64_t>(groups_.words())), dim(), counts,
                     number_text(options_.x_max));
}

std::unique_ptr<StreamingModel> make_glove(const ModelOptions& options, const Corpus& corpus,
                                           std::uint64_t seed) {
  return std::make_unique<Glove>(dynamic_cast<const GloveOptions&>(options), corpus, seed);
}

}  // namespace wordbridge
