#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/config/fields.h"
#include "data/corpus/corpus.h"

namespace wordbridge {

/// window: words within `window` tokens of each other; document: a word and the documents that
/// contain it.
enum class CooccurrenceContext { window, document };
const EnumNames<CooccurrenceContext>& cooccurrence_contexts();
/// Weight of a word in the window. flat: 1; harmonic: 1 / distance.
enum class CooccurrenceWeighting { flat, harmonic };

struct CooccurrenceOptions {
  CooccurrenceContext context = CooccurrenceContext::window;
  std::int64_t window = 5;       // words on each side
  bool cross_documents = false;  // windows cross document boundaries
  CooccurrenceWeighting weighting = CooccurrenceWeighting::flat;
  FieldGroup describe();
};

/// Sparse matrix in CSR format with float64 values. Column indices ascend within each row.
struct SparseMatrix {
  std::int64_t rows = 0, cols = 0;
  std::vector<std::int64_t> begin;   // [rows + 1]
  std::vector<std::int32_t> column;  // [non-zeros]
  std::vector<double> value;         // [non-zeros]
  std::int64_t nonzeros() const { return static_cast<std::int64_t>(column.size()); }
};

/// A sequence of ids with the start positions of its documents.
struct IdStream {
  const std::int32_t* ids = nullptr;  // [tokens] in [0, types)
  std::int64_t tokens = 0, types = 0;
  std::vector<std::int64_t> documents = {0};  // ascending, first 0, each below `tokens`
};

/// The training split. A document that crosses the split's border contributes the part inside the
/// split.
IdStream training_stream(const Corpus& corpus);

/// Number of context columns that count_cooccurrences() produces for these arguments.
std::int64_t context_columns(const IdStream& stream, const CooccurrenceOptions& options,
                             std::int64_t max_contexts = 0);

/// Word-by-context counts. Rows are types; columns are types (window) or the documents of the
/// stream (document). With `max_contexts` > 0, only types with smaller ids are contexts: the most
/// frequent words of a vocabulary. Memory use is proportional to tokens + non-zeros (+ columns for
/// each thread). The result does not depend on the number of threads. Throws Interrupted.
SparseMatrix count_cooccurrences(const IdStream& stream, const CooccurrenceOptions& options,
                                 std::int64_t max_contexts = 0);

/// Expected number of non-zeros if words occurred independently of each other: roughly an upper
/// bound for real text. For memory estimates before counting.
double expected_nonzeros(const IdStream& stream, const CooccurrenceOptions& options,
                         std::int64_t max_contexts = 0);

}  // namespace wordbridge
