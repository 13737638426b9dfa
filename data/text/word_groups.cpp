#include "data/text/word_groups.h"

#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "core/error.h"
#include "core/io/file.h"
#include "core/text.h"

namespace wordbridge {

WordGroups read_word_groups(const std::filesystem::path& path) {
  const std::string content = read_file(path);
  WordGroups groups;
  std::unordered_map<std::string, std::size_t> index;
  std::unordered_set<std::string> seen;
  std::size_t number = 0;
  for (const auto raw : split(content, '\n')) {
    ++number;
    const std::string_view line = trimmed(raw);
    if (line.empty() || line.front() == '#') continue;
    const auto fields = split(line, '\t');
    if (fields.size() != 2 || trimmed(fields[0]).empty() || trimmed(fields[1]).empty()) {
      throw Error("invalid line in the word groups file")
          .at("{}:{}", path.string(), number)
          .expected("word TAB group")
          .got("'{}'", printable(line));
    }
    const std::string word(trimmed(fields[0])), name(trimmed(fields[1]));
    if (!seen.insert(word).second) {
      throw Error("a word occurs twice in the word groups file")
          .at("{}:{}", path.string(), number)
          .got("'{}'", printable(word));
    }
    const auto [place, added] = index.emplace(name, groups.names.size());
    if (added) groups.names.push_back(name);
    groups.words.emplace_back(word, place->second);
  }
  if (groups.words.empty()) {
    throw Error("the word groups file contains no words")
        .at("{}", path.string())
        .expected("lines of word TAB group");
  }
  return groups;
}

}  // namespace wordbridge
