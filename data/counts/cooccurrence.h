#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>

#include "core/process_memory.h"
#include "data/corpus/id_stream.h"
#include "data/counts/count_options.h"
#include "data/counts/counted_rows.h"
#include "data/counts/sparse_view.h"

namespace wordbridge {

/// Number of columns of the counts: the types that are contexts (twice that many if left and right
/// contexts are apart), or the documents of the stream.
std::int64_t context_columns(const IdStream& stream, const CountOptions& options);

/// What counting may use. Nothing of this affects the counts.
struct CountResources {
  double memory = std::numeric_limits<double>::infinity();  // bytes, without the stream itself
  MemoryShare share = {};             // for messages: of which limit this is what is left
  std::filesystem::path folder = {};  // of temporary files; empty: that of the system
  std::int64_t chunk_tokens = 0;      // tokens read at a time; 0: as many as fit into the memory
};

/// Receives the rows of a matrix in order.
class RowSink {
 public:
  virtual ~RowSink() = default;
  virtual void add(const CountedRows& rows) = 0;
};

/// Counts the contexts of each type of the stream and hands the rows of the matrix to `sink`. Sums
/// are those of integer weights (see integer_weights()), so that they do not depend on their order:
/// the rows are the same for any memory and any number of threads. `seed` is that of subsampling.
///
/// The text is read in chunks that fit into the memory. An index lists the places of each type in
/// the chunk; the weights around these places are added up in a dense row, whose non-zero entries
/// are a row of the matrix. If there are several chunks, their rows are written to a temporary file
/// and added up at the end in the same way. Throws Interrupted.
void count_cooccurrences(const IdStream& stream, const CountOptions& options, std::uint64_t seed,
                         const CountResources& resources, RowSink& sink);

/// The same in memory: 12 bytes per non-zero.
SparseMatrix count_cooccurrences(const IdStream& stream, const CountOptions& options,
                                 std::uint64_t seed = 0, const CountResources& resources = {});

/// Expected number of non-zeros if words occurred independently of each other: roughly an upper
/// bound for real text. For memory estimates before counting.
double expected_nonzeros(const IdStream& stream, const CountOptions& options);

}  // namespace wordbridge
