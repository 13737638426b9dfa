#pragma once

// File names of a run; docs/runs.md describes their contents.

namespace wordbridge::run_files {

constexpr const char* kConfig = "config.yaml";
constexpr const char* kManifest = "manifest.json";
constexpr const char* kVocabulary = "vocabulary.tsv";
constexpr const char* kMetrics = "metrics.jsonl";
constexpr const char* kTiming = "timing.jsonl";
constexpr const char* kLog = "log.txt";
constexpr const char* kCheckpoints = "checkpoints";
constexpr const char* kLatest = "checkpoints/latest.wb";
constexpr const char* kBest = "checkpoints/best.wb";
constexpr const char* kModel = "model.wb";
constexpr const char* kFastTextModel = "model.bin";
constexpr const char* kPairs = "pairs.tsv";
constexpr const char* kClasses = "classes.tsv";
constexpr const char* kEpochs = "epochs";
constexpr const char* kTensorboard = "tensorboard";
constexpr const char* kEval = "eval.json";
constexpr const char* kEvalItems = "eval_items.wb";
constexpr const char* kTokenScores = "token_scores.wb";
constexpr const char* kContextMeasures = "context_measures.json";
constexpr const char* kSummary = "summary.json";
/// In the folder of a run of several seeds: the list of seeds and the configuration.
constexpr const char* kSeeds = "seeds.json";
/// In the folder of a sweep, which holds runs: its axes and points.
constexpr const char* kSweep = "sweep.json";

/// Stems of vector files; the extension depends on the format.
constexpr const char* kVectors = "vectors";
constexpr const char* kContexts = "contexts";

}  // namespace wordbridge::run_files
