#include "models/model_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/progress.h"

namespace wordbridge {

std::string size_text(const TextSize& text) {
  return fmt::format("for {} tokens of training text",
                     human_count(static_cast<std::uint64_t>(text.tokens)));
}

double epochs_of_network(std::int64_t tokens) {
  return std::clamp(std::round(500 * std::pow(static_cast<double>(tokens), -0.35)), 2.0, 40.0);
}

}  // namespace wordbridge
