// Post-processing steps as text: "center,retrofit:wordnet,sweeps=5".
#include <algorithm>
#include <filesystem>

#include "core/config/config.h"
#include "core/error.h"
#include "core/text.h"
#include "data/corpus/vocabulary_files.h"
#include "eval/postprocess.h"

namespace wordbridge {
namespace {

namespace fs = std::filesystem;
using Kind = PostProcessing::Kind;

const EnumNames<Kind>& step_names() {
  static const EnumNames<Kind> names = {{"center", Kind::center},
                                        {"all-but-the-top", Kind::all_but_the_top},
                                        {"normalize", Kind::normalize},
                                        {"whiten", Kind::whiten},
                                        {"sif", Kind::sif},
                                        {"retrofit", Kind::retrofit},
                                        {"counter-fit", Kind::counter_fit}};
  return names;
}

bool has_lexicon(Kind kind) { return kind == Kind::retrofit || kind == Kind::counter_fit; }

constexpr const char* kCountsHelp =
    "a run, a vocabulary.tsv, a fastText model, or zipf (the i-th row is assumed to have a share "
    "proportional to 1 / (i + 1))";

Error no_such_step(std::string_view text) {
  Error error("unknown post-processing step");
  error.expected("{}", join(describe_post_processing(), "; ")).got("'{}'", printable(text));
  std::vector<std::string> names;
  for (const auto& [name, kind] : step_names()) names.push_back(name);
  if (const auto near = nearest_name(text.substr(0, text.find(':')), names))
    error.hint("did you mean '{}'?", *near);
  return error;
}

/// Whether a part of a list of steps is a parameter, NAME=VALUE, and not a step.
bool is_parameter(std::string_view part) {
  return part.find('=') < std::min(part.find(':'), part.size());
}

/// Reads "all-but-the-top:3" or "retrofit:wordnet", without parameters.
PostProcessing parse_step(std::string_view text) {
  const auto colon = text.find(':');
  PostProcessing step;
  const auto& names = step_names();
  const auto found = std::find_if(names.begin(), names.end(), [&](const auto& entry) {
    return entry.first == text.substr(0, colon);
  });
  if (found == names.end()) throw no_such_step(text);
  step.kind = found->second;
  const bool has_value = colon != text.npos;
  const std::string_view value = has_value ? text.substr(colon + 1) : "";
  if (has_lexicon(step.kind)) {
    step.lexicon = value;
    if (value.empty())
      throw Error("the step needs a lexicon")
          .expected("{}:LEXICON, where LEXICON is {}", found->first,
                    join(describe_lexicons(), "; "))
          .got("'{}'", printable(text));
  } else if (step.kind == Kind::sif) {
    step.counts = value;
    if (value.empty())
      throw Error("the step needs the words' counts")
          .expected("sif:COUNTS, where COUNTS is {}", kCountsHelp)
          .got("'{}'", printable(text))
          .hint("sif:zipf assumes them from the order of the rows");
  } else if (step.kind == Kind::all_but_the_top && has_value) {
    step.directions = static_cast<std::int64_t>(parse_integer(value).value_or(0));
    if (step.directions < 1)
      throw Error("invalid number of directions to remove")
          .expected("all-but-the-top:D with D >= 1, or all-but-the-top")
          .got("'{}'", printable(text));
  } else if (has_value) {
    throw no_such_step(text);
  }
  return step;
}

/// "sweeps=5" if the field's value differs from that of `usual`, else "".
std::string changed(const Field& field, const Field& usual) {
  return std::visit(
      [&](const auto& value) -> std::string {
        using Value = std::decay_t<decltype(value)>;
        const auto before = *std::get<Value>(usual.value), now = *value;
        if (now == before) return {};
        if constexpr (std::is_same_v<Value, bool*>)
          return field.name + (now ? "=true" : "=false");
        else if constexpr (std::is_same_v<Value, double*> || std::is_same_v<Value, std::int64_t*>)
          return field.name + "=" + number_text(static_cast<double>(now));
        else if constexpr (std::is_convertible_v<decltype(now), std::string>)
          return field.name + "=" + now;
        else
          return {};
      },
      field.value);
}

std::string parameters_help(Kind kind) {
  PostProcessing step;
  step.kind = kind;
  std::string text = "Parameters of " + step.name() + ":\n";
  for (const auto& field : step.parameters().fields)
    text += fmt::format("  {:<7} {}\n", field.name, field.help);
  return text;
}

}  // namespace

FieldGroup PostProcessing::parameters() {
  FieldGroup group{name(), "parameters of a post-processing step"};
  if (kind == Kind::sif)
    group.add({"a", &a, "words with this share of the text are halved: 0.001", more_than(0)});
  if (!has_lexicon(kind)) return group;
  if (kind == Kind::retrofit) {
    group.add({"sweeps", &retrofitting.sweeps, "passes over the words: 10", at_least(1)});
    group.add({"alpha", &retrofitting.alpha,
               "weight of a word's own vector; all neighbours together have 1: 1", at_least(0)});
    group.add({"unit", &unit, "scale the vectors to unit length first: true"});
  } else {
    auto& options = counter_fitting;
    group.add({"repel", &repel, "lexicon of opposites: WordNet's antonyms if LEXICON is WordNet"});
    group.add({"steps", &options.steps, "steps: 20", at_least(1)});
    group.add({"delta", &options.delta, "distance of opposites: 1", between(0, 2)});
    group.add({"gamma", &options.gamma, "distance of related words: 0", between(0, 2)});
    group.add({"rho", &options.rho, "distance of near words, which stay near: 0.2", between(0, 2)});
    group.add({"k1", &options.k1, "weight of opposites: 0.1", at_least(0)});
    group.add({"k2", &options.k2, "weight of related words: 0.1", at_least(0)});
    group.add({"k3", &options.k3, "weight of near words: 0.1", at_least(0)});
  }
  group.add(choice("case", &letter_case, "how words of the lexicon match: that of eval, as-written",
                   letter_case_names()));
  return group;
}

std::string PostProcessing::name() const { return name_of(step_names(), kind); }

std::string PostProcessing::opposites() const {
  const auto start = lexicon.substr(0, lexicon.find(':'));
  return repel.empty() && (start == "wordnet" || start == "wordnet-all") ? lexicon : repel;
}

PostProcessing PostProcessing::parse(std::string_view text) {
  const auto parts = split(text, ',');
  PostProcessing step = parse_step(trimmed(parts.front()));
  if (parts.size() == 1) return step;
  auto parameters = step.parameters();
  auto config = Config::parse("", std::string(text));
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string part(trimmed(parts[i]));
    if (!is_parameter(part)) throw no_such_step(part);
    if (parameters.fields.empty())
      throw Error("the step has no parameters").at("{}", step.name()).got("'{}'", printable(part));
    config.set(part, std::string(text));
  }
  Problems problems;
  config.read(parameters, problems);
  config.report(problems);
  return step;
}

