#include "data/counts/cooccurrence.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/io/spilled_blocks.h"
#include "core/io/temporary_folder.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/rounds.h"
#include "core/threads.h"
#include "data/counts/chunk.h"
#include "data/counts/row_sums.h"
#include "data/counts/weights.h"

namespace wordbridge {
namespace {

constexpr const char* kStopped = "stopped while counting co-occurrences";

std::vector<std::int64_t> occurrences(const IdStream& stream) {
  constexpr std::int64_t kPiece = 1 << 20;  // tokens after which the file's memory is released
  std::vector<std::int64_t> counts(at(stream.types), 0);
  for (std::int64_t i = 0; i < stream.tokens; ++i) {
    const std::int32_t id = stream.ids[i];
    WB_ASSERT(id >= 0 && id < stream.types, "id {} at {}", id, i);
    ++counts[at(id)];
    if (stream.file && i % kPiece == kPiece - 1)
      stream.file->release(stream.ids + i + 1 - kPiece, at(kPiece) * sizeof id);
  }
  return counts;
}

/// How the memory is divided.
struct Plan {
  std::int64_t workers = 1;   // threads that count
  std::int64_t segments = 1;  // parts of a chunk that are indexed in parallel
  std::int64_t chunk_tokens = 1;
  double round_bytes = 0;  // results that wait until they are written
};

Plan make_plan(const IdStream& stream, const CountOptions& options, const CountResources& resources,
               std::int64_t columns) {
  constexpr double kMostRoundBytes = 32e6;  // for each thread; larger rounds are slower
  // Few chunks, because they are all read at the same time in the end.
  const double least_tokens = std::max(1024.0, static_cast<double>(stream.tokens) / 500);
  const auto share = [](double memory, double bytes, std::int64_t most) {
    return static_cast<std::int64_t>(
        std::clamp(memory / std::max(bytes, 1.0), 1.0, static_cast<double>(most)));
  };
  const auto types = static_cast<double>(stream.types);
  const double row_bytes = options.context == CountContext::document ? 0 : RowSums::bytes(columns);
  Plan plan;
  plan.workers = share(resources.memory / 4, row_bytes, threads());
  plan.segments = share(resources.memory / 16, Chunk::kBytesPerType * types, threads());
  plan.round_bytes =
      std::min(resources.memory / 8, kMostRoundBytes * static_cast<double>(plan.workers));
  // The occurrences and the subsampling thresholds of each type, and the beginnings of the rows.
  const double fixed = 24 * types + row_bytes * static_cast<double>(plan.workers) +
                       Chunk::kBytesPerType * types * static_cast<double>(plan.segments + 1) +
                       2 * plan.round_bytes;
  const double margins = 2 * static_cast<double>(options.window);
  const double tokens = (resources.memory - fixed) / Chunk::kBytesPerToken - margins;
  if (tokens < std::min(least_tokens, static_cast<double>(stream.tokens))) {
    warn(
        "counting {} of {} {}", counted(stream.tokens, "token"), counted(stream.types, "word"),
        resources.share.explanation(fixed + least_tokens * Chunk::kBytesPerToken, "counts.memory"));
  }
  plan.chunk_tokens = std::max<std::int64_t>(
      1, std::min({static_cast<std::int64_t>(std::clamp(tokens, least_tokens, 1e12)), stream.tokens,
                   kMostChunkTokens}));
  if (resources.chunk_tokens > 0) plan.chunk_tokens = resources.chunk_tokens;
  return plan;
}

/// Blocks of rows whose results wait in memory, within `round_bytes`.
RowBlocks divide_counts(const std::vector<std::int64_t>& counts, const CountOptions& options,
                        std::int64_t columns, double round_bytes, std::int64_t workers) {
  constexpr double kBytesPerEntry = 8;  // the column, and usually a short sum
  const std::int64_t sides =
      options.sides == CountSides::both || options.sides == CountSides::apart ? 2 : 1;
  const std::int64_t contexts =
      options.context == CountContext::document ? 1 : sides * options.window;
  const auto row_bytes = [&](std::int64_t count) {
    return 8 + kBytesPerEntry * std::min(static_cast<double>(count) * static_cast<double>(contexts),
                                         static_cast<double>(columns));
  };
  return divide_rows(counts, row_bytes, round_bytes, workers);
}

void add_row(const Chunk& chunk, std::int64_t row, RowSums& sums) { chunk.add_contexts(row, sums); }
void add_row(const Chunk& chunk, std::int64_t row, AscendingSums& sums) {
  chunk.add_documents(row, sums);
}

template <class Sums>
void take_row(Sums& sums, CountedRows& rows) {
  const std::size_t before = rows.column.size();
  sums.drain([&](std::int32_t column, std::uint64_t sum) {
    rows.column.push_back(column);
    put_number(rows.sums, sum);
  });
  rows.sizes.push_back(static_cast<std::int64_t>(rows.column.size() - before));
}

template <class Sums>
void take_row(Sums& sums, SpilledBlock& block) {
  std::int32_t previous = -1;
  sums.drain([&](std::int32_t column, std::uint64_t sum) {
    put_number(block.bytes, static_cast<std::uint64_t>(column - std::exchange(previous, column)));
    put_number(block.bytes, sum);
  });
  put_number(block.bytes, 0);
}

template <class Sums>
class Counter {
 public:
  Counter(const IdStream& stream, const CountOptions& options, std::uint64_t seed,
          const CountResources& resources, RowSink& sink, std::vector<Sums> sums, const Plan& plan,
          std::int64_t columns)
      : stream_(stream),
        resources_(resources),
        plan_(plan),
        counts_(occurrences(stream)),
        blocks_(divide_counts(counts_, options, columns, plan.round_bytes, plan.workers)),
        sums_(std::move(sums)),
        sink_(sink),
        reader_(std::in_place, stream, counts_, options, seed, plan.chunk_tokens, plan.segments) {}

