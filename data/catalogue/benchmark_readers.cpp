#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "core/error.h"
#include "core/io/text_file.h"
#include "core/json.h"
#include "core/text.h"
#include "data/catalogue/dataset_reader.h"

// Readers that count published benchmark files and convert them to one canonical form per kind.

namespace wordbridge {
namespace {

using Row = std::vector<std::string>;

/// The non-blank rows of a table.
struct Table {
  fs::path path;
  std::vector<Row> rows;
  std::vector<std::size_t> lines;

  Error wrong(std::size_t row, const std::string& what) const {
    return Error(what)
        .at("{}:{}", path.string(), lines[row])
        .got("'{}'", printable(join(rows[row], " ")));
  }
};

/// The fields of a line. The separator ' ' means runs of blanks. nullopt if a quote isn't closed.
std::optional<Row> fields_of(std::string_view line, char separator) {
  if (separator == ',') return csv_fields(line);
  Row row;
  for (const auto field : split(line, separator))
    if (separator != ' ' || !field.empty()) row.emplace_back(trimmed(field));
  return row;
}

Table read_table(const DatasetEntry& entry, const fs::path& files, char separator) {
  Table table{files / entry.files.front().name, {}, {}};
  const std::string content = read_text_file(table.path);
  std::size_t number = 0;
  for (const auto raw : split(content, '\n')) {
    ++number;
    const auto line = raw.substr(0, raw.find_last_not_of('\r') + 1);  // keeps an empty last column
    if (trimmed(line).empty()) continue;
    auto fields = fields_of(line, separator);
    table.lines.push_back(number);
    table.rows.push_back(fields ? std::move(*fields) : Row{std::string(line)});
    if (!fields) throw table.wrong(table.rows.size() - 1, "a quote isn't closed in the CSV line");
  }
  if (table.rows.empty()) throw Error("the file is empty").at("{}", table.path.string());
  return table;
}

/// A comma for .csv files, otherwise a tab.
char separator_of(const DatasetEntry& entry) {
  return fs::path(entry.files.front().name).extension() == ".csv" ? ',' : '\t';
}

/// The index of the column with this name in the header. Error if it is missing.
std::size_t column(const Table& table, const std::string& name) {
  const Row& header = table.rows.front();
  const auto found = std::find(header.begin(), header.end(), name);
  if (found == header.end())
    throw table.wrong(0, "a column is missing in the header").expected("{}", name);
  return static_cast<std::size_t>(found - header.begin());
}

/// Error if a row has a different number of columns than the header.
void check_columns(const Table& table) {
  for (std::size_t i = 1; i < table.rows.size(); ++i)
    if (table.rows[i].size() != table.rows.front().size())
      throw table.wrong(i, "the number of columns differs from the first line");
}

std::string mended(const DatasetEntry& entry, const std::string& word) {
  const auto found = entry.replace.find(word);
  return found == entry.replace.end() ? word : found->second;
}

/// Parses a list in Python syntax, such as ['a', "b's", '']; skips empty words.
std::vector<std::string> python_list(const std::string& cell, const Table& table, std::size_t row) {
  std::vector<std::string> words;
  const auto bad = [&] { return table.wrong(row, "the cell is not a list of words"); };
  if (cell.size() < 2 || cell.front() != '[' || cell.back() != ']') throw bad();
  for (std::size_t i = 1; i + 1 < cell.size();) {
    if (cell[i] == ' ' || cell[i] == ',') {
      ++i;
      continue;
    }
    const char quote = cell[i];
    const std::size_t end = quote == '\'' || quote == '"' ? cell.find(quote, i + 1) : cell.npos;
    if (end == cell.npos) throw bad();
    if (end > i + 1) words.push_back(cell.substr(i + 1, end - i - 1));
    i = end + 1;
  }
  return words;
}

}  // namespace

DatasetContent read_pairs(const DatasetEntry& entry, const fs::path& files) {
  const Table table = read_table(entry, files, separator_of(entry));
  check_columns(table);
  const Row& first = table.rows.front();
  const bool header = std::find(first.begin(), first.end(), "word1") != first.end();
  const std::size_t word = header ? column(table, "word1") : 0;
  DatasetContent result;
  result.canonical = "word1\tword2\tscore\n";
  std::set<std::pair<std::string, std::string>> distinct;
  std::unordered_set<std::string> words;
  std::uint64_t pairs = 0, identical = 0;
  for (std::size_t i = header ? 1 : 0; i < table.rows.size(); ++i) {
    const Row& row = table.rows[i];
    const auto score = row.size() < word + 3 ? std::nullopt : parse_double(row[word + 2]);
    if (!score || !std::isfinite(*score) || row[word].empty() || row[word + 1].empty())
      throw table.wrong(i, "the line is not a pair of words with a score");
    const std::string a = mended(entry, row[word]), b = mended(entry, row[word + 1]);
    result.canonical += a + '\t' + b + '\t' + row[word + 2] + '\n';
    ++pairs;
    identical += a == b;
    distinct.insert(std::minmax(a, b));
    words.insert({a, b});
  }
  result.counts = {{"pairs", pairs},
                   {"distinct_pairs", distinct.size()},
                   {"identical_words", identical},
                   {"words", words.size()}};
  return result;
}

DatasetContent read_questions(const DatasetEntry& entry, const fs::path& files) {
  const Table table = read_table(entry, files, ' ');
  DatasetContent result;
  std::uint64_t sections = 0, questions = 0, syntactic = 0;
  bool about_form = false;
  std::set<Row> distinct;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const Row& row = table.rows[i];
    if (row.size() == 2 && row[0] == ":") {
      ++sections;
      about_form = row[1].rfind("gram", 0) == 0;
    } else if (row.size() == 4 && sections > 0) {
      ++questions;
      syntactic += about_form;
      distinct.insert(row);
    } else {
      throw table.wrong(i, "the line is neither four words nor ': section'");
    }
    result.canonical += join(row, " ") + "\n";
  }
  result.counts = {{"sections", sections},
                   {"questions", questions},
                   {"semantic", questions - syntactic},
                   {"syntactic", syntactic},
                   {"distinct_questions", distinct.size()}};
  return result;
}

