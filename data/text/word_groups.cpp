#include "data/text/word_groups.h"

#include <algorithm>
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
  const auto header = table.take_header({{"word", "words", "term", "token", "item"},
                                         {"category", "group", "class", "cluster", "label"}});
  const std::size_t word_at = header ? (*header)[0] : 0, name_at = header ? (*header)[1] : 1;
  WordGroups groups;
  std::unordered_map<std::string, std::size_t> index;
  std::unordered_set<std::string> seen;
  for (const auto& row : table.rows) {
    const auto& fields = row.fields;
    const bool has_columns = table.separator != ' ' && fields.size() > std::max(word_at, name_at) &&
                             (header || fields.size() == 2);
    if (!has_columns || fields[word_at].empty() || fields[name_at].empty()) {
      throw Error("invalid line in the word groups file")
          .at("{}", table.where(row))
          .expected("word TAB group{}", header ? "" : ", or a header that names both columns")
          .got("'{}'", printable(row.text));
    }
    const std::string word(fields[word_at]), name(fields[name_at]);
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
