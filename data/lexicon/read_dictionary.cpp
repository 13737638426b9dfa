#include "data/lexicon/read_dictionary.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "core/error.h"
#include "core/log.h"
#include "core/text.h"
#include "data/catalogue/dataset.h"
#include "data/lexicon/dictionary_readers.h"
#include "data/lexicon/entry_text.h"

namespace wordbridge {
namespace {

namespace fs = std::filesystem;

bool has_ending(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

using Words = std::vector<std::string>;

Dictionary read_dictionary_at(const fs::path& path, const Words& words);

/// A folder: WordNet's database, or one that has a single dictionary of the DICT protocol.
Dictionary read_dictionary_folder(const fs::path& folder, const Words& words) {
  if (fs::exists(folder / "data.noun") || fs::exists(folder / "data.noun.gz")) {
    return read_wordnet_dictionary(folder);
  }
  std::vector<std::string> found;
  for (const auto& file : fs::directory_iterator(folder)) {
    if (has_ending(file.path().string(), ".index")) found.push_back(file.path().string());
  }
  if (found.size() == 1) return read_dictionary_at(found[0], words);
  std::sort(found.begin(), found.end());
  throw Error("the folder does not contain a dictionary")
      .at("{}", folder.string())
      .expected("data.noun and the other files of WordNet's database, or one file X.index")
      .got("{}", found.empty() ? "no such files" : join(found, ", "));
}

Dictionary read_dictionary_at(const fs::path& path, const Words& words) {
  if (fs::is_directory(path)) return read_dictionary_folder(path, words);
  const std::string name = path.string();
  for (const char* end : {".index", ".dict.dz", ".dict"}) {
    if (has_ending(name, end)) {
      return read_dictd_dictionary(name.substr(0, name.size() - std::string_view(end).size()),
                                   words);
    }
  }
  const std::string file = path.filename().string();
  if (starts_with(file, "th_") && (has_ending(file, ".dat") || has_ending(file, ".idx"))) {
    return read_mythes_dictionary(name.substr(0, name.size() - 4) + ".dat");
  }
  if (has_ending(name, ".tsv") || has_ending(name, ".txt")) return read_tsv_dictionary(path);
  throw Error("the format of the dictionary is unknown")
      .at("{}", name)
      .expected("X.index, X.dict.dz, X.dict, th_LANGUAGE.dat, FILE.tsv or a folder with WordNet");
}

[[noreturn]] void no_dictionary(const std::string& source) {
  std::vector<std::string> names;
  for (const auto& known : known_dictionaries()) names.push_back(known.name);
  Error error("dictionary not found");
  error.at("{}", source).expected("a path, dataset:NAME or one of {}", join(names, ", "));
  if (const auto near = nearest_name(source, names)) error.hint("did you mean {}?", *near);
  throw error;
}

}  // namespace

const std::vector<KnownDictionary>& known_dictionaries() {
  static const std::vector<KnownDictionary> dictionaries = {
      {"gcide", "dict-gcide", "/usr/share/dictd/gcide.index",
       "GNU Collaborative International Dictionary of English: Webster's of 1913 and additions"},
      {"wordnet", "wordnet-base", "/usr/share/wordnet", "WordNet 3.0, the database"},
      {"wn", "dict-wn", "/usr/share/dictd/wn.index", "WordNet 3.0 as a dictionary"},
      {"foldoc", "dict-foldoc", "/usr/share/dictd/foldoc.index",
       "Free On-line Dictionary of Computing"},
      {"jargon", "dict-jargon", "/usr/share/dictd/jargon.index", "The Jargon File"},
      {"vera", "dict-vera", "/usr/share/dictd/vera.index",
       "Virtual Entity of Relevant Acronyms: acronyms of computing"},
      {"elements", "dict-elements", "/usr/share/dictd/elements.index", "The chemical elements"},
      {"mythes", "mythes-en-us", "/usr/share/mythes/th_en_US_v2.dat", "MyThes thesaurus, synonyms"},
  };
  return dictionaries;
}

fs::path find_dictionary(const std::string& source) {
  constexpr std::string_view kDataset = "dataset:";
  if (starts_with(source, kDataset)) {
    const auto folder = fetched_files(source.substr(kDataset.size()));
    return folder ? *folder : fs::path(resolve_dataset_path(source));
  }
  for (const auto& known : known_dictionaries()) {
    if (known.name != source) continue;
    if (fs::exists(known.path)) return known.path;
    throw Error("the dictionary is missing")
        .at("{}", known.path)
        .hint("apt install {}, or specify the path of the dictionary instead of {}", known.package,
              source);
  }
  if (fs::exists(source)) return source;
  if (!starts_with(source, "freedict-")) no_dictionary(source);
  const std::string path = "/usr/share/dictd/" + source + ".index";
  if (fs::exists(path)) return path;
  throw Error("the dictionary is missing").at("{}", path).hint("apt install dict-{}", source);
}

std::vector<fs::path> dictionary_files(const std::string& source) {
  const fs::path path = find_dictionary(source);
  const std::string name = path.string();
  for (const char* end : {".index", ".dict.dz", ".dict"}) {
    if (!has_ending(name, end)) continue;
    const std::string stem = name.substr(0, name.size() - std::string_view(end).size());
    return {stem + ".index", stem + ".dict.dz", stem + ".dict"};
  }
  return {path};
}

Dictionary read_dictionary(const std::string& source, const Words& words) {
  auto dictionary = read_dictionary_at(find_dictionary(source), words);
  if (dictionary.entries == 0 && words.empty())
    warn("{}: the dictionary has no entries", dictionary.path);
  const auto& all = known_dictionaries();
  if (std::any_of(all.begin(), all.end(), [&](const auto& known) { return known.name == source; }))
    dictionary.name = source;
  return dictionary;
}

}  // namespace wordbridge
