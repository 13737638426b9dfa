#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "core/io/container.h"
#include "core/io/file.h"
#include "data/vectors/vector_format.h"
#include "train/learner.h"
#include "train/runs/run_files.h"

namespace wordbridge {

/// A run is a directory:
///
///     config.yaml        the whole configuration: enough to make the run again
///     manifest.json      seed, versions, machine, checksums of data and vocabulary
///     vocabulary.tsv     words and counts
///     metrics.jsonl      a line an epoch; the same bytes for the same seed
///     timing.jsonl       seconds and rates, kept apart because they never are the same
///     log.txt            what was said
///     checkpoints/       latest.wb, best.wb
///     model.wb           a model that is not trained by gradients; classes.tsv: its words' classes
///     model.bin          a word2vec model as a model of fastText's
///     vectors.txt, eval.json; vectors.bin, .wbv, ... in other formats
///     contexts.txt|...   a word2vec model's vectors of words as contexts, if asked for
///     epochs/            vectors after some epochs, if asked for
///     eval_items.wb      what each pair and question of the benchmarks got
///     token_scores.wb    of a language model: ln P of each token of validation and test
///     summary.json       the results; written last, so its presence says that the run is complete
class RunDirectory : public TrainingLog {
 public:
  enum class Mode {
    create,     // Error if there is a run already
    overwrite,  // what a run left there goes first
    resume      // Error if there is none
  };
  /// What the constructor refuses, without touching anything: to be asked before long work.
  static void check(const std::filesystem::path& path, Mode mode);
  static bool is_complete(const std::filesystem::path& path);
  /// Not every model has word vectors.
  static bool has_vectors(const std::filesystem::path& path);
  RunDirectory(std::filesystem::path path, Mode mode);
  ~RunDirectory() override;

  const std::filesystem::path& folder() const override { return path_; }
  std::filesystem::path file(const std::string& name) const { return path_ / name; }

  /// Both are cut back to the checkpoint's state when a run is resumed.
  void metrics(const nlohmann::ordered_json& line) override;
  void timing(const nlohmann::ordered_json& line) override;

  /// The format of the run's vectors, and after how many epochs they are
  /// also kept, 0: only at the end.
  void set_vectors(VectorFormat format, std::int64_t epochs);
  /// Writes NAME.txt, or with another format's ending, and logs it.
  void write_vectors(const std::string& name, const EmbeddingTable& table) const override;
  /// At the end of an epoch, if its vectors are to be kept.
  void write_epoch_vectors(std::int64_t epoch, Learner& learner) override;

  /// What must agree between a checkpoint and the run that continues from it (corpus, vocabulary).
  void set_identity(const nlohmann::json& identity);
  void save_checkpoint(Checkpoint which, const Learner& learner) override;
  bool has_checkpoint(Checkpoint which) const;
  /// `latest` also cuts metrics.jsonl and timing.jsonl to where they were.
  void restore_checkpoint(Checkpoint which, Learner& learner) override;

 private:
  std::filesystem::path checkpoint(Checkpoint which) const;
  void open_logs(std::uint64_t metrics_bytes, std::uint64_t timing_bytes);

  std::filesystem::path path_;
  VectorFormat vectors_format_ = VectorFormat::text;
  std::int64_t vectors_epochs_ = 0;
  std::unique_ptr<AppendFile> metrics_, timing_, log_;
  std::unique_ptr<nlohmann::json> identity_;
};

}  // namespace wordbridge
