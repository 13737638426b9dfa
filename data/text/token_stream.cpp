#include "data/text/token_stream.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "core/index.h"
#include "core/interrupt.h"
#include "core/io/hash.h"
#include "core/progress.h"
#include "core/threads.h"
#include "data/text/tokenized_block.h"

namespace wordbridge {
namespace {

constexpr std::size_t kLargestWave = 16;  // blocks tokenised in parallel

/// A tokenised block with its place in the stream.
struct PlacedBlock {
  CutBlock cut;
  std::string boundaries_before;  // as tokens, one per line
  std::vector<std::int32_t> ids_before;
  std::int32_t known = 0;               // number of known types when it was tokenised
  std::vector<std::int32_t> fresh_ids;  // ids of its new words
};

/// Blocks that are tokenised in parallel. Their memory is reused.
struct Wave {
  std::vector<PlacedBlock> blocks = std::vector<PlacedBlock>(kLargestWave);
  std::size_t size = 0;
};

/// Builds a stream from blocks. Only place() and finish() modify it, and only place() its types.
class StreamMaker {
 public:
  StreamMaker(const BoundarySymbols& boundaries, IdStore ids) : boundaries_(boundaries) {
    stream_.ids = std::move(ids);
  }

  const TypeTable& types() const { return stream_.types; }

  /// Resolves everything that depends on the preceding blocks. Fast, because it only processes new
  /// words.
  void place(PlacedBlock& block) {
    CutBlock& cut = block.cut;
    if (cut.failure) {
      throw cut.failure->error.at("{}:{}", cut.failure->file, cut.failure->line);
    }
    block.boundaries_before.clear();
    block.ids_before.clear();
    for (const TextEnd end : cut.leading) {
      open_.end(end, boundaries_, [&](const std::string& symbol) {
        block.boundaries_before.append(symbol) += '\n';
        block.ids_before.push_back(stream_.types.add(hashed(symbol)));
      });
    }
    block.fresh_ids.clear();
    for (std::int32_t id = 0; id < cut.fresh.size(); ++id) {
      block.fresh_ids.push_back(stream_.types.add(hashed(cut.fresh.word(id))));
    }
    stream_.counts.resize(static_cast<std::size_t>(stream_.types.size()));
    size_ += static_cast<std::int64_t>(block.ids_before.size());
    for (std::size_t i = 0; i < cut.starts.size(); ++i) {
      if (i == 0 && open_.document) continue;
      stream_.documents.push_back(size_ + static_cast<std::int64_t>(cut.starts[i].token));
      stream_.parts.push_back(cut.starts[i].part);
    }
    if (!cut.ids.empty()) open_ = cut.open;
    size_ += static_cast<std::int64_t>(cut.ids.size());
  }

  /// Appends a placed block to the stream.
  void finish(PlacedBlock& block) {
    hash_.update(block.boundaries_before).update(block.cut.tokens);
    for (auto& id : block.cut.ids) {
      if (id >= block.known) id = block.fresh_ids[at(id - block.known)];
      ++stream_.counts[at(id)];
    }
    for (const auto id : block.ids_before) ++stream_.counts[at(id)];
    stream_.ids.append(block.ids_before.data(), block.ids_before.size());
    stream_.ids.append(block.cut.ids.data(), block.cut.ids.size());
  }

  TokenStream stream() {
    stream_.sha256 = hash_.hex();
    return std::move(stream_);
  }

 private:
  const BoundarySymbols& boundaries_;
  TokenStream stream_;
  OpenThings open_;
  std::int64_t size_ = 0;  // number of placed tokens
  Sha256 hash_;
};

/// Reads waves of blocks. Keeps an error until all text before it has been processed, so that the
/// reported error is the first one in the text.
class WaveReader {
 public:
  explicit WaveReader(TextSource& source) : blocks_(source) {}

  void read(Wave& wave) {
    wave.size = 0;
    try {
      std::size_t bytes = 0;
      while (!error_ && wave.size < wanted_ && bytes < wanted_ * TextBlocks::kBlockBytes &&
             blocks_.next(wave.blocks[wave.size].cut.text)) {
        bytes += wave.blocks[wave.size++].cut.text.size();
      }
      wanted_ = std::min(2 * wanted_, kLargestWave);
    } catch (...) {
      error_ = std::current_exception();
    }
  }

  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  TextBlocks blocks_;
  std::size_t wanted_ = 1;  // grows: almost every word of the first waves is new
  std::exception_ptr error_;
};

}  // namespace

TokenStream read_stream(TextSource& source, const TokenizerOptions& options,
                        const BoundarySymbols& boundaries, IdStore ids) {
  const auto tokenizer = make_tokenizer(options);
  StreamMaker maker(boundaries, std::move(ids));
  WaveReader reader(source);
  Progress progress("data", source.bytes() / 1000, "kB");
  Wave now, other;  // the previous wave, then the next one
  reader.read(now);
  while (now.size > 0) {
    if (interrupted()) throw Interrupted("stopped while reading the text");
    // Sequential work (reading, the checksum, writing) runs in parallel with the tokenisation.
    for_each_block(static_cast<std::int64_t>(1 + now.size), [&](std::int64_t i) {
      if (i == 0) {
        for (std::size_t k = 0; k < other.size; ++k) maker.finish(other.blocks[k]);
        reader.read(other);
        return;
      }
      PlacedBlock& block = now.blocks[at(i - 1)];
      block.known = maker.types().size();
      block.cut.cut(*tokenizer, boundaries, maker.types());
    });
    for (std::size_t k = 0; k < now.size; ++k) maker.place(now.blocks[k]);
    progress.update(source.bytes_read() / 1000);
    std::swap(now, other);
  }
  for (std::size_t k = 0; k < other.size; ++k) maker.finish(other.blocks[k]);
  reader.rethrow();
  return maker.stream();
}

TokenStream stream_of_tokens(const std::vector<std::string>& tokens) {
  TokenStream stream;
  Sha256 hash;
  std::vector<std::int32_t> ids;
  for (const auto& token : tokens) {
    ids.push_back(stream.types.add(hashed(token)));
    stream.counts.resize(static_cast<std::size_t>(stream.types.size()));
    ++stream.counts[at(ids.back())];
    hash.update(token).update("\n");
  }
  stream.ids.append(ids.data(), ids.size());
  stream.sha256 = hash.hex();
  if (!tokens.empty()) {
    stream.documents = {0};
    stream.parts = {Document::Part::any};
  }
  return stream;
}

}  // namespace wordbridge
