#include "data/token_stream.h"

#include <algorithm>
#include <deque>
#include <exception>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/error.h"
#include "core/hash.h"
#include "core/interrupt.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/threads.h"

namespace wordbridge {
namespace {

constexpr std::size_t kBatchBytes = std::size_t{32} << 20;  // documents that are read together
constexpr std::size_t kBlockBytes = std::size_t{1} << 20;   // what one thread cuts at a time
constexpr std::size_t kWave = 32;                           // blocks between merges

/// Numbers words by their first occurrence.
class TypeTable {
 public:
  std::int32_t id(std::string_view word) {
    const auto found = ids_.find(word);
    if (found != ids_.end()) return found->second;
    const auto id = static_cast<std::int32_t>(words_.size());
    ids_.emplace(words_.emplace_back(word), id);
    return id;
  }
  const std::deque<std::string>& words() const { return words_; }

 private:
  std::deque<std::string> words_;  // never moves what it holds
  std::unordered_map<std::string_view, std::int32_t> ids_;
};

/// Ends of things, among the ids of a block.
enum Mark : std::int32_t { end_of_line = -1, end_of_blank_line = -2, end_of_document = -3 };

struct Range {
  const Document* document;
  std::size_t begin, end;
};

/// Some ranges of documents, and after cut() their tokens.
struct Block {
  std::vector<Range> ranges;
  std::vector<std::int32_t> ids;  // of `types`, or a Mark
  TypeTable types;
  std::exception_ptr error;

  void cut(const Tokenizer& tokenizer);
};

[[noreturn]] void rethrow_at(Error error, const Document& document, std::size_t begin,
                             std::string_view line) {
  const auto newlines = std::count(document.text.begin(), document.text.begin() + begin, '\n');
  error.at("{}:{}", document.name, newlines + 1);
  if (const auto bad = invalid_utf8(line)) {
    error.got("{} at byte {}", printable(line.substr(*bad, 1)), begin + *bad);
  }
  throw error;
}

void Block::cut(const Tokenizer& tokenizer) {
  const Tokenizer::Emit emit = [this](std::string_view token) { ids.push_back(types.id(token)); };
  for (const auto& range : ranges) {
    const std::string_view text = range.document->text;
    for (std::size_t begin = range.begin; begin < range.end;) {
      const std::size_t newline = text.substr(0, range.end).find('\n', begin);
      const std::size_t end = std::min(newline, range.end);
      const std::string_view line = text.substr(begin, end - begin);
      try {
        tokenizer.tokenize(line, emit);
      } catch (const Error& problem) {
        rethrow_at(problem, *range.document, begin, line);
      }
      if (newline < range.end) {
        ids.push_back(trimmed(line).empty() ? end_of_blank_line : end_of_line);
      }
      begin = end + 1;
    }
    if (range.end == text.size()) ids.push_back(end_of_document);
  }
}

/// Where a range that begins at `begin` ends: after a line; in an endless line, before a space that
/// stands between words in every script (what follows it is ASCII, and visible: the rest of a line
/// is never taken for a blank one).
std::size_t range_end(std::string_view text, std::size_t begin) {
  if (text.size() - begin <= kBlockBytes) return text.size();
  const std::size_t from = begin + kBlockBytes;
  const std::size_t newline =
      text.substr(0, std::min(text.size(), from + kBlockBytes)).find('\n', from);
  if (newline != std::string_view::npos) return newline + 1;
  for (std::size_t i = text.find(' ', from); i != std::string_view::npos;
       i = text.find(' ', i + 1)) {
    if (i + 1 < text.size() && text[i + 1] > ' ') return i;
  }
  return text.size();
}

std::vector<Block> blocks_of(const std::vector<Document>& documents) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  std::vector<Block> blocks;
  std::size_t room = 0;
  for (const auto& document : documents) {
    const std::string_view text = document.text;
    std::size_t begin =
        text.substr(0, kByteOrderMark.size()) == kByteOrderMark ? kByteOrderMark.size() : 0;
    do {
      const std::size_t end = range_end(text, begin);
      if (room == 0) {
        blocks.emplace_back();
        room = kBlockBytes;
      }
      blocks.back().ranges.push_back({&document, begin, end});
      room -= std::min(room, end - begin);
      begin = end;
    } while (begin < text.size());
  }
  return blocks;
}

/// Puts the blocks' tokens and the markers into the stream.
class Merger {
 public:
  explicit Merger(const MarkerOptions& markers) : markers_(markers) {}

