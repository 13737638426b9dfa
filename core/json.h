#pragma once

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace wordbridge {

/// The number, or null if it is not finite: JSON has neither NaN nor infinity.
inline nlohmann::json number_or_null(double value) {
  return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json(nullptr);
}

/// Inverse of number_or_null(): NaN for null and for anything else that is not a number.
template <class Json>
double number_or_nan(const Json& value) {
  return value.is_number() ? value.template get<double>()
                           : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace wordbridge
