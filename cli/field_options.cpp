#include "cli/field_options.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace wordbridge {
namespace {

/// Adds the option for the type of a field, without its range and choices.
class OptionAdder {
 public:
  OptionAdder(CLI::App* command, const Field& field)
      : command_(command), help_(field.help), name_("--" + field.name) {
    std::replace(name_.begin(), name_.end(), '_', '-');
  }
  CLI::Option* operator()(bool* value) const {
    if (!*value) return command_->add_flag(name_, *value, help_);
    return command_->add_flag(name_ + ",!--no-" + name_.substr(2), *value, help_ + " (default)");
  }
  CLI::Option* operator()(const EnumTarget& value) const {
    return command_->add_option_function<std::string>(name_, value.set, help_)
        ->default_str(value.name());
  }
  template <class T>
  CLI::Option* operator()(std::vector<T>* values) const {
    constexpr bool kIsText = std::is_same_v<T, std::string>;  // such as names of files with commas
    auto* const option = command_->add_option(
        name_, *values, help_ + (kIsText ? " (may be repeated)" : " (A,B,..., or repeated)"));
    option->allow_extra_args(false);
    if (!kIsText) option->delimiter(',');
    return option;
  }
  template <class T>
  CLI::Option* operator()(T* value) const {
    return command_->add_option(name_, *value, help_)->capture_default_str();
  }

 private:
  CLI::App* command_;
  std::string help_, name_;
};

}  // namespace

CLI::Validator in_range(const Range& range) {
  const auto problem = [range](const std::string& text) -> std::string {
    double value = 0;
    if (CLI::detail::lexical_cast(text, value) && std::isfinite(value) && range.contains(value))
      return {};
    const bool has_ends = std::isfinite(range.low) && std::isfinite(range.high);
    return (has_ends ? "must be in " : "must be ") + range.text() + ", got " + text;
  };
  return CLI::Validator(problem, range.text());
}

CLI::Option* add_field_option(CLI::App* command, const Field& field) {
  auto* const option = std::visit(OptionAdder(command, field), field.value);
  if (!field.range.text().empty()) option->check(in_range(field.range));
  if (!field.choices.empty()) option->check(CLI::IsMember(std::vector<std::string>(field.choices)));
  return option;
}

CLI::Option* add_number_list(CLI::App* command, const std::string& name,
                             std::vector<double>* numbers, const std::string& help,
                             const Range& range) {
  const auto set = [name, numbers, range](const std::vector<std::string>& texts) {
    numbers->clear();
    for (const auto& text : texts) {
      std::istringstream items(text + ",");
      for (std::string item; std::getline(items, item, ',');) {
        if (item.empty())
          throw CLI::ValidationError(name, "must be numbers separated by commas, got " + text);
        const std::string problem = in_range(range)(item);
        if (!problem.empty()) throw CLI::ValidationError(name, problem);
        numbers->push_back(std::stod(item));
      }
    }
  };
  return command
      ->add_option_function<std::vector<std::string>>(name, set, help + " (A,B,..., or repeated)")
      ->allow_extra_args(false)
      ->type_name("FLOAT");
}

}  // namespace wordbridge
