#include <algorithm>

#include "data/lexicon/dictionary_readers.h"
#include "data/lexicon/entry_reader.h"
#include "data/lexicon/entry_text.h"
#include "data/wordnet/wordnet.h"

namespace wordbridge {

Dictionary read_wordnet_dictionary(const std::filesystem::path& folder) {
  const auto wordnet = WordNet::load(folder);
  Dictionary dictionary;
  dictionary.name = "wordnet";
  dictionary.path = folder.string();
  dictionary.entries = static_cast<std::int64_t>(wordnet.synsets().size());
  EntryContent content;
  for (const auto& synset : wordnet.synsets()) {
    auto words = synset.words;
    for (auto& word : words) std::replace(word.begin(), word.end(), '_', ' ');
    content.define(words, definition_of_gloss(synset.gloss), words);
  }
  dictionary.definitions = std::move(content.definitions);
  dictionary.skipped = std::move(content.skipped);
  return dictionary;
}

}  // namespace wordbridge
