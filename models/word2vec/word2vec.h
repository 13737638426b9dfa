#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernels/simd/scratch.h"
#include "models/streaming_model.h"
#include "models/word2vec/output_rows.h"
#include "models/word2vec/rounds.h"
#include "models/word2vec/row_copies.h"
#include "models/word2vec/segment_rows.h"
#include "models/word2vec/subwords.h"
#include "models/word2vec/training_windows.h"
#include "models/word2vec/word2vec_options.h"

namespace wordbridge {

/// Word counts from which the Huffman tree is built, at least 1 each: those of the vocabulary,
/// which continued training keeps, or those of the text if the vocabulary has none.
std::vector<std::int64_t> tree_counts(const Corpus& corpus);

/// Skip-gram and CBOW with negative sampling or hierarchical softmax, and with character n-grams;
/// see docs/word2vec.md.
class Word2vec : public StreamingModel {
 public:
  /// Rows of words are initialised uniformly in [-1/(2 dim), 1/(2 dim)). With n-grams, rows of
  /// words and of n-grams are initialised in [-1/dim, 1/dim). Rows of contexts start at zero.
  Word2vec(const Word2vecOptions& options, const Corpus& corpus, std::uint64_t seed,
           const PositiveSampling& sampling = {});

  /// With options.start: copies the words, contexts and n-grams found there.
  void begin() override;
  std::int64_t dim() const override { return options_.dim.value(); }
  double epochs() const override { return options_.epochs.value(); }
  std::int64_t epoch_steps() const override;
  std::int64_t epoch_size() const override { return corpus_.train().size(); }
  std::int64_t log_steps() const override { return options_.log_steps; }
  /// An example is a pair of centre and context word (skip-gram) or a window (CBOW).
  StepResult train(std::int64_t step) override;
  /// Steps are shorter if an epoch of the text has few of them.
  bool train_in_shards(std::int64_t shards) override;
  std::vector<std::vector<float>> row_updates() const override;
  std::vector<Array> arrays() override;
  EmbeddingTable vectors() const override;
  std::vector<std::pair<std::string, EmbeddingTable>> tables() const override;
  std::optional<EmbeddingTable> contexts() const override;
  std::string hint_without_examples() const override;
  double loss_at_zero() const override;
  double estimated_bytes() const override;
  /// Writes model.bin with keep_model or n-grams.
  void write_files(const std::filesystem::path& folder) const override;
  std::string summary() const override;

  /// Tokens of the text in one step, at most.
  static constexpr std::int64_t kStepTokens = 262144;

 private:
  /// Trains on a segment, whose text is in `rows`; returns its loss and number of examples.
  /// `row(r)` is the address at which row r of the matrix is read and changed.
  template <class Row>
  StepResult train_segment(std::int64_t epoch, std::int64_t segment, SegmentRows& rows,
                           const Row& row) const;
  /// Train on the segments [begin, end) and write their results to `results`.
  void train_fast(std::int64_t epoch, std::int64_t begin, std::int64_t end, StepResult* results);
  void train_round(std::int64_t epoch, std::int64_t begin, std::int64_t end, StepResult* results);
  /// How many of the segments of a round, which have been read, are trained from the same state.
  std::int64_t segments_together(std::int64_t begin, std::int64_t end);
  EmbeddingTable table(Word2vecOptions::Vectors which) const;
  /// Mean loss of predicting a word of the text from the word before it, in nats, with the rows of
  /// the tree and with rows of zeros.
  struct TreeLoss {
    double loss = 0, at_zero = 0;
    std::int64_t pairs = 0;
  };
  TreeLoss tree_loss() const;
  double learning_rate(std::int64_t epoch, std::int64_t segment) const;
  /// Upper bounds of the words, and of the rows of any kind, copied for one segment.
  std::int64_t most_words() const;
  std::int64_t most_copies() const;
  std::int64_t ngram_rows() const { return static_cast<std::int64_t>(parts_.buckets().size()); }
  float* row(std::int64_t index) const { return matrix_ + index * width_; }

  Word2vecOptions options_;
  const Corpus& corpus_;
  std::int64_t words_, width_;
  OutputRows outputs_;
  Subwords parts_;
  std::vector<double> shares_;  // [V]: relative frequencies in the subsampled text
  Rounds rounds_;
  TrainingWindows text_;
  std::int64_t step_segments_;
  std::int64_t rows_;
  Scratch memory_;
  float* matrix_;  // [rows_, width]: words, contexts, n-grams
  /// Working data of parallel: deterministic.
  struct Round {
    Round(std::int64_t segments, std::int64_t matrix_rows, std::int64_t words)
        : rows(static_cast<std::size_t>(segments)),
          copies(static_cast<std::size_t>(segments)),
          owners(matrix_rows),
          merger(matrix_rows),
          counts(static_cast<std::size_t>(words)) {}
    std::vector<SegmentRows> rows;  // [segments]
    std::vector<RowCopies> copies;
    RowOwners owners;
    CopyMerger merger;
    std::vector<std::int32_t> counts;  // [words]: all 0 between rounds
  };
  std::unique_ptr<Round> round_;
};

}  // namespace wordbridge
