#include "eval/evaluation.h"

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/text.h"
#include "data/catalogue/dataset.h"
#include "eval/analogy.h"
#include "eval/cosine.h"
#include "eval/groups.h"
#include "eval/items.h"
#include "eval/neighbors.h"
#include "eval/similarity.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kNeighborsShown = 10;

std::string stem(const std::string& path) { return std::filesystem::path(path).stem().string(); }

/// Why a benchmark can't be read, empty if it can.
std::string file_problem(const std::string& path) {
  try {
    if (std::filesystem::is_regular_file(resolve_dataset_path(path))) return {};
  } catch (const Error& error) {
    return in_one_line(error.what());
  }
  return "there is no file '" + path + "'";
}

/// JSON has no NaN: undefined is null.
nlohmann::json number(double value) {
  return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json(nullptr);
}

nlohmann::json similarity_json(const WordLookup& words, const std::string& path, EvalItems* kept) {
  const auto pairs = read_word_pairs(path);
  const auto items = similarity_items(words, pairs);
  const auto scores = similarity_scores(items);
  if (kept != nullptr) kept->similarity.push_back({stem(path), items_sha256(pairs), items});
  return {{"task", "similarity"},
          {"name", stem(path)},
          {"spearman", number(scores.spearman)},
          {"pearson", number(scores.pearson)},
          {"used", scores.used},
          {"total", scores.total},
          {"unknown", scores.unknown},
          {"undefined", scores.undefined}};
}

nlohmann::json counts_json(const AnalogyCounts& counts) {
  return {{"accuracy_add", number(counts.accuracy(counts.add))},
          {"accuracy_mul", number(counts.accuracy(counts.mul))},
          {"correct_add", counts.add.correct},
          {"correct_mul", counts.mul.correct},
          {"used", counts.used},
          {"total", counts.total}};
}

nlohmann::json analogy_json(const WordLookup& words, const std::string& path, EvalItems* kept) {
  const auto sections = read_analogies(path);
  const auto items = analogy_items(words, sections);
  const auto scores = analogy_scores(items);
  if (kept != nullptr) {
    kept->analogy.push_back({stem(path), items_sha256(sections), words.table().size(), items});
  }
  nlohmann::json result = counts_json(scores.total);
  result["task"] = "analogy";
  result["name"] = stem(path);
  result["vocabulary"] = words.table().size();
  result["semantic"] = counts_json(scores.semantic);
  result["syntactic"] = counts_json(scores.syntactic);
  result["sections"] = nlohmann::json::array();
  for (const auto& [name, counts] : scores.sections) {
    auto section = counts_json(counts);
    section["name"] = name;
    result["sections"].push_back(section);
  }
  return result;
}

nlohmann::json groups_json(const WordLookup& words, const std::string& path) {
  const auto groups = read_word_groups(path);
  const auto scores = score_groups(words, groups);
  nlohmann::json result = {{"task", "groups"},
                           {"name", stem(path)},
                           {"auc", number(scores.auc)},
                           {"p", number(scores.p)},
                           {"used", scores.used},
                           {"total", scores.total},
                           {"pairs_within", scores.within},
                           {"pairs_across", scores.across}};
  result["groups"] = nlohmann::json::array();  // in the file's order, which decides their colours
  for (const auto& name : groups.names)
    result["groups"].push_back({{"name", name}, {"words", nlohmann::json::array()}});
  for (const auto& [word, group] : groups.words) result["groups"][group]["words"].push_back(word);
  return result;
}

/// A word that the vocabulary happens to lack is no reason to lose a run's other scores.
nlohmann::json neighbors_json(const EmbeddingTable& table, const std::string& word) {
  nlohmann::json result = {{"task", "neighbors"}, {"name", word}};
  result["known"] = table.find(word) >= 0;
  result["neighbors"] = nlohmann::json::array();
  if (!result["known"]) return result;
  if (norm(table.row(table.find(word)), table.dim()) == 0) return result;
  for (const auto& neighbor : nearest(table, word, kNeighborsShown))
    result["neighbors"].push_back({{"word", neighbor.word}, {"cosine", neighbor.cosine}});
  return result;
}

}  // namespace

LookupOptions EvalOptions::lookup() const {
  const auto letter = letter_case == "lower"         ? LetterCase::lower
                      : letter_case == "insensitive" ? LetterCase::insensitive
                                                     : LetterCase::as_written;
  const auto stand_in = unknown == "zero"   ? UnknownWords::zero
                        : unknown == "mean" ? UnknownWords::mean
                                            : UnknownWords::drop;
  return {letter, stand_in};
}

FieldGroup EvalOptions::describe() {
  FieldGroup group{"eval", "What the vectors of a run are scored on."};
  group.add({"similarity", &similarity, "files of word pairs with people's scores"});
  group.add({"analogy", &analogy, "files of analogy questions (four words a line, ': section')"});
  group.add({"groups", &groups,
             "files of words and their groups (word TAB group): are those of one group nearer to "
             "each other than those of two?"});
  group.add({"analogy_vocabulary", &analogy_vocabulary,
             "answers are looked for among the first that many words, 0: all", at_least(0)});
  group.add(
      {"case",
       &letter_case,
       "a benchmark's word is looked up as written, in lower case, or insensitive: as the first "
       "word of the table that is the same in lower case",
       {},
       {"as-written", "lower", "insensitive"}});
  group.add(
      {"unknown",
       &unknown,
       "for a word that the vectors lack: drop its pair or word, or take a zero vector or the "
       "mean of all vectors (analogies always drop)",
       {},
       {"drop", "zero", "mean"}});
  group.add({"neighbors", &neighbors, "words whose nearest neighbours are shown"});
  return group;
}

void EvalOptions::validate(Problems& problems, const std::string& prefix) const {
  const auto check = [&](const std::string& key, const std::vector<std::string>& paths) {
    for (const auto& path : paths)
      if (const auto problem = file_problem(path); !problem.empty())
        problems.add(prefix + "." + key, problem);
  };
  check("similarity", similarity);
  check("analogy", analogy);
  check("groups", groups);
}

nlohmann::json evaluate(const EmbeddingTable& table, const EvalOptions& options, EvalItems* items) {
  nlohmann::json results = nlohmann::json::array();
  const WordLookup words(table, options.lookup());
  for (const auto& path : options.similarity)
    results.push_back(similarity_json(words, resolve_dataset_path(path), items));
  if (!options.analogy.empty()) {
    const WordLookup answers(table.first(options.analogy_vocabulary), options.lookup());
    for (const auto& path : options.analogy)
      results.push_back(analogy_json(answers, resolve_dataset_path(path), items));
  }
  for (const auto& path : options.groups)
    results.push_back(groups_json(words, resolve_dataset_path(path)));
  for (const auto& word : options.neighbors) results.push_back(neighbors_json(table, word));
  return results;
}

}  // namespace wordbridge
