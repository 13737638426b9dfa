#include "models/language_model/language_model.h"

#include "core/error.h"

namespace wordbridge {

void LanguageModel::log_probs_oov_from_context(const std::int32_t* /*ids*/, Span /*span*/,
                                               double* /*log_probs*/) const {
  throw Error("this model can't infer features of out-of-vocabulary words from their context")
      .expected(
          "a network that looks up its context in a single feature matrix: nplm without bags");
}

}  // namespace wordbridge
