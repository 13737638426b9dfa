#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/corpus/corpus.h"
#include "data/vectors/embedding_table.h"
#include "models/language_model/contextual_model.h"
#include "models/language_model/language_model.h"

namespace wordbridge {

/// Which of the vectors of a word in context: those of one layer, or their mean over all layers.
class LayerChoice {
 public:
  /// `text`: a layer 0..layers, or "mean". Error that lists the layers if it is neither.
  LayerChoice(const std::string& text, std::int64_t layers);
  /// Whether a model with `layers` layers has this choice.
  static bool exists(const std::string& text, std::int64_t layers);
  /// Adds the chosen vector of `vectors` [L+1,dim] to `sum` [dim].
  void add_to(double* sum, const float* vectors, std::int64_t dim) const;
  /// "layer 2", "mean of layers 0 to 4"
  std::string text() const;

 private:
  std::int64_t first_ = 0, last_ = 0;
};

/// The positions in the span of the first `count` occurrences of each word, ascending.
std::vector<std::int64_t> first_occurrences(const std::int32_t* ids, Span span,
                                            std::int64_t vocabulary, std::int64_t count);

/// One vector per word (Bommasani et al. 2020, section 3): the mean of the vectors of its first
/// `occurrences` occurrences in the span. Words that do not occur are not in the table; the log
/// says how many. The bytes do not depend on the number of threads.
EmbeddingTable mean_context_vectors(const ContextualModel& model, const Vocabulary& vocabulary,
                                    const std::int32_t* ids, Span span, const LayerChoice& layer,
                                    std::int64_t occurrences, const std::string& origin);

}  // namespace wordbridge
