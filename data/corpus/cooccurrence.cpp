#include "data/corpus/cooccurrence.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <numeric>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/interrupt.h"
#include "core/progress.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

// Number of row blocks. Kept small because each block zeroes a scratch buffer with one number per
// column.
constexpr std::int64_t kBlocks = 128;

/// Positions of each type, ascending: positions[begin[w] .. begin[w + 1]).
template <class Position>
struct Inverted {
  std::vector<std::int64_t> begin;
  std::vector<Position> positions;
};

template <class Position>
Inverted<Position> invert(const IdStream& stream) {
  Inverted<Position> inverted;
  inverted.begin.assign(static_cast<std::size_t>(stream.types) + 1, 0);
  for (std::int64_t i = 0; i < stream.tokens; ++i) {
    const std::int32_t id = stream.ids[i];
    WB_ASSERT(id >= 0 && id < stream.types, "id {} at {}", id, i);
    ++inverted.begin[at(id) + 1];
  }
  for (std::size_t w = 1; w < inverted.begin.size(); ++w)
    inverted.begin[w] += inverted.begin[w - 1];
  std::vector<std::int64_t> next(inverted.begin.begin(), inverted.begin.end() - 1);
  inverted.positions.resize(static_cast<std::size_t>(stream.tokens));
  for (std::int64_t i = 0; i < stream.tokens; ++i) {
    inverted.positions[static_cast<std::size_t>(next[at(stream.ids[i])]++)] =
        static_cast<Position>(i);
  }
  return inverted;
}

/// Borders of blocks of types with about the same number of tokens.
std::vector<std::int64_t> balanced_blocks(const std::vector<std::int64_t>& begin) {
  const auto types = static_cast<std::int64_t>(begin.size()) - 1;
  const std::int64_t share = begin.back() / kBlocks + 1;
  std::vector<std::int64_t> borders = {0};
  for (std::int64_t w = 1; w < types; ++w) {
    const auto last = static_cast<std::size_t>(borders.back());
    if (begin[at(w)] - begin[last] >= share) borders.push_back(w);
  }
  borders.push_back(types);
  return borders;
}

/// Some rows of the matrix under construction.
struct Rows {
  std::vector<std::int64_t> sizes;
  std::vector<std::int32_t> column;
  std::vector<double> value;
};

/// Sums the context windows around the positions of one type in a dense scratch buffer with one
/// entry per column.
class WindowCounter {
 public:
  WindowCounter(const IdStream& stream, const CooccurrenceOptions& options, std::int64_t columns)
      : stream_(stream),
        window_(options.window),
        cross_(options.cross_documents),
        columns_(columns),
        sums_(static_cast<std::size_t>(columns), 0.0),
        weights_(static_cast<std::size_t>(options.window) + 1, 1.0) {
    if (options.weighting == CooccurrenceWeighting::harmonic) {
      for (std::size_t d = 1; d < weights_.size(); ++d) weights_[d] = 1.0 / static_cast<double>(d);
    }
  }

  template <class Position>
  void add_row(const Position* begin, const Position* end, Rows& rows) {
    auto document = stream_.documents.begin();
    for (const Position* p = begin; p != end; ++p) {
      const auto position = static_cast<std::int64_t>(*p);
      std::int64_t first = 0, last = stream_.tokens;
      if (!cross_) {
        document = std::upper_bound(document, stream_.documents.end(), position);
        first = *(document - 1);
        if (document != stream_.documents.end()) last = *document;
        --document;
      }
      const std::int64_t left = std::min(window_, position - first);
      const std::int64_t right = std::min(window_, last - 1 - position);
      for (std::int64_t d = left; d >= 1; --d) add(stream_.ids[position - d], d);
      for (std::int64_t d = 1; d <= right; ++d) add(stream_.ids[position + d], d);
    }
    emit(rows);
  }

 private:
  void add(std::int32_t context, std::int64_t distance) {
    if (context >= columns_) return;
    double& sum = sums_[at(context)];
    if (sum == 0) touched_.push_back(context);
    sum += weights_[at(distance)];
  }

