#include "data/text/word_groups.h"

#include <unordered_map>
#include <unordered_set>

#include "core/error.h"
#include "core/io/text_file.h"
#include "core/text.h"
#include "data/text/word_table.h"

namespace wordbridge {

WordGroups read_word_groups(const std::filesystem::path& path) {
  const std::string content = read_text_file(path);
  WordTable table = word_table(content, path.string(), 2);
  const auto places =
      table.places_of({{"word", "words", "term", "token", "item", "concept", "lemma"},
                       {"category", "group", "class", "cluster", "label", "type", "topic"}});
  WordGroups groups;
  std::unordered_map<std::string, std::size_t> index;
  std::unordered_set<std::string> seen;
  for (const auto& row : table.rows) {
    if (table.separator == ' ' || !table.is_filled(row, places)) {
      throw Error("invalid line in the word groups file")
          .at("{}", table.where(row))
          .expected("word TAB group, or a header that names these columns")
          .got("'{}'", printable(row.text));
    }
    const std::string word(row.fields[places[0]]), name(row.fields[places[1]]);
    if (!seen.insert(word).second) {
      throw Error("a word occurs twice in the word groups file")
          .at("{}", table.where(row))
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
