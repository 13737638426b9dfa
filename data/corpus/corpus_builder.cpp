#include "data/corpus/corpus_builder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>

#include "core/config/yaml_tree.h"
#include "core/error.h"
#include "core/index.h"
#include "core/interrupt.h"
#include "core/io/container.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/threads.h"
#include "data/corpus/vocabulary_files.h"

namespace wordbridge {
namespace {

constexpr std::string_view kKind = "corpus";

struct Splits {
  Span train, valid, test;
  std::array<std::pair<std::string_view, Span*>, 3> named() {
    return {{{"train", &train}, {"valid", &valid}, {"test", &test}}};
  }
};

Splits consecutive(const std::array<std::int64_t, 4>& borders) {
  return {{borders[0], borders[1]}, {borders[1], borders[2]}, {borders[2], borders[3]}};
}

Splits split_by_numbers(std::int64_t tokens, const SplitOptions& split) {
  const bool fractions = split.by == SplitBy::fractions;
  const double whole = fractions ? 1.0 : static_cast<double>(tokens);
  std::array<double, 3> sizes = {split.train, split.valid, split.test};
  double given = 0;
  for (const double size : sizes) given += size < 0 ? 0 : size;
  if (given > whole * (1 + 1e-9)) {
    throw Error("the splits are larger than the corpus")
        .expected("train + valid + test at most {}", whole)
        .got("{} + {} + {} = {}", split.train, split.valid, split.test, given);
  }
  for (double& size : sizes) {
    if (size < 0) size = whole - given;
  }
  std::array<std::int64_t, 4> borders{};
  double sum = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    sum += sizes[i];
    borders[i + 1] = std::min<std::int64_t>(
        tokens, std::llround(fractions ? sum * static_cast<double>(tokens) : sum));
  }
  return consecutive(borders);
}

Splits split_by_files(const TokenStream& stream) {
  using Part = Document::Part;
  const auto first_after = [&](Part part) {
    for (std::size_t i = 0; i < stream.parts.size(); ++i) {
      if (stream.parts[i] > part) return stream.documents[i];
    }
    return stream.size();
  };
  if (std::count(stream.parts.begin(), stream.parts.end(), Part::any) > 0) {
    throw Error("the corpus can't be split by files")
        .expected("for data.split.by: files, the reader ptb, or data.valid_path and data.test_path")
        .got("files that are not assigned to a training, validation or test split");
  }
  return consecutive({0, first_after(Part::train), first_after(Part::valid), stream.size()});
}

Splits split_stream(const TokenStream& stream, const SplitOptions& split) {
  const Splits splits =
      split.by == SplitBy::files ? split_by_files(stream) : split_by_numbers(stream.size(), split);
  if (splits.train.size() == 0) {
    throw Error("the training split is empty")
        .expected("at least one token")
        .got("a corpus of {}, data.split.by: {}", counted(stream.size(), "token"),
             name_of(split_by_names(), split.by));
  }
  return splits;
}

constexpr std::size_t kIdsAtOnce = std::size_t{1} << 18;  // read from the store at a time

/// Calls `use(ids, count)` with consecutive pieces of `span`.
template <class F>
void for_each_piece(const IdStore& ids, Span span, const F& use) {
  std::vector<std::int32_t> piece(
      static_cast<std::size_t>(std::min<std::int64_t>(span.size(), kIdsAtOnce)));
  for (std::int64_t begin = span.begin; begin < span.end;) {
    if (interrupted()) throw Interrupted("stopped while encoding the corpus");
    const auto count = static_cast<std::size_t>(
        std::min<std::int64_t>(span.end - begin, static_cast<std::int64_t>(piece.size())));
    ids.read(begin, piece.data(), count);
    use(piece.data(), count);
    begin += static_cast<std::int64_t>(count);
  }
}

/// Occurrences of each type in `span`.
std::vector<std::int64_t> count_types(const TokenStream& stream, Span span) {
  if (span.size() == stream.size()) return stream.counts;
  std::vector<std::int64_t> counts(stream.counts.size());
  for_each_piece(stream.ids, span, [&](const std::int32_t* ids, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) ++counts[at(ids[i])];
  });
  return counts;
}

Vocabulary make_vocabulary(const TokenStream& stream, const std::vector<std::int64_t>& train,
                           const DataOptions& options) {
  if (!options.vocabulary.file.empty()) return read_vocabulary(options.vocabulary.file);
  VocabularyOptions wanted = options.vocabulary;
  for (const auto* symbol :
       {&options.boundaries.line, &options.boundaries.paragraph, &options.boundaries.document}) {
    if (!symbol->empty()) wanted.specials.push_back(*symbol);
  }
  const auto& counts = wanted.count_over == CountOver::all ? stream.counts : train;
  std::vector<CountedWord> types;
  types.reserve(counts.size());
  for (std::int32_t type = 0; type < stream.types.size(); ++type) {
    const std::int64_t count = counts[at(type)];
    if (count > 0) types.push_back({stream.types.word(type), count});
  }
  return Vocabulary::build(types, wanted);
}

