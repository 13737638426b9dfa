#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "core/config/fields.h"

namespace wordbridge {

/// Adds an option that sets a configuration field, with the help, range, choices and default of the
/// field. The field `analogy_vocabulary` becomes --analogy-vocabulary, a boolean field becomes a
/// flag, or if it is true by default, two: --unit and --no-unit, and the option of a list field may
/// be repeated. The variable that the field points to must outlive the command.
CLI::Option* add_field_option(CLI::App* command, const Field& field);

/// A check that the number of an option is in a range; NaN and infinity are in none.
CLI::Validator in_range(const Range& range);

/// Adds an option of numbers in a range, given as A,B,... or repeated.
CLI::Option* add_number_list(CLI::App* command, const std::string& name,
                             std::vector<double>* numbers, const std::string& help,
                             const Range& range);

}  // namespace wordbridge