/// The relations are in mixed order. The canonical file has one section per relation, named
/// gram-RELATION because all of them are syntactic.
DatasetContent read_msr(const DatasetEntry& entry, const fs::path& files) {
  const Table table = read_table(entry, files, ',');
  check_columns(table);
  const std::array<std::size_t, 4> places = {column(table, "word1"), column(table, "word2"),
                                             column(table, "word3"), column(table, "target")};
  const std::size_t type = column(table, "type");
  std::vector<std::pair<std::string, std::string>> sections;
  std::unordered_map<std::string, std::size_t> index;
  std::uint64_t possessive = 0;
  for (std::size_t i = 1; i < table.rows.size(); ++i) {
    const Row& row = table.rows[i];
    Row words;
    bool has_possessive = false;
    for (const auto place : places) {
      const std::string& word = row[place];
      if (word.empty()) throw table.wrong(i, "a word is missing in the question");
      has_possessive = has_possessive || (word.size() > 2 && word.substr(word.size() - 2) == "'s");
      words.push_back(word);
    }
    possessive += has_possessive;
    const auto [found, added] = index.emplace(row[type], sections.size());
    if (added) sections.emplace_back(row[type], "");
    sections[found->second].second += join(words, " ") + "\n";
  }
  DatasetContent result;
  for (const auto& [name, questions] : sections)
    result.canonical += ": gram-" + name + "\n" + questions;
  result.counts = {{"sections", sections.size()},
                   {"questions", table.rows.size() - 1},
                   {"with_possessive", possessive}};
  return result;
}

