#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

#include "data/corpus.h"
#include "data/token_stream.h"

namespace wordbridge {

/// The one that fills a Corpus: from a stream of tokens, or from its file.
class CorpusBuilder {
 public:
  /// Splits, counts, makes the vocabulary, encodes. `source`: for the facts.
  /// Error: see open_corpus().
  static Corpus build(TokenStream stream, const DataOptions& options, const nlohmann::json& source);

  /// The file (core/container.h) of a corpus. `key`: what it was made of.
  static void save(const Corpus& corpus, const std::filesystem::path& path,
                   const nlohmann::json& key);
  /// Error if the file is damaged or was made of something else. `verify`: also its checksum.
  static Corpus load(const std::filesystem::path& path, const nlohmann::json& key,
                     bool verify = true);

 private:
  static void check(const Corpus& corpus);
};

/// The tokenizer's, markers', split's and vocabulary's options, the reader and the start word.
nlohmann::json options_json(const DataOptions& options);

}  // namespace wordbridge
