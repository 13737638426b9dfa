#include "models/join/join_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/text.h"

namespace wordbridge {
namespace {

/// Beyond these, one input would vanish in the rounding of the others.
Range weight_range() { return between(1e-6, 1e6); }

/// Name and value of each setting of the autoencoders that differs from its default.
std::vector<std::pair<std::string, std::string>> changed(const AutoencoderSettings& settings) {
  const AutoencoderSettings defaults;
  std::vector<std::pair<std::string, std::string>> found;
  const auto compare = [&](const char* name, const auto& value, const auto& usual) {
    if (value != usual) found.emplace_back(name, fmt::format("{}", value));
  };
  const auto& names = AutoencoderSettings::activations();
  compare("activation", name_of(names, settings.activation), name_of(names, defaults.activation));
  compare("epochs", settings.epochs, defaults.epochs);
  compare("batch_size", settings.batch_size, defaults.batch_size);
  compare("learning_rate", settings.learning_rate, defaults.learning_rate);
  compare("noise", settings.noise, defaults.noise);
  compare("agreement", settings.agreement, defaults.agreement);
  compare("seed", settings.seed, defaults.seed);
  return found;
}

}  // namespace

const EnumNames<Activation>& AutoencoderSettings::activations() {
  // Not sigmoid: a missing or zero vector must have the code 0.
  static const EnumNames<Activation> names = {
      {"identity", Activation::identity}, {"relu", Activation::relu}, {"tanh", Activation::tanh}};
  return names;
}

const EnumNames<JoinSettings::Method>& JoinSettings::methods() {
  static const EnumNames<Method> names = {{"concatenation", Method::concatenation},
                                          {"average", Method::average},
                                          {"svd", Method::svd},
                                          {"procrustes", Method::procrustes},
                                          {"gpa", Method::gpa},
                                          {"gcca", Method::gcca},
                                          {"daeme", Method::daeme},
                                          {"caeme", Method::caeme},
                                          {"aaeme", Method::aaeme}};
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
             "gcca: generalised canonical correlation analysis; daeme, caeme, aaeme: codes of "
             "autoencoders, decoupled, concatenated or averaged",
             methods()),
      Field{
          "dim", &dim,
          "dimensions of svd, gcca and aaeme, and of each input's part of daeme and caeme, 0: the "
          "largest of the inputs; no effect on the other methods",
          at_least(0)},
      choice("words", &words,
             "shared: words that all inputs have; all: words of any input, where a missing vector "
             "counts as zeros, or is left out of averages",
             word_sets()),
      Field{"weights", &weights, "weights of the inputs, []: all 1", weight_range()},
      Field{"unit", &unit, "scale the vectors to unit length first"},
      Field{"center", &center, "then subtract the mean of the words that all inputs have"},
      choice("activation", &autoencoder.activation, "autoencoders: of the codes",
             AutoencoderSettings::activations()),
      Field{"epochs", &autoencoder.epochs, "autoencoders: passes over the shared words",
            at_least(1)},
      Field{"batch_size", &autoencoder.batch_size, "autoencoders: words per update", at_least(1)},
      Field{"learning_rate", &autoencoder.learning_rate,
            "autoencoders: initial learning rate of Adam, which falls to 0", more_than(0)},
      Field{"noise", &autoencoder.noise,
            "autoencoders: share of the input values that is set to 0 in training", below(0, 1)},
      Field{"agreement", &autoencoder.agreement,
            "daeme: weight of the squared distances between the codes of a word", at_least(0)}};
}

std::string JoinSettings::problem(std::size_t inputs) const {
  if (inputs < 2) return "at least two inputs are needed";
  if (weights.empty()) return "";
  if (weights.size() != inputs)
    return fmt::format("there must be one weight per input, {}, or none, but there are {}", inputs,
                       weights.size());
  const Range range = weight_range();
  for (const double weight : weights)
    if (!range.contains(weight))
      return fmt::format("weights must be in {}, got {}", range.text(), number_text(weight));
  return "";
}

bool JoinSettings::has_dim() const {
  return method == Method::svd || method == Method::gcca || is_autoencoder();
}

bool JoinSettings::is_autoencoder() const {
  return method == Method::daeme || method == Method::caeme || method == Method::aaeme;
}

std::vector<std::string> JoinSettings::unused() const {
  std::vector<std::string> names;
  if (dim > 0 && !has_dim()) names.emplace_back("dim");
  for (const auto& [name, value] : changed(autoencoder)) {
    const bool used = name == "agreement" ? method == Method::daeme : is_autoencoder();
    if (!used) names.push_back(name);
  }
  return names;
}

JoinSettings JoinSettings::without_unused() const {
  JoinSettings settings = *this;
  if (!has_dim()) settings.dim = 0;
  if (!is_autoencoder()) settings.autoencoder = {};
  if (method != Method::daeme) settings.autoencoder.agreement = AutoencoderSettings().agreement;
  return settings;
}

std::string JoinSettings::text() const {
  const JoinSettings used = without_unused();
  std::string text = name_of(methods(), method);
  if (used.dim > 0) text += fmt::format(",dim={}", dim);
  if (words == Words::all) text += ",words=all";
  if (!weights.empty()) text += fmt::format(",weights={}", fmt::join(weights, "/"));
  if (!unit) text += ",unit=false";
  if (center) text += ",center=true";
  for (const auto& [name, value] : changed(used.autoencoder))
    text += fmt::format(",{}={}", name, value);
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
