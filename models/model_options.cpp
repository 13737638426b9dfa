#include "models/model_options.h"

#include <fmt/format.h>

#include "core/progress.h"

namespace wordbridge {

std::string size_text(const TextSize& text) {
  return fmt::format("for {} tokens of training text",
                     human_count(static_cast<std::uint64_t>(text.tokens)));
}

}  // namespace wordbridge
