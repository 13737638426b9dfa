#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

#include "core/io/container.h"
#include "data/corpus/corpus.h"
#include "data/corpus/corpus_options.h"
#include "data/text/token_stream.h"

namespace wordbridge {

/// The one that fills a Corpus: from a stream of tokens, or from its file.
class CorpusBuilder {
 public:
  /// Splits, counts, makes the vocabulary, encodes. `source`: for the facts.
  /// Error: see open_corpus().
  static Corpus build(TokenStream stream, const DataOptions& options, const nlohmann::json& source);

  /// Writes the file (core/io/container.h) of a corpus, and maps its ids instead of those that it
  /// had. `key`: what it was made of.
  static Corpus save(const Corpus& corpus, const std::filesystem::path& path,
                     const nlohmann::json& key);
  /// Error if the file is damaged or was made of something else.
  static Corpus load(const std::filesystem::path& path, const nlohmann::json& key);

 private:
  static void check(const Corpus& corpus);
  static void map_ids(Corpus& corpus, const ContainerReader& reader);
};

/// The tokenizer's, boundaries', split's and vocabulary's options, the reader and the start word.
nlohmann::json options_json(const DataOptions& options);

}  // namespace wordbridge