/// Id of each type. Types outside the vocabulary get the id of the unknown symbol, or -1 if there
/// is none.
std::vector<std::int32_t> ids_of_types(const TypeTable& types, const Vocabulary& vocabulary) {
  std::vector<std::int32_t> ids(static_cast<std::size_t>(types.size()));
  for_each_range(types.size(), 4096, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t type = begin; type < end; ++type) {
      const auto id = vocabulary.find(types.word(static_cast<std::int32_t>(type)));
      ids[at(type)] = static_cast<std::int32_t>(id >= 0 ? id : vocabulary.unknown_id());
    }
  });
  return ids;
}

/// Share of the counted tokens that are unknown (or dropped as unknown); null if nothing was
/// counted.
nlohmann::json unknown_share(const std::vector<std::int64_t>& counts,
                             const std::vector<std::int32_t>& id_of_type, std::int64_t unknown) {
  std::int64_t count = 0, all = 0;
  for (std::size_t type = 0; type < counts.size(); ++type) {
    all += counts[type];
    if (id_of_type[type] == unknown) count += counts[type];
  }
  if (all == 0) return nullptr;
  return static_cast<double>(count) / static_cast<double>(all);
}

/// Replaces types by ids in place, drops tokens without an id, and adjusts `positions` accordingly.
void encode(IdStore& ids, const std::vector<std::int32_t>& id_of_type,
            std::vector<std::int64_t*> positions) {
  std::sort(positions.begin(), positions.end(),
            [](const std::int64_t* a, const std::int64_t* b) { return *a < *b; });
  std::int64_t seen = 0, kept = 0;
  std::size_t next = 0;
  const auto move_positions = [&](std::int64_t kept_here) {
    for (; next < positions.size() && *positions[next] == seen; ++next) {
      *positions[next] = kept + kept_here;
    }
  };
  for_each_piece(ids, {0, ids.size()}, [&](std::int32_t* piece, std::size_t count) {
    std::int64_t kept_here = 0;
    const std::int64_t end = seen + static_cast<std::int64_t>(count);
    const std::int32_t* type = piece;
    while (seen < end) {
      move_positions(kept_here);
      const std::int64_t stop = next < positions.size() ? std::min(end, *positions[next]) : end;
      for (; seen < stop; ++seen) {
        const std::int32_t id = id_of_type[at(*type++)];
        piece[kept_here] = id;
        kept_here += id >= 0;
      }
    }
    ids.write(kept, piece, static_cast<std::size_t>(kept_here));
    kept += kept_here;
  });
  move_positions(0);
  ids.cut(kept);
}

std::int32_t find_start(const Vocabulary& vocabulary, const DataOptions& options) {
  if (!options.start.empty()) {
    const auto id = vocabulary.find(options.start);
    if (id < 0) {
      throw Error("the start word is not in the vocabulary")
          .at("data.start")
          .got("{}", printable(options.start))
          .hint("add it with data.vocabulary.specials: [{}]", options.start);
    }
    return static_cast<std::int32_t>(id);
  }
  for (const auto* word : {&options.boundaries.document, &options.boundaries.paragraph,
                           &options.boundaries.line, &vocabulary.unknown()}) {
    const auto id = vocabulary.find(*word);
    if (id >= 0) return static_cast<std::int32_t>(id);
  }
  return 0;
}

void put_fields(const FieldGroup& group, nlohmann::json& json) {
  for (const auto& field : group.fields) {
    std::visit(
        [&](const auto& value) {
          if constexpr (is_optional<std::decay_t<decltype(*value)>>)
            json[field.name] = value->has_value() ? nlohmann::json(**value) : nlohmann::json();
          else
            json[field.name] = *value;
        },
        field.value);
  }
  for (const auto& inner : group.groups) put_fields(inner, json[inner.name]);
}

}  // namespace

nlohmann::json options_json(const DataOptions& options) {
  DataOptions copy = options;
  nlohmann::json json;
  put_fields(copy.describe(), json);
  // The locations of files do not affect the corpus.
  for (const char* place : {"path", "valid_path", "test_path", "cache"}) json.erase(place);
  return json;
}

TokenizerOptions tokenizer_of(const Corpus& corpus) {
  TokenizerOptions tokenizer;
  Problems problems;
  read_fields(parse_yaml(corpus.facts().at("options").at("tokenizer").dump(), 0),
              tokenizer.describe(), problems);
  WB_ASSERT(problems.empty());
  return tokenizer;
}

