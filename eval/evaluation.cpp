#include "eval/evaluation.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/error.h"
#include "core/log.h"
#include "core/text.h"
#include "data/catalogue/dataset.h"

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

bool has(const std::vector<std::string>& list, const char* text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

bool EvalOptions::is_empty() const {
  const auto none = [](const auto& entry) { return entry.second.empty(); };
  return std::all_of(files.begin(), files.end(), none) && neighbors.empty() && properties == 0;
}

bool EvalOptions::has_intervals() const {
  const auto has_them = [&](const BenchmarkTask& task) {
    return task.has_intervals && !files.at(task.name).empty();
  };
  const auto& tasks = benchmark_tasks();
  return resamples > 0 && std::any_of(tasks.begin(), tasks.end(), has_them);
}

FieldGroup EvalOptions::describe() {
  FieldGroup group{"eval", "What the vectors of a run are scored on."};
  for (const auto& task : benchmark_tasks()) group.add({task.name, &files[task.name], task.help});
  group.add({"properties", &properties,
             "isotropy, spectrum, hubness and more of the first that many words, 0: not",
             at_least(0)});
  group.add(
      {"meaning", &relatedness,
       "for the pairs of `similarity`, also compare cosines with paths and glosses in WordNet"});
  group.add({"meaning_corpus", &relatedness_corpus,
             "... and with PPMI in this text (in lower case, windows of 5)"});
  for (auto& field : describe_policies().fields) group.add(std::move(field));
  group.add({"neighbors", &neighbors, "words whose nearest neighbours are shown"});
  return group;
}

FieldGroup EvalOptions::describe_policies() {
  FieldGroup group{"eval", "How vectors are scored."};
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
  group.add(choice("case", &lookup.letter_case,
                   "a benchmark's word is looked up as written, in lower case, or insensitive: as "
                   "the first word of the table that is the same in lower case",
                   letter_case_names()));
  group.add(choice("unknown", &lookup.unknown,
                   "for a word that the vectors lack: drop its pair or word, or take a zero "
                   "vector, the mean of all vectors, or what fastText's n-grams make (analogies "
                   "always drop)",
                   unknown_words_names()));
  group.add({"resamples", &resamples,
             "draws of the bootstrap that gives scores their 95 % interval, 0: none", at_least(0)});
  return group;
}

void EvalOptions::validate(Problems& problems, const std::string& prefix) const {
  for (const auto& task : benchmark_tasks()) {
    for (const auto& path : files.at(task.name)) {
      if (task.may_be_folder && std::filesystem::is_directory(path)) continue;
      if (const auto problem = file_problem(path); !problem.empty())
        problems.add(prefix + "." + task.name, problem);
    }
  }
  if (relatedness && files.at("similarity").empty())
    problems.add(prefix + ".meaning", "it needs the pairs of a similarity set");
  if (!relatedness_corpus.empty() && !relatedness)
    problems.add(prefix + ".meaning_corpus", "it is used with meaning: true alone");
  for (const auto& steps : postprocess) {
    try {
      parse_steps(steps);
    } catch (const Error& error) {
      problems.add(prefix + ".postprocess", in_one_line(error.what()));
    }
  }
}

Evaluator::Evaluator(const EvalOptions& options)
    : options_(options),
      analogy_{has(options.analogy_also, "pair-direction"), has(options.analogy_also, "average"),
               options.analogy_as_gensim} {
  for (const auto& steps : options.postprocess) postprocess_.push_back({steps, parse_steps(steps)});
  for (const auto& [task, paths] : options.files)
    for (const auto& path : paths) files_[task].push_back(resolve_dataset_path(path));
  if (options.relatedness)
    relatedness_ = std::make_unique<BenchmarkRelatedness>(
        files_["similarity"], resolve_dataset_path(options.relatedness_corpus));
}

Evaluator::~Evaluator() = default;

json Evaluator::scores(const EmbeddingTable& table, EvalItems* items) const {
  json results = json::array();
  const WordLookup words(table, options_.lookup);
  const TaskInput input{
      words, options_.resamples, analogy_, options_.analogy_vocabulary, relatedness_.get(), items};
  for (const auto& task : benchmark_tasks())
    if (const auto found = files_.find(task.name); found != files_.end())
      task.score(input, found->second, results);
  if (options_.properties > 0) results.push_back(properties_result(table, options_.properties));
  for (const auto& word : options_.neighbors) results.push_back(neighbors_result(table, word));
  return results;
}

json Evaluator::evaluate(const EmbeddingTable& table, EvalItems* items) const {
  if (options_.lookup.unknown == UnknownWords::subword && table.unseen() == nullptr)
    warn("{} has no n-grams to make unknown words of: they are dropped", table.origin());
  json results = scores(table, items);
  for (const auto& [text, steps] : postprocess_) {
    for (auto& result : scores(postprocess(table, steps), nullptr)) {
      result["postprocess"] = text;
      results.push_back(std::move(result));
    }
  }
  return results;
}

json evaluate(const EmbeddingTable& table, const EvalOptions& options, EvalItems* items) {
  return Evaluator(options).evaluate(table, items);
}

}  // namespace wordbridge
