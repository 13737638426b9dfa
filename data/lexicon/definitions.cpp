#include "data/lexicon/definitions.h"

#include <algorithm>
#include <iterator>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include "core/error.h"
#include "core/text.h"
#include "core/threads.h"
#include "data/lexicon/read_dictionary.h"
#include "data_embedded.h"

namespace wordbridge {
namespace {

/// The tokens of one definition, and its head word as one token.
struct TokenizedDefinition {
  std::string word;  // empty: not one token
  std::vector<std::string> tokens;
  std::int64_t dropped = 0;
};

std::vector<std::string_view> token_views(const std::string& lines) {
  auto tokens = split(lines, '\n');
  tokens.pop_back();  // after the last line end
  return tokens;
}

TokenizedDefinition tokenized(const DictionaryDefinition& definition,
                              const DefinitionOptions& options, const Tokenizer& tokenizer,
                              std::string& buffer) {
  TokenizedDefinition result;
  buffer.clear();
  tokenizer.tokenize(definition.word, buffer);
  if (std::count(buffer.begin(), buffer.end(), '\n') != 1) return result;
  result.word = buffer.substr(0, buffer.size() - 1);
  buffer.clear();
  tokenizer.tokenize(definition.text, buffer);
  if (options.synonyms) {
    for (const auto& synonym : definition.synonyms) tokenizer.tokenize(synonym, buffer);
  }
  for (const auto token : token_views(buffer)) {
    result.tokens.emplace_back(token);
    if (options.drop_function_words && is_function_word(result.tokens.back())) {
      result.tokens.pop_back();
      ++result.dropped;
    }
  }
  return result;
}

}  // namespace

FieldGroup DefinitionOptions::describe() {
  FieldGroup group{"definitions", "dictionaries, and which words of their definitions are used"};
  group
      .add(Field{"sources", &sources,
                 "dictionaries: gcide, wordnet, foldoc, ... (wordbridge data dictionary --list), "
                 "dataset:NAME, or paths; the definitions of a word are joined in this order"})
      .add(Field{"drop_function_words", &drop_function_words,
                 "leave out English function words (the, of, which, ...)"})
      .add(Field{"synonyms", &synonyms, "count a word's synonyms as words of its definition"});
  return group;
}

const std::vector<std::string>& function_words() {
  static const std::vector<std::string> words = [] {
    std::istringstream text{std::string(embedded::function_words())};
    std::vector<std::string> list{std::istream_iterator<std::string>(text), {}};
    std::sort(list.begin(), list.end());
    return list;
  }();
  return words;
}

bool is_function_word(const std::string& token) {
  static const std::unordered_set<std::string> words(function_words().begin(),
                                                     function_words().end());
  return words.count(token) > 0;
}

Definitions tokenized_definitions(const std::vector<Dictionary>& dictionaries,
                                  const DefinitionOptions& options, const Tokenizer& tokenizer) {
  std::vector<const DictionaryDefinition*> all;
  for (const auto& dictionary : dictionaries) {
    for (const auto& definition : dictionary.definitions) all.push_back(&definition);
  }
  std::vector<TokenizedDefinition> parts(all.size());
  constexpr std::int64_t kBlock = 1024;
  for_each_range(static_cast<std::int64_t>(all.size()), kBlock,
                 [&](std::int64_t begin, std::int64_t end) {
                   std::string buffer;
                   for (auto i = begin; i < end; ++i) {
                     const auto at = static_cast<std::size_t>(i);
                     parts[at] = tokenized(*all[at], options, tokenizer, buffer);
                   }
                 });
  Definitions result;
  std::unordered_map<std::string, std::size_t> places;
  for (auto& part : parts) {
    result.dropped_functions += part.dropped;
    if (part.word.empty()) {
      ++result.several_tokens;
      continue;
    }
    const auto [found, is_new] = places.emplace(part.word, result.words.size());
    if (is_new) result.words.push_back({part.word, {}});
    auto& tokens = result.words[found->second].tokens;
    std::move(part.tokens.begin(), part.tokens.end(), std::back_inserter(tokens));
  }
  std::sort(result.words.begin(), result.words.end(),
            [](const auto& a, const auto& b) { return a.word < b.word; });
  return result;
}

Definitions read_definitions(const DefinitionOptions& options, const Tokenizer& tokenizer) {
  if (options.sources.empty()) {
    throw Error("no dictionary is given").expected("at least one of the sources");
  }
  std::vector<Dictionary> dictionaries;
  for (const auto& source : options.sources) dictionaries.push_back(read_dictionary(source));
  return tokenized_definitions(dictionaries, options, tokenizer);
}

}  // namespace wordbridge
