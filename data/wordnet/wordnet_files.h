#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace wordbridge {

enum class PartOfSpeech { noun, verb, adjective, adverb };

constexpr std::array<const char*, 4> kWordNetParts = {"noun", "verb", "adj", "adv"};
constexpr const char* kWordNetHint =
    "apt install wordnet-base, or unpack WordNet's database files (WNdb) and specify their folder";

struct WordNetFile {
  std::string place;  // for messages
  std::string content;
};

/// The files of the database by name: data.* and index.*; *.exc and cntlist.rev may be missing, and
/// index.sense can serve instead of cntlist.rev.
using WordNetFiles = std::map<std::string, WordNetFile>;

/// Reads those files that exist in the folder, each plain or .gz. Error that names all missing ones
/// of data.* and index.*. Warns of the others that are missing, and says what follows.
WordNetFiles read_wordnet_files(const std::filesystem::path& folder);

/// Reads the fields of a line one by one. Errors name the file and the line.
class WordNetLine {
 public:
  WordNetLine(const WordNetFile& file, std::size_t number, std::string_view text)
      : file_(&file), number_(number), rest_(text) {}

  std::string_view field(const char* what);
  std::size_t number(const char* what, int base = 10) { return number(field(what), what, base); }
  std::size_t number(std::string_view field, const char* what, int base) const;
  PartOfSpeech part(std::string_view field) const;
  /// The text after the mark; empty if the mark is missing.
  std::string_view after(char mark) const;
  bool at_end() const { return rest_.find_first_not_of(' ') == rest_.npos; }
  [[noreturn]] void damaged(const std::string& expected, std::string_view got) const;

 private:
  const WordNetFile* file_;
  std::size_t number_;
  std::string_view rest_;
};

/// The lines of a file, which must outlive them, without the indented licence at its beginning.
/// Error if the file is empty or its last line has no end: all files of WordNet have both.
std::vector<WordNetLine> wordnet_lines(const WordNetFile& file);

}  // namespace wordbridge
