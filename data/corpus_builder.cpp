#include "data/corpus_builder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>

#include "core/container.h"
#include "core/error.h"
#include "core/text.h"

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
  const bool fractions = split.by == "fractions";
  const double whole = fractions ? 1.0 : static_cast<double>(tokens);
  std::array<double, 3> sizes = {split.train, split.valid, split.test};
  double given = 0;
  for (const double size : sizes) given += size < 0 ? 0 : size;
  if (given > whole * (1 + 1e-9)) {
    throw Error("the splits are larger than the text")
        .expected("train + valid + test of at most {}", whole)
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
    throw Error("the text has no files to split by")
        .expected("the reader ptb, or data.valid_path and data.test_path, for split.by: files")
        .got("files that are not said to be for training, validation or test");
  }
  return consecutive({0, first_after(Part::train), first_after(Part::valid), stream.size()});
}

Splits split_stream(const TokenStream& stream, const SplitOptions& split) {
  const Splits splits =
      split.by == "files" ? split_by_files(stream) : split_by_numbers(stream.size(), split);
  if (splits.train.size() == 0) {
    throw Error("the training portion is empty")
        .expected("at least one token in it")
        .got("a text of {} tokens, data.split.by: {}", stream.size(), split.by);
  }
  return splits;
}

/// Occurrences of each id below `size` in `span`.
std::vector<std::int64_t> count_ids(const std::int32_t* ids, Span span, std::size_t size) {
  std::vector<std::int64_t> counts(size);
  for (std::int64_t i = span.begin; i < span.end; ++i) ++counts[static_cast<std::size_t>(ids[i])];
  return counts;
}

Vocabulary make_vocabulary(const TokenStream& stream, Span train, const DataOptions& options) {
  if (!options.vocabulary.file.empty()) return Vocabulary::load(options.vocabulary.file);
  VocabularyOptions wanted = options.vocabulary;
  for (const auto* marker :
       {&options.markers.line, &options.markers.paragraph, &options.markers.document}) {
    if (!marker->empty()) wanted.specials.push_back(*marker);
  }
  const Span counted = wanted.count_over == "all" ? Span{0, stream.size()} : train;
  const auto counts = count_ids(stream.ids.data(), counted, stream.types.size());
  std::unordered_map<std::string, std::int64_t> by_word;
  for (std::size_t type = 0; type < counts.size(); ++type) {
    if (counts[type] > 0) by_word.emplace(stream.types[type], counts[type]);
  }
  return Vocabulary::build(by_word, wanted);
}

/// Share of the span's tokens that are unknown (or dropped for it); null if the span is empty.
nlohmann::json unknown_share(const TokenStream& stream, Span span,
                             const std::vector<std::int32_t>& id_of_type, std::int64_t unknown) {
  if (span.size() == 0) return nullptr;
  std::int64_t count = 0;
  for (std::int64_t i = span.begin; i < span.end; ++i) {
    count +=
        id_of_type[static_cast<std::size_t>(stream.ids[static_cast<std::size_t>(i)])] == unknown;
  }
  return static_cast<double>(count) / static_cast<double>(span.size());
}

/// Turns types into ids in place and drops those without one; moves the positions along.
void encode(std::vector<std::int32_t>& ids, const std::vector<std::int32_t>& id_of_type,
            std::vector<std::int64_t*> positions) {
  std::sort(positions.begin(), positions.end(),
            [](const std::int64_t* a, const std::int64_t* b) { return *a < *b; });
  std::size_t kept = 0, next = 0;
  for (std::size_t i = 0; i <= ids.size(); ++i) {
    for (; next < positions.size() && *positions[next] == static_cast<std::int64_t>(i); ++next) {
      *positions[next] = static_cast<std::int64_t>(kept);
    }
    if (i == ids.size()) break;
    const std::int32_t id = id_of_type[static_cast<std::size_t>(ids[i])];
    if (id >= 0) ids[kept++] = id;
  }
  ids.resize(kept);
}

std::int32_t find_start(const Vocabulary& vocabulary, const DataOptions& options) {
  if (!options.start.empty()) {
    const auto id = vocabulary.find(options.start);
    if (id < 0) {
      throw Error("the start word is not in the vocabulary")
          .at("data.start")
          .got("{}", printable(options.start))
          .hint("data.vocabulary.specials: [{}] puts it there", options.start);
    }
    return static_cast<std::int32_t>(id);
  }
  for (const auto* word : {&options.markers.document, &options.markers.paragraph,
                           &options.markers.line, &vocabulary.unknown()}) {
    const auto id = vocabulary.find(*word);
    if (id >= 0) return static_cast<std::int32_t>(id);
  }
  return 0;
}

