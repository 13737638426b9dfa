#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/config/fields.h"
#include "data/corpus/corpus.h"

namespace wordbridge {

/// window: words within `window` of each other; document: a word and the documents it is in.
enum class CooccurrenceContext { window, document };
const EnumNames<CooccurrenceContext>& cooccurrence_contexts();
/// What a word of the window counts. flat: 1; harmonic: 1 / distance.
enum class CooccurrenceWeighting { flat, harmonic };

struct CooccurrenceOptions {
  CooccurrenceContext context = CooccurrenceContext::window;
  std::int64_t window = 5;       // words on each side
  bool cross_documents = false;  // windows run over documents' borders
  CooccurrenceWeighting weighting = CooccurrenceWeighting::flat;
  FieldGroup describe();
};

/// A sparse matrix by rows (CSR), float64 values. Columns of a row ascend.
struct SparseMatrix {
  std::int64_t rows = 0, cols = 0;
  std::vector<std::int64_t> begin;   // [rows + 1]
  std::vector<std::int32_t> column;  // [non-zeros]
  std::vector<double> value;         // [non-zeros]
  std::int64_t nonzeros() const { return static_cast<std::int64_t>(column.size()); }
};

/// A stretch of text as ids, with the places at which its documents start.
struct IdStream {
  const std::int32_t* ids = nullptr;  // [tokens] in [0, types)
  std::int64_t tokens = 0, types = 0;
  std::vector<std::int64_t> documents = {0};  // ascending, first 0, each below `tokens`
};

/// The training split; a document that it cuts counts with what is inside.
IdStream training_stream(const Corpus& corpus);

/// Contexts that count_cooccurrences() has for these arguments.
std::int64_t context_columns(const IdStream& stream, const CooccurrenceOptions& options,
                             std::int64_t max_contexts = 0);

/// Word-by-context counts: rows are types, columns types (window) or the stream's documents. With
/// `max_contexts` > 0 only types below it are contexts: a vocabulary's most frequent.
/// Memory in proportion to tokens + non-zeros (+ columns for each thread); the same on any number
/// of threads. Throws Interrupted.
SparseMatrix count_cooccurrences(const IdStream& stream, const CooccurrenceOptions& options,
                                 std::int64_t max_contexts = 0);

/// The number of non-zeros to be expected if words fell independently of each other: what real text
/// has at most, roughly. For estimates of memory before counting.
double expected_nonzeros(const IdStream& stream, const CooccurrenceOptions& options,
                         std::int64_t max_contexts = 0);

}  // namespace wordbridge
