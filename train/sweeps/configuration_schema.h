#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/config/fields.h"

namespace wordbridge {

/// JSON schema (draft-07) of a configuration: the settings of a run, `extends:` and `sweep:`. It
/// says what a single file may hold, so nothing is required. What depends on several settings, and
/// the form of strings that are sizes, times or devices, is not part of it.
nlohmann::ordered_json configuration_schema();
/// The same with these settings.
nlohmann::ordered_json configuration_schema(const FieldGroup& settings);

}  // namespace wordbridge