std::string PostProcessing::text() const {
  std::string text = name();
  if (kind == Kind::all_but_the_top && directions > 0) text += fmt::format(":{}", directions);
  if (kind == Kind::sif) text += ":" + counts;
  if (has_lexicon(kind)) text += ":" + lexicon;
  PostProcessing usual, own = *this;
  usual.kind = kind;
  const auto fields = own.parameters().fields, defaults = usual.parameters().fields;
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (const auto parameter = changed(fields[i], defaults[i]); !parameter.empty())
      text += "," + parameter;
  return text;
}

std::vector<PostProcessing> parse_steps(std::string_view text) {
  std::vector<std::string> steps;
  for (const auto part : split(text, ',')) {
    const std::string step(trimmed(part));
    if (is_parameter(step) && !steps.empty())
      steps.back() += "," + step;
    else
      steps.push_back(step);
  }
  std::vector<PostProcessing> parsed;
  for (const auto& step : steps) parsed.push_back(PostProcessing::parse(step));
  return parsed;
}

std::vector<std::string> describe_post_processing() {
  return {"center (subtract the mean vector)",
          "all-but-the-top:D (center, then remove the first D principal components; without :D, D "
          "is the dimension / 100)",
          "normalize (scale to unit length)",
          "whiten (center, then make all directions uncorrelated, with variance 1)",
          "sif:COUNTS,a=A (multiply by a / (a + p), p the word's share of the text)",
          "retrofit:LEXICON,NAME=VALUE,... (move words towards related words)",
          "counter-fit:LEXICON,NAME=VALUE,... (the same, and opposites apart)"};
}

std::string post_processing_help() {
  return "Steps of --postprocess, separated by commas:\n  " +
         join(describe_post_processing(), "\n  ") + "\nLEXICON:\n  " +
         join(describe_lexicons(), "\n  ") + "\nCOUNTS:\n  " + kCountsHelp + "\n" +
         parameters_help(Kind::sif) + parameters_help(Kind::retrofit) +
         parameters_help(Kind::counter_fit);
}

void check_step_files(const std::vector<PostProcessing>& steps) {
  for (const auto& step : steps) {
    if (!step.lexicon.empty()) check_lexicon(step.lexicon);
    if (!step.repel.empty()) check_lexicon(step.repel);
    if (step.counts.empty() || step.counts == "zipf") continue;
    if (!fs::is_regular_file(vocabulary_file(step.counts)))
      throw Error("no such file of counts")
          .at("{}", vocabulary_file(step.counts).string())
          .expected("sif:COUNTS, where COUNTS is {}", kCountsHelp);
  }
}

std::vector<std::string> step_inputs(const std::vector<PostProcessing>& steps) {
  std::vector<std::string> inputs;
  for (const auto& step : steps) {
    for (const auto& lexicon : {step.lexicon, step.repel}) {
      if (lexicon.empty()) continue;
      const auto files = lexicon_inputs(lexicon);
      inputs.insert(inputs.end(), files.begin(), files.end());
    }
    if (!step.counts.empty() && step.counts != "zipf") inputs.push_back(step.counts);
  }
  return inputs;
}

}  // namespace wordbridge
