#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/lexicon/dictionary.h"

namespace wordbridge {

/// A dictionary that a package of Debian installs.
struct KnownDictionary {
  std::string name, package, path, title;
};
const std::vector<KnownDictionary>& known_dictionaries();

/// The file or folder of a dictionary, named as for read_dictionary(). Error that names the package
/// to install and the path that was tried, if there is none.
std::filesystem::path find_dictionary(const std::string& source);

/// The files that the dictionary consists of, of which some may not exist: X.index, X.dict.dz and
/// X.dict; or its only file or folder.
std::vector<std::filesystem::path> dictionary_files(const std::string& source);

/// Reads a dictionary of English words. `source` is
/// - a name of known_dictionaries(): gcide, wordnet, ...;
/// - dataset:NAME, a fetched dataset: gcide, wordnet;
/// - a file X.index, X.dict or X.dict.dz of the DICT protocol, whose other file is next to it;
/// - a folder with WordNet's database;
/// - th_LANGUAGE.dat, a thesaurus of MyThes;
/// - FILE.tsv, lines "word TAB definition" (a third field: synonyms, separated by "|").
/// Error as of find_dictionary() if there is none. The result does not depend on the number of
/// threads. With `words`, files of the DICT protocol are only read as far as they have entries for
/// these words.
Dictionary read_dictionary(const std::string& source, const std::vector<std::string>& words = {});

}  // namespace wordbridge
