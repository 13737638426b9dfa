#pragma once

#include "data/corpus/token_scores.h"
#include "models/language_model/language_model.h"

namespace wordbridge {

/// Computes the log-probabilities of the split at `span` under the model.
void score_split(const LanguageModel& model, const Corpus& corpus, Span span,
                 TokenScores::Split& split);
/// Token scores of the validation and test splits.
TokenScores score_tokens(const LanguageModel& model, const Corpus& corpus);

}  // namespace wordbridge
