#include "models/language_model/score_tokens.h"

#include <vector>

namespace wordbridge {

void score_split(const LanguageModel& model, const Corpus& corpus, Span span,
                 TokenScores::Split& split) {
  std::vector<double> log_probs(static_cast<std::size_t>(span.size()));
  model.log_probs(corpus.ids(), span, log_probs.data());
  split.log_prob.assign(log_probs.begin(), log_probs.end());
}

TokenScores score_tokens(const LanguageModel& model, const Corpus& corpus) {
  TokenScores scores = TokenScores::of(corpus);
  score_split(model, corpus, corpus.valid(), scores.valid);
  score_split(model, corpus, corpus.test(), scores.test);
  return scores;
}

}  // namespace wordbridge
