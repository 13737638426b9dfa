#pragma once

#include <memory>
#include <vector>

#include "models/ngram/ngram_models.h"

namespace wordbridge {

/// Interpolates word n-gram models into one (static interpolation, as SRILM's -mix-lm):
///
///     P(w | h) = sum over the models i of weights[i] P_i(w | h)     for n-grams that any model
///     lists
///
/// N-grams that no model lists are backed off to the interpolated lower order, so that their
/// probabilities differ from those of the mixture of the models. Together they have what the models
/// leave to them (set_backoff_weights()): the probabilities sum to one if those of the models do,
/// and a model interpolated with itself stays the same if they don't. The vocabulary is the union,
/// in which a model gives probability zero to words that it does not have; unknown symbols are one
/// word, as are boundaries, with the first of their names that is not also a word of another model.
/// Error unless all models or none have a boundary, and unless there are as many weights as models,
/// positive, with sum 1. Throws Interrupted.
std::shared_ptr<BackoffModel> interpolate_models(
    const std::vector<std::shared_ptr<const BackoffModel>>& models,
    const std::vector<double>& weights);

}  // namespace wordbridge
