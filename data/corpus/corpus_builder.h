#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

#include "core/io/container.h"
#include "data/corpus/corpus.h"
#include "data/corpus/corpus_options.h"
#include "data/text/token_stream.h"

namespace wordbridge {

/// Builds a Corpus from a stream of tokens, or loads it from its cache file.
class CorpusBuilder {
 public:
  /// Splits the stream, counts its types, builds the vocabulary and encodes the tokens. `source` is
  /// copied into the facts. Errors: see open_corpus().
  static Corpus build(TokenStream stream, const DataOptions& options, const nlohmann::json& source);

  /// Writes the corpus to a file (core/io/container.h). Returns the corpus with its ids mapped from
  /// that file. `key` identifies the source and the options.
  static Corpus save(const Corpus& corpus, const std::filesystem::path& path,
                     const nlohmann::json& key);
  /// Error if the file is damaged, or was built from another source or with other options.
  static Corpus load(const std::filesystem::path& path, const nlohmann::json& key);

 private:
  static void check(const Corpus& corpus);
  static void map_ids(Corpus& corpus, const ContainerReader& reader);
};

/// The options that determine the corpus: reader, tokenizer, boundaries, split, vocabulary and
/// start word.
nlohmann::json options_json(const DataOptions& options);

}  // namespace wordbridge