  void run() {
    Progress progress("co-occurrences", static_cast<std::uint64_t>(stream_.tokens), "tokens");
    progress_ = &progress;
    if (!reader_->next()) {  // subsampling has dropped all tokens
      CountedRows none;
      none.sizes.assign(at(stream_.types), 0);
      sink_.add(none);
      progress.finish();
      return;
    }
    if (reader_->finished()) {
      count_chunk<CountedRows>([this](const CountedRows& rows) { sink_.add(rows); });
      progress.finish();
      return;
    }
    SpilledBlocks spilled(resources_.folder.empty() ? temporary_folder() : resources_.folder,
                          blocks_.blocks());
    do {
      count_chunk<SpilledBlock>([&](const SpilledBlock& block) { spilled.add_block(block); });
    } while (reader_->next());
    spilled.flush();
    progress.finish();
    reader_.reset();
    merge(spilled);
  }

 private:
  template <class Result, class Use>
  void count_chunk(const Use& use) {
    const Chunk& chunk = reader_->chunk();
    std::atomic<std::int64_t> done{tokens_done_};
    for_each_round<Result>(
        blocks_, plan_.workers, kStopped,
        [&](std::int64_t worker, std::int64_t block, Result& result) {
          for (std::int64_t row = blocks_.rows[at(block)]; row < blocks_.rows[at(block + 1)];
               ++row) {
            add_row(chunk, row, sums_[at(worker)]);
            take_row(sums_[at(worker)], result);
          }
          done += chunk.occurrences(blocks_.rows[at(block)], blocks_.rows[at(block + 1)]);
          show(done);
        },
        use);
    tokens_done_ = done;
  }

  void merge(const SpilledBlocks& spilled) {
    constexpr double kLeastBuffer = 4096, kMostBuffer = 1 << 18;
    const double buffers = static_cast<double>(plan_.workers * spilled.parts());
    const auto buffer = static_cast<std::size_t>(
        std::clamp(resources_.memory / 4 / buffers, kLeastBuffer, kMostBuffer));
    Progress progress("adding up co-occurrences", spilled.bytes(), "bytes");
    progress_ = &progress;
    std::atomic<std::uint64_t> done{0};
    for_each_round<CountedRows>(
        blocks_, plan_.workers, kStopped,
        [&](std::int64_t worker, std::int64_t block, CountedRows& result) {
          std::vector<NumberReader> parts;
          for (std::int64_t part = 0; part < spilled.parts(); ++part)
            parts.push_back(spilled.block(part, block, buffer));
          Sums& sums = sums_[at(worker)];
          for (std::int64_t row = blocks_.rows[at(block)]; row < blocks_.rows[at(block + 1)];
               ++row) {
            for (auto& part : parts) {
              std::size_t column = ~std::size_t{0};
              while (const std::uint64_t step = part.next()) {
                column += step;
                sums.add_checked(column, part.next());
              }
            }
            take_row(sums, result);
          }
          for (const auto& part : parts) done += part.bytes();
          show(static_cast<std::int64_t>(done));
        },
        [this](const CountedRows& rows) { sink_.add(rows); });
    progress.finish();
  }

