#include "data/text/word_groups.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "core/error.h"
#include "core/io/text_file.h"
#include "core/text.h"
#include "data/text/word_table.h"

namespace wordbridge {
namespace {

using Names = std::vector<std::string>;

const Names kWordNames = {"word", "words", "term",    "terms",    "token", "tokens",
                          "item", "items", "concept", "concepts", "lemma", "lemmas"};
const Names kGroupNames = {"category", "categories", "group",    "groups", "class",
                           "classes",  "cluster",    "clusters", "label",  "labels",
                           "type",     "types",      "topic",    "topics"};

/// Error if the first row names columns of groups only, or of words only.
void check_header(const WordTable& table) {
  if (table.rows.empty()) return;
  const WordRow& first = table.rows.front();
  const auto all_in = [&](const Names& names) {
    return first.fields.size() > 1 &&
           std::all_of(first.fields.begin(), first.fields.end(), [&](std::string_view field) {
             return std::count(names.begin(), names.end(), column_name(field)) > 0;
           });
  };
  const bool of_groups = all_in(kGroupNames);
  if (!of_groups && !all_in(kWordNames)) return;
  throw Error(of_groups ? "the header of the word groups file names no column of words"
                        : "the header of the word groups file names no column of groups")
      .at("{}", table.where(first))
      .expected("a column of the names {}", join(of_groups ? kWordNames : kGroupNames, ", "))
      .got("{}", printable(first.text));
}

}  // namespace

WordGroups read_word_groups(const std::filesystem::path& path) {
  const std::string content = read_text_file(path);
  WordTable table = word_table(content, path.string(), 2);
  check_header(table);
  const auto places = table.places_of({kWordNames, kGroupNames});
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