  void add(const Block& block, const Document*& document) {
    if (block.error) std::rethrow_exception(block.error);
    std::vector<std::int32_t> ids;
    ids.reserve(block.types.words().size());
    for (const auto& word : block.types.words()) ids.push_back(types_.id(word));
    for (const std::int32_t id : block.ids) {
      if (id >= 0) {
        begin_document(document->part);
        stream_.ids.push_back(ids[static_cast<std::size_t>(id)]);
        line_ = paragraph_ = true;
      } else if (id == end_of_document) {
        end_line();
        end_paragraph();
        end(document_, markers_.document);
        ++document;
      } else if (id == end_of_line) {
        end_line();
      } else {
        end_paragraph();
      }
    }
  }

  TokenStream finish() {
    stream_.types.assign(types_.words().begin(), types_.words().end());
    return std::move(stream_);
  }

 private:
  void begin_document(Document::Part part) {
    if (document_) return;
    document_ = true;
    stream_.documents.push_back(stream_.size());
    stream_.parts.push_back(part);
  }
  void end_line() { end(line_, markers_.line); }
  void end_paragraph() { end(paragraph_, markers_.paragraph); }
  void end(bool& open, const std::string& marker) {
    if (open && !marker.empty()) stream_.ids.push_back(types_.id(marker));
    open = false;
  }

  const MarkerOptions& markers_;
  TokenStream stream_;
  TypeTable types_;
  // Whether there have been tokens since the last end.
  bool line_ = false, paragraph_ = false, document_ = false;
};

/// Documents of at least kBatchBytes together, if there are so many.
std::vector<Document> read_batch(TextSource& source, std::size_t& bytes) {
  std::vector<Document> batch;
  bytes = 0;
  Document document;
  while (bytes < kBatchBytes && source.next(document)) {
    bytes += document.text.size();
    batch.push_back(std::move(document));
  }
  return batch;
}

}  // namespace

std::string TokenStream::sha256() const {
  Sha256 hash;
  std::string buffer;
  for (const std::int32_t id : ids) {
    buffer.append(types[static_cast<std::size_t>(id)]) += '\n';
    if (buffer.size() >= kBlockBytes) {
      hash.update(buffer);
      buffer.clear();
    }
  }
  return hash.update(buffer).hex();
}

TokenStream read_stream(TextSource& source, const TokenizerOptions& options,
                        const MarkerOptions& markers) {
  const auto tokenizer = make_tokenizer(options);
  Merger merger(markers);
  Progress progress("data", source.bytes() / 1000, "kB");
  std::uint64_t packed_before = 0;
  std::size_t batch_bytes = 0;
  while (true) {
    const auto documents = read_batch(source, batch_bytes);
    if (documents.empty()) break;
    const std::uint64_t packed = source.bytes_read() - packed_before;
    auto blocks = blocks_of(documents);
    const Document* document = documents.data();
    for (std::size_t first = 0; first < blocks.size(); first += kWave) {
      if (interrupted()) throw Interrupted("stopped while reading the text");
      const std::size_t count = std::min(kWave, blocks.size() - first);
      for_each_block(static_cast<std::int64_t>(count), [&](std::int64_t i) {
        Block& block = blocks[first + static_cast<std::size_t>(i)];
        try {
          block.cut(*tokenizer);
        } catch (...) {
          block.error = std::current_exception();  // the first in the text's order is thrown
        }
      });
      for (std::size_t i = first; i < first + count; ++i) {
        merger.add(blocks[i], document);
        blocks[i] = {};
      }
      progress.update((packed_before + packed * (first + count) / blocks.size()) / 1000);
    }
    packed_before += packed;
  }
  return merger.finish();
}

TokenStream stream_of_tokens(const std::vector<std::string>& tokens) {
  TokenStream stream;
  TypeTable types;
  for (const auto& token : tokens) stream.ids.push_back(types.id(token));
  stream.types.assign(types.words().begin(), types.words().end());
  if (!tokens.empty()) {
    stream.documents = {0};
    stream.parts = {Document::Part::any};
  }
  return stream;
}

}  // namespace wordbridge
