#include "models/language_model/language_model.h"

#include "core/error.h"

namespace wordbridge {

void LanguageModel::log_probs_oov_from_context(const std::int32_t* /*ids*/, Span /*span*/,
                                               double* /*log_probs*/) const {
  throw Error("this model has no features that could stand for unknown words")
      .expected("a network that reads its context by one matrix of features: nplm without bags");
}

}  // namespace wordbridge
