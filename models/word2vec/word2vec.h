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

/// Occurrences of the words that the tree is made of, at least 1: the vocabulary's, which a
/// continued training keeps, or if it has none those of the text.
std::vector<std::int64_t> tree_counts(const Corpus& corpus);

/// Skip-gram and CBOW with negative sampling or hierarchical softmax, and with character n-grams;
/// see docs/word2vec.md.
class Word2vec : public StreamingModel {
 public:
  /// Rows of words start uniform in [-1/(2 dim), 1/(2 dim)), with n-grams theirs too and in
  /// [-1/dim, 1/dim); those of contexts start at zero.
  Word2vec(const Word2vecOptions& options, const Corpus& corpus, std::uint64_t seed);

  /// With options.start: what it has of words, contexts and n-grams.
  void begin() override;
  std::int64_t dim() const override { return options_.dim; }
  std::int64_t epochs() const override { return options_.epochs; }
  std::int64_t epoch_steps() const override;
  std::int64_t log_steps() const override { return options_.log_steps; }
  /// An example: a word of a window with the middle one (skip-gram), or a window (cbow).
  StepResult train(std::int64_t step) override;
  std::vector<Array> arrays() override;
  EmbeddingTable vectors() const override;
  std::optional<EmbeddingTable> contexts() const override;
  double loss_at_zero() const override;
  double estimated_bytes() const override;
  /// model.bin, if it is to be kept.
  void write_files(const std::filesystem::path& folder) const override;
  std::string summary() const override;

  /// Words of the text in a step.
  static constexpr std::int64_t kStepTokens = 262144;

 private:
  /// Loss and examples of a segment, whose text is in `rows`; `row(r)` is where row r of the matrix
  /// is read and changed.
  template <class Row>
  StepResult train_segment(std::int64_t epoch, std::int64_t segment, SegmentRows& rows,
                           const Row& row) const;
  /// The segments [begin, end), whose results are put at `results`.
  void train_fast(std::int64_t epoch, std::int64_t begin, std::int64_t end, StepResult* results);
  void train_round(std::int64_t epoch, std::int64_t begin, std::int64_t end, StepResult* results);
  EmbeddingTable table(Word2vecOptions::Vectors which) const;
  double learning_rate(std::int64_t epoch, std::int64_t segment) const;
  std::int64_t step_segments() const { return kStepTokens / rounds_.tokens; }
  /// Words, and rows of any kind, that are copied for a segment at most.
  std::int64_t most_words() const;
  std::int64_t most_copies() const;
  std::int64_t ngram_rows() const { return static_cast<std::int64_t>(parts_.buckets().size()); }
  float* row(std::int64_t index) const { return matrix_ + index * width_; }

  Word2vecOptions options_;
  const Corpus& corpus_;
  std::int64_t words_, width_;
  OutputRows outputs_;
  Subwords parts_;
  std::vector<double> shares_;  // [V] of the words in what is used of the text
  Rounds rounds_;
  TrainingWindows text_;
  std::int64_t rows_;
  Scratch memory_;
  float* matrix_;  // [rows_, width]: words, contexts, n-grams
  /// With parallel: deterministic.
  struct Round {
    Round(std::int64_t segments, std::int64_t matrix_rows)
        : rows(static_cast<std::size_t>(segments)),
          copies(static_cast<std::size_t>(segments)),
          owners(matrix_rows),
          merger(matrix_rows) {}
    std::vector<SegmentRows> rows;  // of each segment
    std::vector<RowCopies> copies;
    RowOwners owners;
    CopyMerger merger;
  };
  std::unique_ptr<Round> round_;
};

}  // namespace wordbridge
