#pragma once

#include "data/corpus/token_scores.h"
#include "models/language_model/language_model.h"

namespace wordbridge {

/// The log-probabilities of a split, whose span is given, under the model.
void score_split(const LanguageModel& model, const Corpus& corpus, Span span,
                 TokenScores::Split& split);
/// Both splits of the corpus.
TokenScores score_tokens(const LanguageModel& model, const Corpus& corpus);

}  // namespace wordbridge
