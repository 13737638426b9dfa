#include "data/corpus/open_corpus.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/io/cache_folder.h"
#include "core/io/file.h"
#include "core/io/hash.h"
#include "core/json.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "data/corpus/corpus_builder.h"
#include "data/corpus/corpus_source.h"
#include "data/corpus/vocabulary_files.h"
#include "data/text/corpus_formats.h"
#include "data/text/token_stream.h"
#include "data/text/unicode.h"

namespace wordbridge {
namespace {

/// Increased when the same options and text would produce a different corpus or a different file.
constexpr int kCacheVersion = 3;

// Measured on English text with two threads; used only for the estimate.
constexpr double kSecondsBase = 0.1, kBytesPerSecond = 150e6;
constexpr double kMemoryBase = 40e6, kMemoryPerType = 80, kTokensPerByte = 0.2;

std::optional<fs::path> cache_folder(const DataOptions& options) {
  if (options.cache == "none") return std::nullopt;
  if (!options.cache.empty()) return fs::path(options.cache);
  return wordbridge::cache_folder();
}

nlohmann::json cache_key(const DataOptions& options, const nlohmann::json& source) {
  nlohmann::json key = {{"version", kCacheVersion},
                        {"unicode", unicode_version()},
                        {"source", source},
                        {"options", options_json(options)}};
  if (!options.vocabulary.file.empty()) {
    key["options"]["vocabulary"]["file"] = sha256_of_file(vocabulary_file(options.vocabulary.file));
  }
  return valid_utf8(key);
}

std::optional<Corpus> load_cached(const fs::path& path, const nlohmann::json& key) {
  if (!fs::exists(path)) return std::nullopt;
  try {
    Corpus corpus = CorpusBuilder::load(path, key);
    log("data", "encoded corpus loaded from the cache: {}", path.string());
    return corpus;
  } catch (const std::exception& error) {
    warn("the cached corpus can't be used and is rebuilt: {}", error.what());
    return std::nullopt;
  }
}

void warn_of_cache(const Error& error) {
  warn("can't write the encoded corpus to the cache (data.cache: none disables the cache): {}",
       error.what());
}

/// Store for the ids while the text is read: a file in the cache folder, whose disk needs room for
/// them anyway, or memory if there is no cache or it can't be written.
IdStore open_store(const std::optional<fs::path>& folder) {
  if (!folder) return {};
  try {
    make_folder(*folder);
    return IdStore(*folder);
  } catch (const Error& error) {
    warn_of_cache(error);
    return {};
  }
}

/// Writes the corpus to the cache and returns it mapped from there, or unchanged if that fails.
Corpus save_cached(const Corpus& corpus, const fs::path& path, const nlohmann::json& key) {
  try {
    Corpus mapped = CorpusBuilder::save(corpus, path, key);
    log("data", "written to the cache: {}", path.string());
    return mapped;
  } catch (const Error& error) {
    warn_of_cache(error);
    return corpus;
  }
}

void log_estimate(const TextSource& source, bool ids_in_memory) {
  const auto bytes = static_cast<double>(source.text_bytes());
  // Heaps' law: the vocabulary of English text grows roughly with the square root of its length.
  const double types = 30 * std::sqrt(bytes);
  const double ids = bytes * kTokensPerByte * sizeof(std::int32_t);
  log("data", "reading about {} of text, which takes about {} and {} of memory{}",
      human_bytes(bytes), human_duration(kSecondsBase + bytes / kBytesPerSecond),
      human_bytes(kMemoryBase + types * kMemoryPerType + (ids_in_memory ? ids : 0)),
      ids_in_memory ? ", most of it for the ids" : "");
}

/// "data.vocabulary.min_count: 5": the settings that make words rare.
std::string rare_by(const VocabularyOptions& options) {
  if (!options.file.empty()) return "data.vocabulary.file: " + options.file;
  std::string by = fmt::format("data.vocabulary.min_count: {}", options.min_count);
  if (options.max_size > 0) by += fmt::format(", max_size: {}", options.max_size);
  return by;
}

void log_facts(const Corpus& corpus, const VocabularyOptions& options) {
  const auto& facts = corpus.facts();
  const auto percent = [](const nlohmann::json& share) {
    return share.is_null() ? std::string("-") : fmt::format("{:.2f} %", 100 * share.get<double>());
  };
  const auto count = [](std::int64_t number) {
    return human_count(static_cast<std::uint64_t>(number));
  };
  const bool drops = corpus.vocabulary().unknown().empty();
  const char* const rare = drops ? "dropped" : "unknown";
  log("data", "{}, {}, {}; vocabulary of {}{}", counted(corpus.tokens(), "token"),
      counted(facts.at("types"), "type"), counted(facts.at("documents"), "document"),
      counted(corpus.vocabulary().size(), "word"),
      drops ? "" : ", unknown " + percent(facts.at("unknown_share")));
  if (const std::int64_t words = facts.at("dropped_types"); words > 0)
    log("data", "dropped {} ({}): {} of the text's {}", counted(words, "rare word"),
        rare_by(options), percent(facts.at("unknown_share")),
        counted(facts.at("stream_tokens"), "token"));
  std::vector<std::string> parts;
  for (const char* name : {"train", "valid", "test"}) {
    const auto& split = facts.at("splits").at(name);
    parts.push_back(fmt::format("{} {} ({} {})", name, count(split.at("tokens")), rare,
                                percent(split.at("unknown_share"))));
  }
  log("data", "{}", join(parts, ", "));
}

/// Warns about oversights that train an embedding of something other than the words.
void warn_of_unread_form(const DataOptions& options) {
  if (options.source.reader == TextReader::brown &&
      options.tokenizer.type != TokenizerType::brown) {
    warn(
        "each word of the Brown corpus is followed by a tag (word/TAG), which the tokenizer '{}' "
        "does not remove; set data.tokenizer.type: brown to remove the tags",
        name_of(tokenizer_types(), options.tokenizer.type));
  }
  if (options.source.reader != TextReader::text) return;
  for (const auto& path : options.source.paths) {
    for (const auto& known : known_readers()) {
      if (path == fmt::format("dataset:{}", known.name()))
        warn("{} is read as plain text; set data.reader: {} to read its format", path,
             known.name());
    }
  }
}

}  // namespace

Corpus open_corpus(const DataOptions& options) {
  warn_of_unread_form(options);
  const auto source = open_corpus_source(options.source);
  const auto identity = nlohmann::json::parse(source->identity());
  const auto key = cache_key(options, identity);
  const auto folder = cache_folder(options);
  const fs::path path =
      folder ? *folder / (sha256(key.dump()).substr(0, 32) + ".corpus") : fs::path();
  if (folder) {
    remove_dead_temporaries(*folder);
    if (const auto cached = load_cached(path, key)) {
      log_facts(*cached, options.vocabulary);
      return *cached;
    }
  }
  IdStore ids = open_store(folder);
  const bool in_memory = ids.in_memory();
  log_estimate(*source, in_memory);
  Corpus corpus = CorpusBuilder::build(
      read_stream(*source, options.tokenizer, options.boundaries, std::move(ids)), options,
      identity);
  log_facts(corpus, options.vocabulary);
  return in_memory ? corpus : save_cached(corpus, path, key);
}

Corpus corpus_from_tokens(const std::vector<std::string>& tokens,
                          const VocabularyOptions& vocabulary, const SplitOptions& split) {
  DataOptions options;
  options.vocabulary = vocabulary;
  options.split = split;
  return CorpusBuilder::build(stream_of_tokens(tokens), options, {{"reader", "tokens"}});
}

}  // namespace wordbridge
