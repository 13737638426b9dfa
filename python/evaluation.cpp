#include "eval/evaluation.h"

#include <pybind11/stl.h>

#include <utility>

#include "core/error.h"
#include "core/json.h"
#include "eval/benchmarks/paired_tests.h"
#include "python/bindings.h"
#include "report/comparison_json.h"
#include "train/runs/run_config.h"

namespace wordbridge::python {
namespace {

/// The section `eval` of a configuration, as YAML or JSON.
EvalOptions options_of(const std::string& text) {
  EvalOptions options = RunConfig::parse_eval(text, "the arguments");
  if (!options.is_empty()) return options;
  throw Error("no benchmark selected")
      .expected("an option such as similarity=\"dataset:ws-353\", analogy=\"questions.txt\"");
}

/// The scores of a table as JSON.
std::string scores_of(const Table& table, const std::string& options) {
  return json_text(evaluate(table.verified(), options_of(options)));
}

/// Paired tests of all pairs of tables on the items that both use, as JSON.
std::string comparison_of(const std::vector<std::pair<std::string, const Table*>>& tables,
                          const std::string& options) {
  const EvalOptions eval = options_of(options);
  if (tables.size() < 2)
    throw Error("too few tables to compare").expected("two or more").got("{}", tables.size());
  const Evaluator evaluator(eval);
  ComparisonOptions policies;
  policies.all_pairs = true;
  if (eval.resamples > 0) policies.bootstrap.resamples = eval.resamples;
  std::vector<RunEvidence> evidence;
  for (const auto& [label, table] : tables) {
    auto& entry = evidence.emplace_back();
    entry.label = entry.path = label;
    entry.no_tokens = "vectors have no token scores";
    entry.seeds = 1;
    evaluator.evaluate(table->verified(), &entry.items.emplace_back());
  }
  return json_text(to_json(paired_tests(evidence, policies)));
}

}  // namespace

void bind_evaluation(py::module_& module) {
  const py::call_guard<py::gil_scoped_release> release;
  module.def("evaluate", &scores_of, release);
  module.def("compare", &comparison_of, release);
}

}  // namespace wordbridge::python
