#include "eval/evaluation.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/text.h"
#include "data/catalogue/dataset.h"
#include "eval/evaluation_tasks.h"

namespace wordbridge {
namespace {

/// Why a benchmark can't be read, empty if it can.
std::string file_problem(const std::string& path) {
  try {
    if (std::filesystem::is_regular_file(resolve_dataset_path(path))) return {};
  } catch (const Error& error) {
    return in_one_line(error.what());
  }
  return "there is no file '" + path + "'";
}

}  // namespace

bool EvalOptions::is_empty() const {
  return similarity.empty() && analogy.empty() && groups.empty() && neighbors.empty();
}

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
  group.add({"resamples", &resamples,
             "draws of the bootstrap that gives scores their 95 % interval, 0: none", at_least(0)});
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
    results.push_back(
        similarity_result(words, resolve_dataset_path(path), options.resamples, items));
  if (options.similarity.size() > 1) results.push_back(similarity_mean(results));
  if (!options.analogy.empty()) {
    const WordLookup answers(table.first(options.analogy_vocabulary), options.lookup());
    for (const auto& path : options.analogy)
      results.push_back(
          analogy_result(answers, resolve_dataset_path(path), options.resamples, items));
  }
  for (const auto& path : options.groups)
    results.push_back(groups_result(words, resolve_dataset_path(path)));
  for (const auto& word : options.neighbors) results.push_back(neighbors_result(table, word));
  return results;
}

}  // namespace wordbridge
