#include "models/output/output_options.h"

#include <fmt/format.h>

#include "core/text.h"

namespace wordbridge {
namespace {

/// Operations of the full softmax in training, above which the sampled softmax is chosen: one
/// minute on two cores.
constexpr double kMostOfFull = 1e13;

bool has_rows(OutputType type) {
  switch (type) {
#define X(name, Layer)   \
  case OutputType::name: \
    return Layer##Options::kHasWordRows;
    WB_OUTPUT_LAYERS(X)
#undef X
  }
  return false;
}

}  // namespace

EnumNames<OutputType> output_type_names() {
#define X(type, Layer) {#type, OutputType::type},
  return {WB_OUTPUT_LAYERS(X)};
#undef X
}

bool OutputOptions::has_word_rows() const { return has_rows(chosen_type()); }

std::string OutputOptions::word_rows_advice() const {
  const auto types = output_type_names();
  std::vector<std::string> others;
  for (const auto& [name, other] : types)
    if (has_rows(other)) others.push_back(name);
  return fmt::format("one output row per word, which {} does not have; types that do: {}",
                     name_of(types, chosen_type()), join(others, ", "));
}

void OutputOptions::choose(const std::string& key, double epochs, const TextSize& text,
                           std::int64_t width, ChosenSettings& chosen) {
  // Three products of width x V for each token: the scores and two gradients.
  const double examples = epochs * static_cast<double>(text.tokens);
  const double operations = 6 * examples * static_cast<double>(width * text.words);
  // Sampling saves little of a small vocabulary.
  const bool is_small = text.words < 4 * sampled.samples;
  const bool cheap = operations <= kMostOfFull || is_small;
  const std::string cost = fmt::format("the full softmax takes {:.{}f} TFLOP in all",
                                       operations * 1e-12, operations < kMostOfFull ? 1 : 0);
  chosen.choose(key, type, cheap ? OutputType::full : OutputType::sampled,
                is_small ? fmt::format("there are less than {} words", 4 * sampled.samples)
                         : fmt::format("{}, {} {:.0f}", cost, cheap ? "at most" : "more than",
                                       kMostOfFull * 1e-12));
}

FieldGroup OutputOptions::describe() {
  std::vector<FieldGroup> sections = {
#define X(type, Layer) type.describe(),
      WB_OUTPUT_LAYERS(X)
#undef X
  };
  std::vector<std::string> meanings;
  for (const auto& section : sections) meanings.push_back(section.name + ": " + section.help);
  FieldGroup group{"output", "output layer, which defines P(word | context)"};
  group.add(choice("type", &type,
                   join(meanings, "; ") + "; auto: full if training with it takes few operations, "
                                          "else sampled (docs/defaults.md)",
                   output_type_names()));
  for (auto& section : sections) group.add(std::move(section));
  return group;
}

void OutputOptions::validate(Problems& problems, const std::string& prefix, bool tied) const {
  const bool adaptive_tied = tied && chosen_type() == OutputType::adaptive;
  if (tied && !has_word_rows() && !adaptive_tied)
    problems.add(prefix + ".type", "weight tying requires adaptive, or " + word_rows_advice());
  if (adaptive_tied && adaptive.factor.value_or(1) != 1)
    problems.add(prefix + ".adaptive.factor", "weight tying requires 1");
#define X(type, Layer) type.validate(problems, prefix + "." #type);
  WB_OUTPUT_LAYERS(X)
#undef X
}

}  // namespace wordbridge
