#pragma once

#include <CLI/CLI.hpp>

#include "core/config/fields.h"

namespace wordbridge {

/// Adds the option that sets a field of a configuration, with its help, range, choices and default:
/// the field `analogy_vocabulary` is --analogy-vocabulary; a boolean field is a flag, and the
/// option of a list may be repeated. What the field points to must outlive the command.
CLI::Option* add_field_option(CLI::App* command, const Field& field);

}  // namespace wordbridge
