#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/config/fields.h"

namespace wordbridge {

/// window: words within `window` tokens of each other; document: a word and the documents that
/// contain it.
enum class CountContext { window, document };
const EnumNames<CountContext>& count_contexts();
/// Weight of a word at distance d in a window of W words on each side. flat: 1; harmonic: 1/d
/// (GloVe); dynamic: (W - d + 1)/W, the expected weight in a window whose size is drawn uniformly
/// from 1 to W (word2vec; Levy, Goldberg and Dagan 2015).
enum class CountWeighting { flat, harmonic, dynamic };
/// Words that are contexts. apart: words on the left and words on the right are different contexts.
enum class CountSides { both, left, right, apart };

/// How the contexts of words are counted: the section `counts` of a counting model.
struct CountOptions {
  CountContext context = CountContext::window;
  std::int64_t window = 5;  // words on each side
  CountWeighting weighting = CountWeighting::flat;
  CountSides sides = CountSides::both;
  bool cross_documents = false;   // windows cross document boundaries
  double sample = 0;              // subsampling of frequent words, as in word2vec; 0: none
  std::int64_t max_contexts = 0;  // only words with smaller ids are contexts; 0: all

  // The following do not affect the counts.
  std::string memory = "2GB";  // of the process while it counts, as parse_bytes() reads it
  bool cache = true;           // keep the counts in the folder of cached corpora

  /// Counts that are read instead, a Matrix Market file; empty: none. The other options are then
  /// not used.
  std::string file;
  std::string vocabulary;  // words of the rows of `file`; empty: the file names the vocabulary

  FieldGroup describe();
  /// The options that affect counts which are not read from a file, by name.
  nlohmann::ordered_json settings() const;
  /// `defaults`: those of the model. With a file, settings that differ from them are problems,
  /// because they have no effect.
  void validate(Problems& problems, const std::string& prefix, const CountOptions& defaults) const;
  void validate_files(Problems& problems, const std::string& prefix) const;
};

}  // namespace wordbridge