void put_fields(const FieldGroup& group, nlohmann::json& json) {
  for (const auto& field : group.fields) {
    std::visit([&](const auto* value) { json[field.name] = *value; }, field.value);
  }
  for (const auto& inner : group.groups) put_fields(inner, json[inner.name]);
}

}  // namespace

nlohmann::json options_json(const DataOptions& options) {
  DataOptions copy = options;
  nlohmann::json json;
  put_fields(copy.describe(), json);
  // Where things lie does not matter.
  for (const char* place : {"path", "valid_path", "test_path", "cache"}) json.erase(place);
  return json;
}

Corpus CorpusBuilder::build(TokenStream stream, const DataOptions& options,
                            const nlohmann::json& source) {
  if (stream.size() == 0)
    throw Error("the text has no tokens").hint("see data.path, data.tokenizer");
  Splits splits = split_stream(stream, options.split);
  Corpus corpus;
  corpus.vocabulary_ = make_vocabulary(stream, splits.train, options);
  const Vocabulary& vocabulary = corpus.vocabulary_;
  const std::int64_t unknown = vocabulary.unknown_id();
  std::vector<std::int32_t> id_of_type;
  for (const auto& type : stream.types) {
    const auto id = vocabulary.find(type);
    id_of_type.push_back(static_cast<std::int32_t>(id >= 0 ? id : unknown));
  }

  nlohmann::json facts = {
      {"source", source},
      {"options", options_json(options)},
      {"stream_sha256", stream.sha256()},
      {"stream_tokens", stream.size()},
      {"types", stream.types.size()},
      {"unknown_share", unknown_share(stream, {0, stream.size()}, id_of_type, unknown)}};
  for (const auto& [name, span] : splits.named()) {
    facts["splits"][name]["unknown_share"] = unknown_share(stream, *span, id_of_type, unknown);
  }

  corpus.documents_ = std::move(stream.documents);
  std::vector<std::int64_t*> positions;
  for (auto& document : corpus.documents_) positions.push_back(&document);
  for (const auto& [name, span] : splits.named()) {
    positions.push_back(&span->begin);
    positions.push_back(&span->end);
  }
  encode(stream.ids, id_of_type, std::move(positions));
  const auto ids = std::make_shared<const std::vector<std::int32_t>>(std::move(stream.ids));
  corpus.keeper_ = ids;
  corpus.ids_ = ids->data();
  corpus.tokens_ = static_cast<std::int64_t>(ids->size());
  corpus.train_ = splits.train;
  corpus.valid_ = splits.valid;
  corpus.test_ = splits.test;
  // Documents of which nothing is left.
  auto& documents = corpus.documents_;
  documents.erase(std::unique(documents.begin(), documents.end()), documents.end());
  if (!documents.empty() && documents.back() == corpus.tokens_) documents.pop_back();
  corpus.train_counts_ =
      count_ids(corpus.ids_, corpus.train_, static_cast<std::size_t>(vocabulary.size()));
  check(corpus);
  corpus.start_id_ = find_start(vocabulary, options);

  for (const auto& [name, span] : splits.named()) facts["splits"][name]["tokens"] = span->size();
  facts["tokens"] = corpus.tokens_;
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
  throw Error("the training portion has fewer than two different words of the vocabulary")
      .expected("at least 2")
      .got("{} in {} tokens", words, corpus.train_.size())
      .hint("is data.vocabulary.min_count too high for so short a text?");
}

void CorpusBuilder::save(const Corpus& corpus, const std::filesystem::path& path,
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
  writer.write(path);
}

Corpus CorpusBuilder::load(const std::filesystem::path& path, const nlohmann::json& key) {
  const ContainerReader reader(path, kKind);
  const auto& meta = reader.meta();
  if (meta.at("key") != key)
    throw Error("the file was made of something else").at("{}", path.string());
  const auto integers = [&](const std::string& name) {
    const std::int64_t* data = reader.i64(name);
    return std::vector<std::int64_t>(data, data + reader.array(name).count());
  };
  Corpus corpus;
  corpus.vocabulary_ = Vocabulary::from(reader);
  corpus.keeper_ = reader.file();
  corpus.ids_ = reader.i32("ids");
  corpus.tokens_ = reader.array("ids").count();
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
