#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/lexicon/dictionary.h"

/// The readers behind read_dictionary(). Each fills definitions, entries and skipped.
namespace wordbridge {

/// A file of the DICT protocol; `base` is its path without ".index" or ".dict.dz". With `words`,
/// only the entries that the index has for these words, whatever their case and punctuation.
Dictionary read_dictd_dictionary(const std::filesystem::path& base,
                                 const std::vector<std::string>& words = {});
/// WordNet's database: a definition for each word of each synset, its synonyms the other words.
Dictionary read_wordnet_dictionary(const std::filesystem::path& folder);
/// A thesaurus of MyThes (th_en_US_v2.dat): synonyms, without terms that are antonyms.
Dictionary read_mythes_dictionary(const std::filesystem::path& path);
/// Lines "word TAB definition", with synonyms separated by "|" in a third field.
Dictionary read_tsv_dictionary(const std::filesystem::path& path);

}  // namespace wordbridge
