#include "train/runs/word_differences.h"

#include <algorithm>
#include <map>

#include "core/error.h"
#include "core/text.h"
#include "data/corpus/open_corpus.h"
#include "train/runs/run_config.h"
#include "train/runs/run_files.h"
#include "train/runs/stored_run.h"

namespace wordbridge {
namespace {

/// Opens the corpus of the run, and verifies that it is the one that was scored.
Corpus corpus_of(const RunEvidence& run) {
  const auto path = training_folders(run.path).front() / run_files::kConfig;
  Corpus corpus = open_corpus(RunConfig::load(path, {}).seeded_data());
  if (const auto why = TokenScores::of(corpus).differs_from(run.tokens); !why.empty()) {
    throw Error("the corpus of the run has changed")
        .at("{}", path.string())
        .expected("the corpus whose tokens were scored")
        .got("a different one: {}", why);
  }
  return corpus;
}

/// Differences for each word of the split that is counted, largest gain first.
std::vector<WordDifference> differences(const Corpus& corpus, const RunEvidence& a,
                                        const RunEvidence& b, const ComparisonOptions& options) {
  const auto& split = split_of(a.tokens, options);
  const Span span = options.split == HeldOut::valid ? corpus.valid() : corpus.test();
  std::map<std::int32_t, WordDifference> by_id;
  std::size_t scored = 0;
  for (std::size_t i = 0; i < split.log_prob.size(); ++i) {
    if (!counts(split, i, options)) continue;
    auto& entry = by_id[corpus.ids()[span.begin + static_cast<std::int64_t>(i)]];
    ++entry.count;
    entry.nats += b.log_probs[scored] - a.log_probs[scored];
    ++scored;
  }
  std::vector<WordDifference> words;
  for (auto& [id, entry] : by_id) {
    entry.word = corpus.vocabulary().word(id);
    words.push_back(std::move(entry));
  }
  std::stable_sort(words.begin(), words.end(),
                   [](const auto& x, const auto& y) { return x.nats > y.nats; });
  return words;
}

}  // namespace

std::vector<WordDifferences> word_differences(const std::vector<RunEvidence>& runs,
                                              const ComparisonOptions& options) {
  std::vector<WordDifferences> all;
  for (const auto& [first, second] : pairs_of(runs.size(), options.all_pairs)) {
    const RunEvidence &a = runs[first], &b = runs[second];
    if (!a.no_tokens.empty() || !b.no_tokens.empty()) continue;
    if (!a.tokens.differs_from(b.tokens).empty()) continue;
    auto& entry = all.emplace_back(WordDifferences{first, second, {}, {}, {}});
    try {
      const auto words = differences(corpus_of(a), a, b, options);
      const auto shown = static_cast<std::size_t>(options.words);
      for (std::size_t i = 0; i < std::min(shown, words.size()); ++i) {
        const auto &best = words[i], &worst = words[words.size() - 1 - i];
        if (best.nats > 0) entry.gained.push_back(best);
        if (worst.nats < 0) entry.lost.push_back(worst);
      }
    } catch (const Interrupted&) {
      throw;
    } catch (const Error& error) {
      entry.why = in_one_line(error.what());
    }
  }
  return all;
}

}  // namespace wordbridge
