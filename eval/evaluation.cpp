#include "eval/evaluation.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/error.h"
#include "core/io/file.h"
#include "core/log.h"
#include "core/text.h"
#include "data/catalogue/dataset.h"
#include "eval/neighbors/exact_neighbors.h"

namespace wordbridge {
namespace {

using nlohmann::json;

/// The reason why a benchmark can't be read; empty if it can.
std::string benchmark_problem(const std::string& path) {
  try {
    return file_problem(resolve_dataset_path(path));
  } catch (const Error& error) {
    return in_one_line(error.what());
  }
}

bool has(const std::vector<std::string>& list, const char* text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

void warn_without_scores(const json& results) {
  for (const auto& result : results)
    if (const auto text = result.find("warning"); text != result.end())
      warn("{}", text->get<std::string>());
}

}  // namespace

bool EvalOptions::is_empty() const {
  const auto none = [](const auto& entry) { return entry.second.empty(); };
  return std::all_of(files.begin(), files.end(), none) && neighbors.empty() && properties == 0;
}

std::vector<std::string> EvalOptions::inputs() const {
  std::vector<std::string> inputs = {relatedness_corpus};
  const auto add = [&inputs](const std::vector<std::string>& more) {
    inputs.insert(inputs.end(), more.begin(), more.end());
  };
  for (const auto& [task, paths] : files) add(paths);
  for (const auto& steps : postprocess) add(step_inputs(parse_steps(steps)));
  return inputs;
}

bool EvalOptions::has_intervals() const {
  const auto has_them = [&](const BenchmarkTask& task) {
    return task.has_intervals && !files.at(task.name).empty();
  };
  const auto& tasks = benchmark_tasks();
  return resamples > 0 && std::any_of(tasks.begin(), tasks.end(), has_them);
}

FieldGroup EvalOptions::describe() {
  FieldGroup group{"eval", "benchmarks for the word vectors, and evaluation settings"};
  for (const auto& task : benchmark_tasks()) group.add({task.name, &files[task.name], task.help});
  group.add({"properties", &properties,
             "isotropy, spectrum, hubness and other properties of the first N words, 0: none",
             at_least(0)});
  group.add({"meaning", &relatedness,
             "for the pairs of `similarity`, also correlate the cosine similarity with path "
             "similarity and gloss overlap in WordNet"});
  group.add({"meaning_corpus", &relatedness_corpus,
             "text in which to compute PPMI as a further measure for `meaning` (lower-cased, "
             "windows of 5 words)"});
  for (auto& field : describe_policies().fields) group.add(std::move(field));
  group.add({"neighbors", &neighbors, "words whose nearest neighbours are listed"});
  return group;
}

FieldGroup EvalOptions::describe_policies() {
  FieldGroup group{"eval", "evaluation settings"};
  group.add({"postprocess", &postprocess,
             "score the vectors again after these steps, for example \"center\", "
             "\"all-but-the-top:3,normalize\" or \"retrofit:wordnet,sweeps=10\""});
  group.add({"analogy_vocabulary", &analogy_vocabulary,
             "restrict analogies to the first N words, 0: all words", at_least(0)});
  group.add({"analogy_also",
             &analogy_also,
             "methods in addition to 3CosAdd and 3CosMul",
             {},
             {"pair-direction", "average"}});
  group.add({"analogy_as_gensim", &analogy_as_gensim,
             "count correct answers as gensim does; use with `case: insensitive`"});
  group.add(choice(
      "case", &lookup.letter_case,
      "how words of a benchmark match words of the vectors: as-written; lower: their lower-cased "
      "form matches; insensitive: the first word with the same lower-cased form matches",
      letter_case_names()));
  group.add(choice("unknown", &lookup.unknown,
                   "out-of-vocabulary words: drop the pair or word, or use a zero vector (zero), "
                   "the mean of all vectors (mean), or a vector composed from fastText's character "
                   "n-grams (subword); analogies always drop",
                   unknown_words_names()));
  group.add({"resamples", &resamples,
             "bootstrap resamples for the 95 % intervals of scores, 0: no intervals", at_least(0)});
  return group;
}

void EvalOptions::validate(Problems& problems, const std::string& prefix) const {
  for (const auto& task : benchmark_tasks()) {
    for (const auto& path : files.at(task.name)) {
      if (task.may_be_folder && std::filesystem::is_directory(path)) continue;
      if (const auto problem = benchmark_problem(path); !problem.empty())
        problems.add(prefix + "." + task.name, problem);
    }
  }
  if (relatedness && files.at("similarity").empty())
    problems.add(prefix + ".meaning", "requires a similarity benchmark");
  if (!relatedness_corpus.empty() && !relatedness)
    problems.add(prefix + ".meaning_corpus", "requires meaning: true");
  for (const auto& steps : postprocess) {
    try {
      check_step_files(parse_steps(steps));
    } catch (const Error& error) {
      problems.add(prefix + ".postprocess", in_one_line(error.what()));
    }
  }
}

Evaluator::Evaluator(const EvalOptions& options)
    : options_(options),
      analogy_{has(options.analogy_also, "pair-direction"), has(options.analogy_also, "average"),
               options.analogy_as_gensim} {
  for (const auto& text : options.postprocess) {
    postprocess_.push_back({text, parse_steps(text)});
    for (auto& step : postprocess_.back().steps)
      if (!step.letter_case && options.lookup.letter_case != LetterCase::as_written)
        step.letter_case = options.lookup.letter_case;
    check_step_files(postprocess_.back().steps);
  }
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
  if (options_.neighbors.empty()) return results;
  const ExactNeighbors index(table);
  for (const auto& word : options_.neighbors)
    results.push_back(neighbors_result(table, index.function(), word,
                                       options_.lookup.unknown == UnknownWords::subword));
  return results;
}

json Evaluator::evaluate(const EmbeddingTable& table, EvalItems* items) const {
  if (options_.lookup.unknown == UnknownWords::subword && table.unseen() == nullptr)
    warn("{} has no subwords: out-of-vocabulary words are dropped", table.origin());
  json results = scores(table, items);
  const std::size_t count = results.size();
  warn_without_scores(results);
  for (const auto& result : results)
    if (result.at("task") == "neighbors" && !result.at("known") && !result.contains("made"))
      warn("'{}' is not in {}: no neighbours",
           printable(result.at("name").get_ref<const std::string&>()), table.origin());
  for (const auto& [text, steps] : postprocess_) {
    json others = scores(postprocess(table, steps), nullptr);
    for (std::size_t i = 0; i < count; ++i)  // a warning isn't repeated
      if (results[i].contains("warning")) others[i].erase("warning");
    warn_without_scores(others);
    for (auto& result : others) {
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
