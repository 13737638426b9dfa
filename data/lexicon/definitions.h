#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/config/fields.h"
#include "data/lexicon/dictionary.h"
#include "data/text/tokenizer.h"

namespace wordbridge {

/// Which definitions are used, and which of their words.
struct DefinitionOptions {
  std::vector<std::string> sources = {"gcide", "wordnet"};
  bool drop_function_words = true;
  bool synonyms = true;
  FieldGroup describe();
};

/// All definitions of a word, in tokens.
struct Definition {
  std::string word;
  std::vector<std::string> tokens;  // of all its definitions, in the order of the sources
};

struct Definitions {
  std::vector<Definition> words;       // sorted by bytes
  std::int64_t several_tokens = 0;     // definitions left out: head words of several tokens or none
  std::int64_t dropped_functions = 0;  // function words left out of the definitions
};

/// Reads the dictionaries, splits their definitions and head words into tokens as a corpus, and
/// joins the definitions of each word. A word itself is not removed from its definition. The result
/// does not depend on the number of threads.
Definitions read_definitions(const DefinitionOptions& options, const Tokenizer& tokenizer);
/// The same for dictionaries that have been read.
Definitions tokenized_definitions(const std::vector<Dictionary>& dictionaries,
                                  const DefinitionOptions& options, const Tokenizer& tokenizer);

/// English function words, in lower case, sorted by bytes: articles, pronouns, prepositions, ...
const std::vector<std::string>& function_words();
bool is_function_word(const std::string& token);

}  // namespace wordbridge
