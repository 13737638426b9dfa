#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/config/fields.h"

namespace wordbridge {

/// JSON schema (draft-07) of the values that Config::read() accepts for the field, with its meaning
/// and its default. The values are those of YAML 1.2, in which 1e6 is a number and yes is a string.
/// A schema can't say that numbers must be finite, integers must fit in 64 bits, and none may be
/// written as 0x10.
nlohmann::ordered_json field_schema(const Field& field);
/// The same of a group. Other keys are refused.
nlohmann::ordered_json group_schema(const FieldGroup& group);
/// The same of the value of `extends:`.
nlohmann::ordered_json extends_schema();

}  // namespace wordbridge
