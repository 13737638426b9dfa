#include "models/join/join_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/text.h"

namespace wordbridge {

const EnumNames<JoinSettings::Method>& JoinSettings::methods() {
  static const EnumNames<Method> names = {{"concatenation", Method::concatenation},
                                          {"average", Method::average},
                                          {"svd", Method::svd},
                                          {"procrustes", Method::procrustes},
                                          {"gpa", Method::gpa},
                                          {"gcca", Method::gcca}};
  return names;
}

const EnumNames<JoinSettings::Words>& JoinSettings::word_sets() {
  static const EnumNames<Words> names = {{"shared", Words::shared}, {"all", Words::all}};
  return names;
}

std::vector<Field> JoinSettings::fields() {
  return {
      choice("method", &method,
             "concatenation; average (shorter vectors are padded with zeros); svd: principal "
             "components of the concatenation; procrustes: average after rotation onto the first "
             "input; gpa: generalised Procrustes, average after rotation of all onto their mean; "
             "gcca: generalised canonical correlation analysis",
             methods()),
      Field{"dim", &dim,
            "dimensions of svd and gcca, 0: the largest of the inputs; no effect on the other "
            "methods",
            at_least(0)},
      choice("words", &words,
             "shared: words that all inputs have; all: words of any input, where a missing vector "
             "counts as zeros, or is left out of averages",
             word_sets()),
      Field{"weights", &weights, "weights of the inputs, []: all 1", at_least(0)},
      Field{"unit", &unit, "scale the vectors to unit length first"},
      Field{"center", &center, "then subtract the mean of the words that all inputs have"}};
}

std::string JoinSettings::problem(std::size_t inputs) const {
  if (inputs < 2) return "at least two inputs are needed";
  if (weights.empty()) return "";
  if (weights.size() != inputs)
    return fmt::format("there must be one weight per input, {}, or none, but there are {}", inputs,
                       weights.size());
  if (!std::all_of(weights.begin(), weights.end(), [](double weight) { return weight > 0; }))
    return "weights must be positive";
  return "";
}

bool JoinSettings::has_dim() const { return method == Method::svd || method == Method::gcca; }

std::string JoinSettings::text() const {
  std::string text = name_of(methods(), method);
  if (dim > 0 && has_dim()) text += fmt::format(",dim={}", dim);
  if (words == Words::all) text += ",words=all";
  if (!weights.empty()) text += fmt::format(",weights={}", fmt::join(weights, "/"));
  if (!unit) text += ",unit=false";
  if (center) text += ",center=true";
  return text;
}

FieldGroup JoinOptions::describe() {
  FieldGroup group{"join",
                   "Joined word vectors of several models (docs/joining.md), of the words of the "
                   "text's vocabulary"};
  group.add(Field{"inputs", &inputs, "runs or files of word vectors"});
  for (auto& field : settings.fields()) group.add(std::move(field));
  return group;
}

void JoinOptions::validate(Problems& problems, const std::string& prefix) const {
  if (const auto problem = settings.problem(inputs.size()); !problem.empty())
    problems.add(prefix, problem);
}

std::unique_ptr<ModelOptions> make_join_options() { return std::make_unique<JoinOptions>(); }

}  // namespace wordbridge