Corpus CorpusBuilder::build(TokenStream stream, const DataOptions& options,
                            const nlohmann::json& source) {
  if (stream.size() == 0)
    throw Error("the corpus has no tokens").hint("check data.path and data.tokenizer");
  Splits splits = split_stream(stream, options.split);
  const auto train_counts = count_types(stream, splits.train);
  Corpus corpus;
  corpus.vocabulary_ = make_vocabulary(stream, train_counts, options);
  const Vocabulary& vocabulary = corpus.vocabulary_;
  const std::int64_t unknown = vocabulary.unknown_id();
  const auto id_of_type = ids_of_types(stream.types, vocabulary);

  nlohmann::json facts = {{"source", source},
                          {"options", options_json(options)},
                          {"stream_sha256", stream.sha256},
                          {"stream_tokens", stream.size()},
                          {"types", stream.types.size()},
                          {"dropped_types", std::count(id_of_type.begin(), id_of_type.end(), -1)},
                          {"unknown_share", unknown_share(stream.counts, id_of_type, unknown)}};
  for (const auto& [name, span] : splits.named()) {
    facts["splits"][name]["unknown_share"] = unknown_share(
        span == &splits.train ? train_counts : count_types(stream, *span), id_of_type, unknown);
  }
  corpus.train_counts_.resize(static_cast<std::size_t>(vocabulary.size()));
  for (std::size_t type = 0; type < train_counts.size(); ++type) {
    const std::int32_t id = id_of_type[type];
    if (id >= 0) corpus.train_counts_[at(id)] += train_counts[type];
  }

  corpus.documents_ = std::move(stream.documents);
  std::vector<std::int64_t*> positions;
  for (auto& document : corpus.documents_) positions.push_back(&document);
  for (const auto& [name, span] : splits.named()) {
    positions.push_back(&span->begin);
    positions.push_back(&span->end);
  }
  encode(stream.ids, id_of_type, std::move(positions));
  corpus.ids_ = stream.ids.take();
  corpus.train_ = splits.train;
  corpus.valid_ = splits.valid;
  corpus.test_ = splits.test;
  // Remove documents with no remaining tokens.
  auto& documents = corpus.documents_;
  documents.erase(std::unique(documents.begin(), documents.end()), documents.end());
  if (!documents.empty() && documents.back() == corpus.tokens()) documents.pop_back();
  check(corpus);
  corpus.start_id_ = find_start(vocabulary, options);

  for (const auto& [name, span] : splits.named()) facts["splits"][name]["tokens"] = span->size();
  facts["tokens"] = corpus.tokens();
  facts["documents"] = documents.size();
  facts["start"] = vocabulary.word(corpus.start_id_);
  facts["vocabulary"] = {{"size", vocabulary.size()},
                         {"unknown", vocabulary.unknown()},
                         {"sha256", vocabulary.sha256()}};
  corpus.facts_ = std::make_shared<const nlohmann::json>(std::move(facts));
  return corpus;
}

void CorpusBuilder::check(const Corpus& corpus) {
  const auto& counts = corpus.train_counts_;
  const auto words =
      std::count_if(counts.begin(), counts.end(), [](auto count) { return count > 0; });
  if (words >= 2) return;
  throw Error("the training split has fewer than two distinct vocabulary words")
      .expected("at least 2")
      .got("{} in {}", words, counted(corpus.train_.size(), "token"))
      .hint("data.vocabulary.min_count may be too high for such a short text");
}

void CorpusBuilder::map_ids(Corpus& corpus, const ContainerReader& reader) {
  corpus.ids_ = {reader.file(), reader.i32("ids"), reader.array("ids").count()};
  corpus.cache_file_ = reader.file();
}

Corpus CorpusBuilder::save(const Corpus& corpus, const std::filesystem::path& path,
                           const nlohmann::json& key) {
  const Vocabulary& vocabulary = corpus.vocabulary();
  const nlohmann::json meta = {
      {"key", key},
      {"facts", corpus.facts()},
      {"start_id", corpus.start_id()},
      {"borders", {corpus.train_.begin, corpus.train_.end, corpus.valid_.end, corpus.test_.end}}};
  ContainerWriter writer(std::string(kKind), meta);
  writer.add("ids", DType::i32, {corpus.tokens()}, corpus.ids());
  writer.add("documents", corpus.documents());
  writer.add("train_counts", corpus.train_counts());
  vocabulary.add_to(writer);
  writer.write(path, /*flushed=*/false);  // load() verifies it
  Corpus mapped = corpus;
  map_ids(mapped, ContainerReader(path, kKind, /*verify=*/false));
  return mapped;
}

Corpus CorpusBuilder::load(const std::filesystem::path& path, const nlohmann::json& key) {
  const ContainerReader reader(path, kKind);
  const auto& meta = reader.meta();
  if (meta.at("key") != key)
    throw Error("the file was built from another source or with other options")
        .at("{}", path.string());
  const auto integers = [&](const std::string& name) {
    const std::int64_t* data = reader.i64(name);
    return std::vector<std::int64_t>(data, data + reader.array(name).count());
  };
  Corpus corpus;
  corpus.vocabulary_ = Vocabulary::from(reader);
  map_ids(corpus, reader);
  const Splits splits = consecutive(meta.at("borders").get<std::array<std::int64_t, 4>>());
  corpus.train_ = splits.train;
  corpus.valid_ = splits.valid;
  corpus.test_ = splits.test;
  corpus.documents_ = integers("documents");
  corpus.train_counts_ = integers("train_counts");
  corpus.start_id_ = meta.at("start_id");
  corpus.facts_ = std::make_shared<const nlohmann::json>(meta.at("facts"));
  return corpus;
}

}  // namespace wordbridge
