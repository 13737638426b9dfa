#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "report/expected/printed_number.h"

namespace wordbridge {

/// A sentence with placeholders for numbers: "takes {100 * fast / peer} % of the time". Literals
/// and expressions alternate; "{{" and "}}" are braces of the sentence.
struct TextTemplate {
  std::vector<std::string> literals, expressions;  // one literal more than expressions
};

/// Error if there is no placeholder or none but a placeholder, or a brace is not closed.
TextTemplate text_template(const std::string& text);

struct TextMatch {
  std::size_t begin = 0, end = 0;
  std::vector<PrintedNumber> numbers;  // one per placeholder
};

struct TextMatches {
  std::vector<TextMatch> found;
  // The longest beginning of the template in the text: where the text differs, and what is expected
  // there.
  std::size_t nearest = 0;
  std::string expected;
};

/// All places where the text has the template with any numbers. A space of the template stands for
/// any spaces and line breaks, so that wrapped lines don't matter. Searches in [from, to).
TextMatches find_template(const TextTemplate& wanted, std::string_view text, std::size_t from,
                          std::size_t to);

}  // namespace wordbridge
