#include "data/counts/open_counts.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "core/error.h"
#include "core/io/hash.h"
#include "core/json.h"
#include "core/log.h"
#include "core/process_memory.h"
#include "core/progress.h"
#include "core/text.h"
#include "data/counts/cooccurrence.h"
#include "data/counts/counts_file.h"
#include "data/counts/matrix_market.h"
#include "data/counts/read_counts.h"
#include "data/counts/weights.h"

namespace wordbridge {
namespace {

/// Increased when the same options and text would produce other counts or another file.
constexpr int kCountsVersion = 1;

nlohmann::json counts_key(const Corpus& corpus, const CountOptions& options, std::uint64_t seed) {
  nlohmann::json fields = options.settings();
  if (options.sample > 0) fields["seed"] = seed;
  const auto& facts = corpus.facts();
  const auto& documents = corpus.documents();
  return {{"version", kCountsVersion},
          {"counts", fields},
          {"stream", facts.at("stream_sha256")},
          {"vocabulary", facts.at("vocabulary").at("sha256")},
          {"documents", sha256({reinterpret_cast<const char*>(documents.data()),
                                documents.size() * sizeof documents[0]})},
          {"train", {corpus.train().begin, corpus.train().end}}};
}

CountResources resources_of(const CountOptions& options, const Corpus& corpus,
                            const fs::path& folder) {
  CountResources resources;
  resources.folder = folder;
  resources.share = memory_share(options.memory, corpus.cache_file().get());
  resources.memory = resources.share.left;
  return resources;
}

std::optional<SparseCounts> load_cached(const fs::path& path, const nlohmann::json& key) {
  if (!fs::exists(path)) return std::nullopt;
  try {
    SparseCounts counts = CountsFile::open(path, key);
    log("counts", "loaded from the cache: {}", path.string());
    return counts;
  } catch (const std::exception& error) {
    warn("the cached counts can't be used and are replaced: {}", error.what());
    return std::nullopt;
  }
}

/// Error if no word has a context: no model can be computed from such counts.
void check_any(std::int64_t nonzeros, const Corpus& corpus, const CountOptions& options) {
  if (nonzeros > 0) return;
  Error error("nothing to count: no word has a context");
  error.at("counts").got("{} of training text, 0 counts", counted(corpus.train().size(), "token"));
  if (options.sample > 0)
    throw error.hint(
        "subsampling (counts.sample: {}) may have dropped too many words: raise it, or set it to "
        "0, which drops none",
        number_text(options.sample));
  if (options.max_contexts > 0)
    throw error.hint("only the first {} are contexts: raise counts.max_contexts",
                     counted(options.max_contexts, "word"));
  if (options.cross_documents) throw error.hint("the training split needs two words or more");
  throw error.hint(
      "windows end at the ends of documents, and no document of the training split has two words "
      "of the vocabulary: put the text into one file, lower data.vocabulary.min_count, or set "
      "counts.cross_documents=true");
}

SparseCounts count_to_file(const Corpus& corpus, const CountOptions& options, std::uint64_t seed,
                           const fs::path& path, const nlohmann::json& key,
                           const fs::path& scratch) {
  const IdStream stream = training_stream(corpus);
  CountsFile file(path, key, context_columns(stream, options), integer_weights(options).one,
                  scratch);
  count_cooccurrences(stream, options, seed, resources_of(options, corpus, scratch), file);
  check_any(file.nonzeros(), corpus, options);
  file.finish();
  return CountsFile::open(path, key, /*verify=*/false);
}

void log_counts(const SparseView& counts, const std::string& where) {
  log("counts", "{} x {}: {}, {}", counted(counts.rows, "word"), counted(counts.cols, "context"),
      counted(counts.nonzeros(), "non-zero"), where);
}

}  // namespace

ExpectedCounts expected_counts(const Corpus& corpus, const CountOptions& options) {
  const IdStream stream = training_stream(corpus);
  if (options.file.empty())
    return {context_columns(stream, options), expected_nonzeros(stream, options), 0};
  const MarketHeader header = read_market_header(options.file);
  const double nonzeros = (header.symmetric ? 2.0 : 1.0) * static_cast<double>(header.entries);
  std::int64_t columns = header.cols;
  if (header.cols != header.rows) columns = std::min(columns, header.entries);
  constexpr double kBytesPerEntry = 36;
  return {columns, nonzeros, kBytesPerEntry * nonzeros};
}

SparseCounts open_counts(const Corpus& corpus, const CountOptions& options, std::uint64_t seed) {
  if (!options.file.empty()) return read_counts(options, corpus.vocabulary());
  if (!corpus.cache_file()) {
    SparseCounts counts(count_cooccurrences(training_stream(corpus), options, seed,
                                            resources_of(options, corpus, fs::path())));
    check_any(counts.view().nonzeros(), corpus, options);
    log_counts(counts.view(), "in memory");
    return counts;
  }
  const fs::path folder = corpus.cache_file()->path().parent_path();
  const nlohmann::json key = counts_key(corpus, options, seed);
  if (!options.cache) {
    const ScratchFile file(folder);
    SparseCounts counts = count_to_file(corpus, options, seed, file.path(), key, folder);
    log_counts(counts.view(), "in a temporary file");
    return counts;
  }
  const fs::path path = folder / (sha256(key.dump()).substr(0, 32) + ".counts");
  if (auto cached = load_cached(path, key)) {
    log_counts(cached->view(), "from the cache");
    return *cached;
  }
  SparseCounts counts = count_to_file(corpus, options, seed, path, key, folder);
  log_counts(counts.view(),
             fmt::format("{} written to the cache: {}",
                         human_bytes(static_cast<double>(fs::file_size(path))), path.string()));
  return counts;
}

}  // namespace wordbridge
