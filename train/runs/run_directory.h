#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/io/container.h"
#include "core/io/file.h"
#include "data/vectors/vector_format.h"
#include "train/learner.h"
#include "train/runs/run_files.h"

namespace wordbridge {

class TensorboardLog;

/// A run is a directory:
///
///     config.yaml        the full configuration, sufficient to repeat the run
///     manifest.json      seed, versions, machine, checksums of data and vocabulary
///     vocabulary.tsv     words and counts
///     metrics.jsonl      one line per epoch; the same bytes for the same seed
///     timing.jsonl       seconds and rates, kept separately because they differ between runs
///     log.txt            the log
///     checkpoints/       latest.wb, best.wb
///     model.wb           a model that is not trained by gradients; classes.tsv: its word classes
///     model.bin          a word2vec model in fastText's model format
///     vectors.txt, eval.json; vectors.bin, .wbv, ... in other formats
///     contexts.txt|...   context vectors of a word2vec model, if requested
///     epochs/            vectors after some epochs, if requested
///     tensorboard/       metrics and vectors for TensorBoard, if requested
///     eval_items.wb      score of each pair and question of the benchmarks
///     token_scores.wb    of a language model: ln P of each validation and test token
///     context_measures.json  of a model that reads sequences, if `wordbridge contexts` stored them
///     summary.json       the results; written last, so a run is complete if it exists
class RunDirectory : public TrainingLog {
 public:
  enum class Mode {
    create,     // Error if the run exists
    overwrite,  // removes the files of an existing run first
    resume      // Error if the run does not exist
  };
  /// Throws the errors of the constructor without changing any file; to be called before long work.
  static void check(const std::filesystem::path& path, Mode mode);
  /// Whether it has a summary.json that is not damaged.
  static bool is_complete(const std::filesystem::path& path);
  /// The files that the run at `path` has or may write, and those of its vectors.
  static std::vector<std::filesystem::path> files(const std::filesystem::path& path);
  /// Whether the run has word vectors; not every model has them.
  static bool has_vectors(const std::filesystem::path& path);
  RunDirectory(std::filesystem::path path, Mode mode);
  ~RunDirectory() override;
  /// Removes the files of the run at `path`, and the folder if nothing else is in it.
  static void remove(const std::filesystem::path& path);
  /// Removes the run: for one that failed before anything was trained, so that the corrected
  /// command can be given again.
  void discard();

  const std::filesystem::path& folder() const override { return path_; }
  std::filesystem::path file(const std::string& name) const { return path_ / name; }

  /// When a run is resumed, both files are truncated to their lengths at the checkpoint.
  void metrics(const nlohmann::ordered_json& line) override;
  void timing(const nlohmann::ordered_json& line) override;

  /// Sets the file format of the vectors, and the number of epochs after which they are also
  /// written; 0: only at the end.
  void set_vectors(VectorFormat format, std::int64_t epochs);
  /// From now on, also writes the metrics and the lengths of the words' vectors for TensorBoard. To
  /// be called after a checkpoint was restored, if there is one.
  void write_tensorboard();
  /// Writes NAME.txt, or with the extension of another format, and logs the file.
  void write_vectors(const std::string& name, const EmbeddingTable& table) const override;
  /// Called at the end of an epoch. Writes its vectors if set_vectors() requests them, and their
  /// lengths for TensorBoard.
  void write_epoch_vectors(std::int64_t epoch, Learner& learner) override;

  /// Sets what a checkpoint and the run that resumes from it must have in common (configuration,
  /// text, vocabulary).
  void set_identity(const nlohmann::json& identity);
  void save_checkpoint(Checkpoint which, const Learner& learner) override;
  bool has_checkpoint(Checkpoint which) const;
  /// `latest` also truncates metrics.jsonl and timing.jsonl to their lengths at that checkpoint.
  void restore_checkpoint(Checkpoint which, Learner& learner) override;

 private:
  std::filesystem::path checkpoint(Checkpoint which) const;
  void open_logs(std::uint64_t metrics_bytes, std::uint64_t timing_bytes);

  std::filesystem::path path_;
  VectorFormat vectors_format_ = VectorFormat::text;
  std::int64_t vectors_epochs_ = 0;
  std::unique_ptr<AppendFile> metrics_, timing_, log_;
  std::unique_ptr<nlohmann::json> identity_;
  std::unique_ptr<TensorboardLog> tensorboard_;
  std::uint64_t event_bytes_ = 0;  // of TensorBoard's events, at the restored checkpoint
};

}  // namespace wordbridge
