#include "models/output/output_options.h"

#include <fmt/format.h>

#include "core/text.h"

namespace wordbridge {
namespace {

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

bool OutputOptions::has_word_rows() const { return has_rows(type); }

std::string OutputOptions::word_rows_advice() const {
  const auto types = output_type_names();
  std::vector<std::string> others;
  for (const auto& [name, other] : types)
    if (has_rows(other)) others.push_back(name);
  return fmt::format("one output row per word, which {} does not have; types that do: {}",
                     name_of(types, type), join(others, ", "));
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
  group.add(choice("type", &type, join(meanings, "; "), output_type_names()));
  for (auto& section : sections) group.add(std::move(section));
  return group;
}

void OutputOptions::validate(Problems& problems, const std::string& prefix, bool tied) const {
  if (tied && !has_word_rows())
    problems.add(prefix + ".type", "weight tying requires " + word_rows_advice());
#define X(type, Layer) type.validate(problems, prefix + "." #type);
  WB_OUTPUT_LAYERS(X)
#undef X
}

}  // namespace wordbridge
