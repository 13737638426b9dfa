#include "train/runs/run_evidence.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/io/file.h"
#include "eval/benchmarks/paired_tests.h"
#include "train/runs/run_directory.h"
#include "train/runs/run_files.h"
#include "train/runs/stored_run.h"

// Reads the token and item scores that runs store, with several seeds as one.

namespace wordbridge {
namespace {

/// Whether the results are those of a language model, even without stored token scores.
bool has_perplexity(const StoredRun& run) {
  for (const auto& [key, value] : run.seeds.front().results.items())
    if (key.find("perplexity") != key.npos) return true;
  return false;
}

/// Adds the log-probabilities of one seed; returns the reason if that is not possible.
std::string add_tokens(const fs::path& path, const ComparisonOptions& options,
                       RunEvidence& evidence) {
  TokenScores scores = TokenScores::load(path);
  const auto& split = split_of(scores, options);
  std::vector<double> log_probs;
  for (std::size_t i = 0; i < split.log_prob.size(); ++i) {
    if (!counts(split, i, options)) continue;
    if (!std::isfinite(split.log_prob[i])) return "it assigns a token no probability";
    log_probs.push_back(static_cast<double>(split.log_prob[i]));
  }
  if (log_probs.empty())
    return "its " + name_of(held_out_names(), options.split) + " split has no such tokens";
  if (evidence.log_probs.empty()) {
    evidence.tokens = std::move(scores);
    evidence.log_probs = std::move(log_probs);
    return {};
  }
  if (const auto why = evidence.tokens.differs_from(scores); !why.empty())
    return "its seeds can't be averaged: " + why;
  for (std::size_t i = 0; i < log_probs.size(); ++i) evidence.log_probs[i] += log_probs[i];
  return {};
}

void read_tokens(const std::vector<fs::path>& folders, const ComparisonOptions& options,
                 RunEvidence& evidence) {
  for (const auto& folder : folders) {
    const fs::path path = folder / run_files::kTokenScores;
    evidence.no_tokens = fs::exists(path)
                             ? add_tokens(path, options, evidence)
                             : fmt::format("it has no token scores ({})", run_files::kTokenScores);
    if (!evidence.no_tokens.empty()) return;
    evidence.is_language_model = true;
  }
  for (double& value : evidence.log_probs) value /= static_cast<double>(folders.size());
}

bool same_benchmarks(const EvalItems& a, const EvalItems& b) {
  const auto same = [](const auto& x, const auto& y) { return x.sha256 == y.sha256; };
  return std::equal(a.similarity.begin(), a.similarity.end(), b.similarity.begin(),
                    b.similarity.end(), same) &&
         std::equal(a.analogy.begin(), a.analogy.end(), b.analogy.begin(), b.analogy.end(), same);
}

void read_items(const std::vector<fs::path>& folders, RunEvidence& evidence) {
  for (const auto& folder : folders) {
    if (!fs::exists(folder / run_files::kEvalItems)) {
      evidence.no_items = fmt::format("it has no item scores ({})", run_files::kEvalItems);
      return;
    }
    evidence.items.push_back(EvalItems::load(folder / run_files::kEvalItems));
    if (!same_benchmarks(evidence.items.front(), evidence.items.back())) {
      evidence.no_items = "its seeds were scored on different benchmarks";
      return;
    }
  }
}

}  // namespace

RunEvidence read_evidence(const StoredRun& run, const ComparisonOptions& options) {
  RunEvidence evidence;
  evidence.label = run.label;
  evidence.path = run.path;
  evidence.is_language_model = has_perplexity(run);
  const auto folders = training_folders(run.path);
  if (!RunDirectory::is_complete(folders.front())) {
    evidence.no_tokens = evidence.no_items = "it is incomplete";
    return evidence;
  }
  evidence.seeds = folders.size();
  read_tokens(folders, options, evidence);
  read_items(folders, evidence);
  return evidence;
}

}  // namespace wordbridge
