#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <string>
#include <vector>

#include "data/wordnet/wordnet.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {

/// Writes the files of a small WordNet. The senses of a word are in the order of the calls.
class TinyWordNet {
 public:
  /// `words` with their lexical ids, if not 0: "dog", "bat 1". `pointers` as in the file:
  /// "@ 00000002 n 0000".
  void add(char part, int offset, int topic, const std::vector<std::string>& words,
           const std::vector<std::string>& pointers = {},
           const std::string& gloss = "a gloss; \"0 1 2\"") {
    const char file = part == 's' ? 'a' : part;  // satellite adjectives are in the adjective files
    auto line = fmt::format("{:08} {:02} {} {:02x}", offset, topic, part, words.size());
    for (const auto& word : words) {
      line += " " + word + (word.find(' ') == word.npos ? " 0" : "");
      std::string lemma = word.substr(0, word.find_first_of("( "));
      for (char& c : lemma) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      offsets_[file][lemma].push_back(offset);
    }
    line += fmt::format(" {:03}", pointers.size());
    for (const auto& pointer : pointers) line += " " + pointer;
    data_[file] += line + " | " + gloss + "  \n";
  }
  /// Adds the count of a sense-tagged word: "dog%1:05:00:: 1 42". The number of the sense (1) is
  /// not used.
  void count(const std::string& line) { counts_ += line + "\n"; }
  void except(const std::string& part, const std::string& line) {
    exceptions_[part] += line + "\n";
  }

  const TempFolder& write() {
    const std::string licence = "  1 This software and database is provided  \n";
    for (const auto& [code, part] :
         {std::pair{'n', "noun"}, {'v', "verb"}, {'a', "adj"}, {'r', "adv"}}) {
      std::string index = licence;
      for (const auto& [lemma, offsets] : offsets_[code]) {
        index += fmt::format("{} {} {} 2 @ ~ {} 0", lemma, code, offsets.size(), offsets.size());
        for (int offset : offsets) index += fmt::format(" {:08}", offset);
        index += "  \n";
      }
      folder_.write(std::string("data.") + part, licence + data_[code]);
      folder_.write(std::string("index.") + part, index);
      folder_.write(std::string(part) + ".exc",
                    exceptions_[part].empty() ? "zzzs zzz\n" : exceptions_[part]);
    }
    folder_.write("cntlist.rev", counts_.empty() ? "zzz%1:03:00:: 1 1\n" : counts_);
    return folder_;
  }
  WordNet load() { return WordNet::load(write().path()); }

 private:
  TempFolder folder_;
  std::map<char, std::string> data_;
  std::map<char, std::map<std::string, std::vector<int>>> offsets_;
  std::map<std::string, std::string> exceptions_;
  std::string counts_;
};

inline std::string up(int offset) { return fmt::format("@ {:08} n 0000", offset); }

/// entity < animal < canine, feline, pet;  dog < canine, pet;  cat < feline, pet;  rex: a dog;
/// entity < artifact < car, bat;  animal < bat;  pug < dog, artifact.
struct TinyTaxonomy : TinyWordNet {
  TinyTaxonomy() {
    add('n', 1, 3, {"entity"});
    add('n', 2, 5, {"animal", "beast"}, {up(1)});
    add('n', 3, 5, {"canine"}, {up(2)});
    add('n', 4, 5, {"feline"}, {up(2)});
    add('n', 5, 5, {"pet"}, {up(2), "~ 00000006 n 0000"});
    add('n', 6, 5, {"dog", "Canis_familiaris"}, {up(3), up(5)});
    add('n', 7, 5, {"cat"}, {up(4), up(5)});
    add('n', 8, 18, {"Rex"}, {"@i 00000006 n 0000"});
    add('n', 9, 6, {"artifact"}, {up(1)});
    add('n', 10, 6, {"car"}, {up(9)});
    add('n', 11, 6, {"bat"}, {up(9)});
    add('n', 12, 5, {"bat"}, {up(2)});
    add('n', 13, 5, {"pug"}, {up(6), up(9)});
  }
};

}  // namespace wordbridge