/// Columns "word" and "category" or "class". ESSLLI's verbs have categories of the form
/// "fine-coarse". Its nouns end in _N and have three levels of classes, of which the first is used.
DatasetContent read_categories(const DatasetEntry& entry, const fs::path& files) {
  const Table table = read_table(entry, files, separator_of(entry));
  check_columns(table);
  const Row& header = table.rows.front();
  const bool levels = std::find(header.begin(), header.end(), "class") != header.end();
  const std::size_t word_at = column(table, "word");
  const std::size_t class_at = column(table, levels ? "class" : "category");
  const bool two_parts = entry.name == "esslli-2c";
  std::vector<std::pair<std::string, std::string>> members;
  std::map<std::string, std::set<std::string>> classes_of;
  std::set<std::string> classes, coarse, middle;
  std::uint64_t empty = 0;
  for (std::size_t i = 1; i < table.rows.size(); ++i) {
    const Row& row = table.rows[i];
    if (row[class_at].empty()) throw table.wrong(i, "the category is missing");
    if (row[word_at].empty()) {
      ++empty;
      continue;
    }
    std::string word = row[word_at], name = row[class_at];
    if (levels) {
      if (word.size() > 2 && word.substr(word.size() - 2) == "_N") word.resize(word.size() - 2);
      middle.insert(row[column(table, "class2")]);
      coarse.insert(row[column(table, "class3")]);
    }
    if (two_parts) {
      const std::size_t dash = name.find('-');
      coarse.insert(name.substr(dash + 1));
      name.resize(std::min(dash, name.size()));
    }
    classes.insert(name);
    classes_of[word].insert(name);
    members.emplace_back(word, name);
  }
  DatasetContent result;
  std::uint64_t ambiguous = 0;
  for (const auto& [word, names] : classes_of) ambiguous += names.size() > 1;
  std::set<std::string> written;
  for (const auto& [word, name] : members)
    if (classes_of[word].size() == 1 && written.insert(word).second)
      result.canonical += word + "\t" + name + "\n";
  result.counts = {{"rows", table.rows.size() - 1},
                   {"empty_words", empty},
                   {"words", classes_of.size()},
                   {"words_in_several_classes", ambiguous},
                   {"classes", classes.size()}};
  if (levels) result.counts.emplace_back("middle_classes", middle.size());
  if (levels || two_parts) result.counts.emplace_back("coarse_classes", coarse.size());
  return result;
}

DatasetContent read_outliers(const DatasetEntry& entry, const fs::path& files) {
  const Table table = read_table(entry, files, ',');
  check_columns(table);
  const std::size_t group_at = column(table, "category");
  DatasetContent result;
  result.canonical = "group\trole\tword\n";
  std::uint64_t members = 0, outliers = 0;
  for (std::size_t i = 1; i < table.rows.size(); ++i) {
    const Row& row = table.rows[i];
    const auto take = [&](const char* name, const char* role, std::uint64_t& count) {
      for (const auto& word : python_list(row[column(table, name)], table, i)) {
        result.canonical += row[group_at] + "\t" + role + "\t" + word + "\n";
        ++count;
      }
    };
    take("words", "member", members);
    take("outliers", "outlier", outliers);
  }
  result.counts = {{"groups", table.rows.size() - 1}, {"members", members}, {"outliers", outliers}};
  return result;
}

/// BLESS: concept-n TAB class TAB relation TAB relatum-pos.
DatasetContent read_relations(const DatasetEntry& entry, const fs::path& files) {
  const Table table = read_table(entry, files, '\t');
  std::set<std::string> concepts, classes;
  std::map<std::string, std::uint64_t> relations;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const Row& row = table.rows[i];
    if (row.size() != 4)
      throw table.wrong(i, "the line is not of the form concept, class, relation, relatum");
    concepts.insert(row[0]);
    classes.insert(row[1]);
    ++relations[row[2]];
  }
  DatasetContent result;
  result.counts = {
      {"tuples", table.rows.size()}, {"concepts", concepts.size()}, {"classes", classes.size()}};
  for (const auto& [name, count] : relations) result.counts.emplace_back(name, count);
  return result;
}

/// WEAT: one JSON file per test, {"targ1": {"category", "examples"}, "targ2", "attr1", "attr2"}.
DatasetContent read_weat(const DatasetEntry& entry, const fs::path& files) {
  DatasetContent result;
  result.canonical = "test\trole\tcategory\tword\n";
  result.counts = {{"tests", entry.files.size()}};
  for (const auto& file : entry.files) {
    const std::string test = fs::path(file.name).stem().string();
    const auto json = parse_json(read_text_file(files / file.name), (files / file.name).string());
    try {
      for (const char* const role : {"targ1", "targ2", "attr1", "attr2"}) {
        const auto& set = json.at(role);
        const auto category = set.at("category").get<std::string>();
        for (const auto& word : set.at("examples"))
          result.canonical +=
              fmt::format("{}\t{}\t{}\t{}\n", test, role, category, word.get<std::string>());
        result.counts.emplace_back(test + "_" + role, set.at("examples").size());
      }
    } catch (const nlohmann::json::exception& error) {
      throw Error("the file is not an association test (WEAT)")
          .at("{}", (files / file.name).string())
          .expected("JSON with targ1, targ2, attr1, attr2, each with category and examples")
          .got("{}", json_problem(error));
    }
  }
  return result;
}

}  // namespace wordbridge