  void emit(Rows& rows) {
    std::sort(touched_.begin(), touched_.end());
    for (const std::int32_t context : touched_) {
      rows.column.push_back(context);
      rows.value.push_back(std::exchange(sums_[at(context)], 0.0));
    }
    rows.sizes.push_back(static_cast<std::int64_t>(touched_.size()));
    touched_.clear();
  }

  const IdStream& stream_;
  std::int64_t window_;
  bool cross_;
  std::int64_t columns_;
  std::vector<double> sums_, weights_;
  std::vector<std::int32_t> touched_;
};

/// Counts the positions of one type by document. Positions and documents are both ascending, so no
/// scratch buffer is needed.
template <class Position>
void add_document_row(const IdStream& stream, const Position* begin, const Position* end,
                      Rows& rows) {
  const std::size_t before = rows.column.size();
  auto document = stream.documents.begin();
  for (const Position* p = begin; p != end; ++p) {
    document =
        std::upper_bound(document, stream.documents.end(), static_cast<std::int64_t>(*p)) - 1;
    const auto column = static_cast<std::int32_t>(document - stream.documents.begin());
    if (rows.column.size() > before && rows.column.back() == column) {
      rows.value.back() += 1;
    } else {
      rows.column.push_back(column);
      rows.value.push_back(1);
    }
  }
  rows.sizes.push_back(static_cast<std::int64_t>(rows.column.size() - before));
}

/// Concatenates the parts. Frees each array of a part as soon as it is copied, to limit peak
/// memory.
SparseMatrix concatenate(std::vector<Rows> parts, std::int64_t rows, std::int64_t cols) {
  SparseMatrix matrix;
  matrix.rows = rows;
  matrix.cols = cols;
  matrix.begin.reserve(static_cast<std::size_t>(rows) + 1);
  matrix.begin.push_back(0);
  for (const Rows& part : parts) {
    for (const std::int64_t size : part.sizes) matrix.begin.push_back(matrix.begin.back() + size);
  }
  matrix.column.reserve(static_cast<std::size_t>(matrix.begin.back()));
  for (Rows& part : parts) {
    matrix.column.insert(matrix.column.end(), part.column.begin(), part.column.end());
    std::vector<std::int32_t>().swap(part.column);
  }
  matrix.value.reserve(static_cast<std::size_t>(matrix.begin.back()));
  for (Rows& part : parts) {
    matrix.value.insert(matrix.value.end(), part.value.begin(), part.value.end());
    std::vector<double>().swap(part.value);
  }
  return matrix;
}

template <class Position>
SparseMatrix count(const IdStream& stream, const CooccurrenceOptions& options,
                   std::int64_t columns) {
  const Inverted<Position> inverted = invert<Position>(stream);
  const std::vector<std::int64_t> borders = balanced_blocks(inverted.begin);
  std::vector<Rows> parts(borders.size() - 1);
  Progress progress("co-occurrences", static_cast<std::uint64_t>(stream.tokens), "tokens");
  std::mutex progress_mutex;
  std::uint64_t done = 0;
  for_each_block(static_cast<std::int64_t>(parts.size()), [&](std::int64_t block) {
    if (interrupted()) throw Interrupted("stopped while counting co-occurrences");
    const auto b = static_cast<std::size_t>(block);
    const bool by_document = options.context == CooccurrenceContext::document;
    WindowCounter window(stream, options, by_document ? 0 : columns);
    Rows& rows = parts[b];
    for (std::int64_t w = borders[b]; w < borders[b + 1]; ++w) {
      const Position* first = inverted.positions.data() + inverted.begin[at(w)];
      const Position* last = inverted.positions.data() + inverted.begin[at(w) + 1];
      if (by_document) {
        add_document_row(stream, first, last, rows);
      } else {
        window.add_row(first, last, rows);
      }
    }
    rows.column.shrink_to_fit();
    rows.value.shrink_to_fit();
    const std::lock_guard<std::mutex> lock(progress_mutex);
    done += static_cast<std::uint64_t>(inverted.begin[at(borders[b + 1])] -
                                       inverted.begin[at(borders[b])]);
    progress.update(done);
  });
  progress.finish();
  return concatenate(std::move(parts), stream.types, columns);
}

