#include "eval/evaluation.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/error.h"
#include "core/log.h"
#include "core/text.h"
#include "data/catalogue/dataset.h"
#include "eval/benchmarks/pair_and_analogy_tasks.h"
#include "eval/postprocess.h"

namespace wordbridge {
namespace {

using nlohmann::json;

/// Why a benchmark can't be read, empty if it can.
std::string file_problem(const std::string& path) {
  try {
    if (std::filesystem::is_regular_file(resolve_dataset_path(path))) return {};
  } catch (const Error& error) {
    return in_one_line(error.what());
  }
  return "there is no file '" + path + "'";
}

std::vector<PostProcessing> parse_steps(const std::string& steps) {
  std::vector<PostProcessing> parsed;
  for (const auto step : split(steps, ',')) parsed.push_back(PostProcessing::parse(trimmed(step)));
  return parsed;
}

}  // namespace

bool EvalOptions::is_empty() const {
  return similarity.empty() && analogy.empty() && groups.empty() && categories.empty() &&
         outliers.empty() && associations.empty() && neighbors.empty() && properties == 0;
}

AnalogyOptions EvalOptions::analogies() const {
  const auto has = [&](const char* method) {
    return std::find(analogy_also.begin(), analogy_also.end(), method) != analogy_also.end();
  };
  return {has("pair-direction"), has("average"), analogy_as_gensim};
}

LookupOptions EvalOptions::lookup() const {
  const auto letter = letter_case == "lower"         ? LetterCase::lower
                      : letter_case == "insensitive" ? LetterCase::insensitive
                                                     : LetterCase::as_written;
  const auto stand_in = unknown == "zero"      ? UnknownWords::zero
                        : unknown == "mean"    ? UnknownWords::mean
                        : unknown == "subword" ? UnknownWords::subword
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
  group.add({"categories", &categories,
             "files of words and their groups, which are to be found again by clustering"});
  group.add({"outliers", &outliers, "files of sets of words, and of words that do not belong"});
  group.add({"associations", &associations,
             "files of association tests of two sets of words with two others (WEAT)"});
  group.add({"properties", &properties,
             "isotropy, spectrum, hubness and more of the first that many words, 0: not",
             at_least(0)});
  group.add(
      {"meaning", &meaning,
       "for the pairs of `similarity`, also compare cosines with paths and glosses in WordNet"});
  group.add({"meaning_corpus", &meaning_corpus,
             "... and with PPMI in this text (in lower case, windows of 5)"});
  group.add(
      {"postprocess", &postprocess,
       "all is scored again after these steps, say \"center\" or \"all-but-the-top:3,normalize\""});
  group.add({"analogy_vocabulary", &analogy_vocabulary,
             "answers are looked for among the first that many words, 0: all", at_least(0)});
  group.add({"analogy_also",
             &analogy_also,
             "methods beside 3CosAdd and 3CosMul",
             {},
             {"pair-direction", "average"}});
  group.add({"analogy_as_gensim", &analogy_as_gensim,
             "count questions as gensim does, with `case: insensitive`"});
  group.add(
      {"case",
       &letter_case,
       "a benchmark's word is looked up as written, in lower case, or insensitive: as the first "
       "word of the table that is the same in lower case",
       {},
       {"as-written", "lower", "insensitive"}});
  group.add({"unknown",
             &unknown,
             "for a word that the vectors lack: drop its pair or word, or take a zero vector, the "
             "mean of all vectors, or what fastText's n-grams make (analogies always drop)",
             {},
             {"drop", "zero", "mean", "subword"}});
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
  // Outliers and association tests may be a folder of files too.
  const auto check_any = [&](const std::string& key, const std::string& path) {
    if (std::filesystem::is_directory(path)) return;
    if (const auto problem = file_problem(path); !problem.empty())
      problems.add(prefix + "." + key, problem);
  };
  check("similarity", similarity);
  check("analogy", analogy);
  check("groups", groups);
  check("categories", categories);
  for (const auto& path : associations) check_any("associations", path);
  for (const auto& path : outliers) check_any("outliers", path);
  if (meaning && similarity.empty())
    problems.add(prefix + ".meaning", "it needs the pairs of a similarity set");
  if (!meaning_corpus.empty() && !meaning)
    problems.add(prefix + ".meaning_corpus", "it is used with meaning: true alone");
  for (const auto& steps : postprocess) {
    try {
      parse_steps(steps);
    } catch (const Error& error) {
      problems.add(prefix + ".postprocess", in_one_line(error.what()));
    }
  }
}

Evaluator::Evaluator(EvalOptions options) : options_(std::move(options)) {
  if (!options_.meaning) return;
  std::vector<std::string> benchmarks;
  for (const auto& path : options_.similarity) benchmarks.push_back(resolve_dataset_path(path));
  relatedness_ =
      std::make_unique<Relatedness>(benchmarks, resolve_dataset_path(options_.meaning_corpus));
}

Evaluator::~Evaluator() = default;

json Evaluator::scores(const EmbeddingTable& table, EvalItems* items) const {
  json results = json::array();
  const WordLookup words(table, options_.lookup());
  const auto resamples = options_.resamples;
  for (const auto& path : options_.similarity)
    results.push_back(similarity_result(words, resolve_dataset_path(path), resamples, items));
  if (options_.similarity.size() > 1) results.push_back(similarity_mean(results));
  if (relatedness_) relatedness_->add_results(words, results);
  if (!options_.analogy.empty()) {
    const WordLookup answers(table.first(options_.analogy_vocabulary), options_.lookup());
    for (const auto& path : options_.analogy)
      results.push_back(analogy_result(answers, resolve_dataset_path(path), options_.analogies(),
                                       resamples, items));
  }
  for (const auto& path : options_.groups)
    results.push_back(groups_result(words, resolve_dataset_path(path)));
  for (const auto& path : options_.categories)
    results.push_back(categories_result(words, resolve_dataset_path(path), resamples));
  for (const auto& path : options_.outliers)
    results.push_back(outliers_result(words, resolve_dataset_path(path), resamples));
  for (const auto& path : options_.associations)
    add_association_results(words, resolve_dataset_path(path), results);
  if (options_.properties > 0) results.push_back(properties_result(table, options_.properties));
  for (const auto& word : options_.neighbors) results.push_back(neighbors_result(table, word));
  return results;
}

json Evaluator::evaluate(const EmbeddingTable& table, EvalItems* items) const {
  if (options_.lookup().unknown == UnknownWords::subword && table.unseen() == nullptr)
    warn("{} has no n-grams to make unknown words of: they are dropped", table.origin());
  json results = scores(table, items);
  for (const auto& steps : options_.postprocess) {
    const auto processed = postprocess(table, parse_steps(steps));
    for (auto& result : scores(processed, nullptr)) {
      result["postprocess"] = steps;
      results.push_back(std::move(result));
    }
  }
  return results;
}

json evaluate(const EmbeddingTable& table, const EvalOptions& options, EvalItems* items) {
  return Evaluator(options).evaluate(table, items);
}

}  // namespace wordbridge