  void show(std::int64_t done) {
    const std::lock_guard<std::mutex> lock(progress_mutex_);
    progress_->update(static_cast<std::uint64_t>(done));
  }

  const IdStream& stream_;
  CountResources resources_;
  Plan plan_;
  std::vector<std::int64_t> counts_;  // [types]
  RowBlocks blocks_;
  std::vector<Sums> sums_;  // [workers]
  RowSink& sink_;
  std::optional<ChunkReader> reader_;
  std::int64_t tokens_done_ = 0;
  std::mutex progress_mutex_;
  Progress* progress_ = nullptr;
};

/// Keeps the rows in memory.
class MemorySink : public RowSink {
 public:
  void add(const CountedRows& rows) override {
    parts_.push_back(rows);
    nonzeros_ += static_cast<std::int64_t>(rows.column.size());
  }
  /// Frees each part as soon as it is copied, to limit peak memory.
  SparseMatrix take(std::int64_t rows, std::int64_t cols, std::uint64_t one) {
    SparseMatrix matrix;
    matrix.rows = rows;
    matrix.cols = cols;
    matrix.begin.reserve(at(rows) + 1);
    matrix.begin.push_back(0);
    matrix.column.reserve(at(nonzeros_));
    matrix.value.reserve(at(nonzeros_));
    for (CountedRows& part : parts_) {
      for (const std::int64_t size : part.sizes) matrix.begin.push_back(matrix.begin.back() + size);
      matrix.column.insert(matrix.column.end(), part.column.begin(), part.column.end());
      const char* sums = part.sums.data();
      for (std::size_t i = 0; i < part.column.size(); ++i)
        matrix.value.push_back(weight_of(take_number(sums), one));
      part = CountedRows();
    }
    return matrix;
  }

 private:
  std::vector<CountedRows> parts_;
  std::int64_t nonzeros_ = 0;
};

}  // namespace

std::int64_t context_columns(const IdStream& stream, const CountOptions& options) {
  if (options.context == CountContext::document)
    return static_cast<std::int64_t>(stream.documents.size());
  const std::int64_t types =
      options.max_contexts > 0 ? std::min(options.max_contexts, stream.types) : stream.types;
  return options.sides == CountSides::apart ? 2 * types : types;
}

void count_cooccurrences(const IdStream& stream, const CountOptions& options, std::uint64_t seed,
                         const CountResources& resources, RowSink& sink) {
  WB_ASSERT(!stream.documents.empty() && stream.documents.front() == 0);
  const std::int64_t columns = context_columns(stream, options);
  WB_ASSERT(columns < std::numeric_limits<std::int32_t>::max(), "{} columns", columns);
  const Plan plan = make_plan(stream, options, resources, columns);
  if (options.context == CountContext::document) {
    std::vector<AscendingSums> sums(at(plan.workers));
    Counter(stream, options, seed, resources, sink, std::move(sums), plan, columns).run();
  } else {
    std::vector<RowSums> sums(at(plan.workers), RowSums(columns));
    Counter(stream, options, seed, resources, sink, std::move(sums), plan, columns).run();
  }
}

SparseMatrix count_cooccurrences(const IdStream& stream, const CountOptions& options,
                                 std::uint64_t seed, const CountResources& resources) {
  MemorySink sink;
  count_cooccurrences(stream, options, seed, resources, sink);
  return sink.take(stream.types, context_columns(stream, options), integer_weights(options).one);
}

}  // namespace wordbridge