/// Histogram of the positive values, rounded to the nearest power of two: a few dozen groups whose
/// values are treated as equal.
std::map<int, double> groups_of_two_powers(const std::vector<std::int64_t>& counts,
                                           std::int64_t limit) {
  std::map<int, double> groups;
  for (std::size_t i = 0; i < static_cast<std::size_t>(limit); ++i) {
    if (counts[i] > 0) {
      groups[static_cast<int>(std::lround(std::log2(static_cast<double>(counts[i]))))] += 1;
    }
  }
  return groups;
}

}  // namespace

const EnumNames<CooccurrenceContext>& cooccurrence_contexts() {
  static const EnumNames<CooccurrenceContext> names = {{"window", CooccurrenceContext::window},
                                                       {"document", CooccurrenceContext::document}};
  return names;
}

FieldGroup CooccurrenceOptions::describe() {
  FieldGroup group{"counts", "co-occurrence counts of the training split"};
  group.add(
      choice("context", &context,
             "window: words around each occurrence; document: documents that contain the word",
             cooccurrence_contexts()));
  group.add(Field{"window", &window, "context window: words on each side", between(1, 1000)});
  group.add(Field{"cross_documents", &cross_documents, "let windows cross document boundaries"});
  group.add(choice(
      "weighting", &weighting, "flat: every word in the window counts 1; harmonic: 1/distance",
      EnumNames<CooccurrenceWeighting>{{"flat", CooccurrenceWeighting::flat},
                                       {"harmonic", CooccurrenceWeighting::harmonic}}));
  return group;
}

IdStream training_stream(const Corpus& corpus) {
  const Span train = corpus.train();
  IdStream stream;
  stream.ids = corpus.ids() + train.begin;
  stream.tokens = train.size();
  stream.types = corpus.vocabulary().size();
  for (const std::int64_t start : corpus.documents()) {
    if (start > train.begin && start < train.end) stream.documents.push_back(start - train.begin);
  }
  return stream;
}

std::int64_t context_columns(const IdStream& stream, const CooccurrenceOptions& options,
                             std::int64_t max_contexts) {
  if (options.context == CooccurrenceContext::document)
    return static_cast<std::int64_t>(stream.documents.size());
  return max_contexts > 0 ? std::min(max_contexts, stream.types) : stream.types;
}

SparseMatrix count_cooccurrences(const IdStream& stream, const CooccurrenceOptions& options,
                                 std::int64_t max_contexts) {
  WB_ASSERT(!stream.documents.empty() && stream.documents.front() == 0);
  const std::int64_t columns = context_columns(stream, options, max_contexts);
  WB_ASSERT(columns <= std::numeric_limits<std::int32_t>::max(), "{} columns", columns);
  if (stream.tokens <= std::numeric_limits<std::uint32_t>::max()) {
    return count<std::uint32_t>(stream, options, columns);
  }
  return count<std::int64_t>(stream, options, columns);
}

double expected_nonzeros(const IdStream& stream, const CooccurrenceOptions& options,
                         std::int64_t max_contexts) {
  std::vector<std::int64_t> words(static_cast<std::size_t>(stream.types), 0);
  for (std::int64_t i = 0; i < stream.tokens; ++i) ++words[at(stream.ids[i])];
  std::vector<std::int64_t> contexts = words;
  auto pairs = static_cast<double>(stream.tokens);
  if (options.context == CooccurrenceContext::document) {
    contexts = stream.documents;
    contexts.push_back(stream.tokens);
    std::adjacent_difference(contexts.begin(), contexts.end(), contexts.begin());
    contexts.erase(contexts.begin());
  } else {
    pairs *= 2.0 * static_cast<double>(options.window);
  }
  // Types with token shares p and q co-occur with probability 1 - exp(-pairs p q) (Poisson).
  const double scale =
      pairs / (static_cast<double>(stream.tokens) * static_cast<double>(stream.tokens));
  double expected = 0;
  const auto columns =
      groups_of_two_powers(contexts, context_columns(stream, options, max_contexts));
  for (const auto& [row_power, rows] : groups_of_two_powers(words, stream.types)) {
    for (const auto& [column_power, cols] : columns) {
      expected -= rows * cols * std::expm1(-scale * std::exp2(row_power + column_power));
    }
  }
  return expected;
}

}  // namespace wordbridge
