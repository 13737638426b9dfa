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

using nlohmann::ordered_json;

struct WordDifference {
  std::string word;
  std::int64_t count = 0;
  double nats = 0;  // gained by the second run
};

/// The text of the run, proved to be that of its scores.
Corpus corpus_of(const RunEvidence& run) {
  const auto path = training_folders(run.path).front() / run_files::kConfig;
  Corpus corpus = open_corpus(RunConfig::load(path, {}).seeded_data());
  if (const auto why = TokenScores::of(corpus).differs_from(run.tokens); !why.empty()) {
    throw Error("the text is not that of the run any more")
        .at("{}", path.string())
        .expected("the text whose tokens have scores")
        .got("another: {}", why);
  }
  return corpus;
}

/// Of each word of the split that counts, by nats, the largest gain first.
std::vector<WordDifference> differences(const Corpus& corpus, const RunEvidence& a,
                                        const RunEvidence& b, const ComparisonOptions& options) {
  const auto& split = split_of(a.tokens, options);
  const Span span = options.split == "valid" ? corpus.valid() : corpus.test();
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

ordered_json word_json(const WordDifference& word) {
  return {{"word", word.word}, {"count", word.count}, {"nats", word.nats}};
}

}  // namespace

ordered_json word_differences(const std::vector<RunEvidence>& runs,
                              const ComparisonOptions& options) {
  ordered_json content = ordered_json::array();
  for (const auto& [first, second] : pairs_of(runs.size(), options.all_pairs)) {
    const RunEvidence &a = runs[first], &b = runs[second];
    if (!a.no_tokens.empty() || !b.no_tokens.empty()) continue;
    if (!a.tokens.differs_from(b.tokens).empty()) continue;
    ordered_json entry = {{"first", first}, {"second", second}};
    try {
      const auto words = differences(corpus_of(a), a, b, options);
      const auto shown = static_cast<std::size_t>(options.words);
      entry["gained"] = entry["lost"] = ordered_json::array();
      for (std::size_t i = 0; i < std::min(shown, words.size()); ++i) {
        const auto &best = words[i], &worst = words[words.size() - 1 - i];
        if (best.nats > 0) entry["gained"].push_back(word_json(best));
        if (worst.nats < 0) entry["lost"].push_back(word_json(worst));
      }
    } catch (const Interrupted&) {
      throw;
    } catch (const Error& error) {
      entry["why"] = in_one_line(error.what());
    }
    content.push_back(std::move(entry));
  }
  return content;
}

}  // namespace wordbridge
