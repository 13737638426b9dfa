#include "eval/benchmarks/no_score.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <unordered_set>

#include "core/text.h"
#include "eval/benchmarks/directions.h"

namespace wordbridge {
namespace {

/// "'tiger', 'cat', 'car', ..."
std::string first_words(const std::vector<std::string>& words) {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < std::min(kShown, words.size()); ++i)
    shown.push_back("'" + printable(words[i]) + "'");
  if (words.size() > kShown) shown.emplace_back("...");
  return join(shown, ", ");
}

}  // namespace

std::string no_score_warning(const WordLookup& words, const NoScore& found) {
  std::unordered_set<std::string> seen;
  std::vector<std::string> unknown, zero;
  for (const auto& word : found.words) {
    if (!seen.insert(word).second) continue;
    if (words.row(word) < 0)
      unknown.push_back(word);
    else if (directed_vector(words, word) == nullptr)
      zero.push_back(word);
  }
  std::string text =
      fmt::format("{}: no score: {} of {} {} can be used, {} needed", found.benchmark, found.used,
                  found.total, found.items, found.needed);
  if (!unknown.empty())
    text += fmt::format("; not in {}: {} of {} words ({})", words.table().origin(), unknown.size(),
                        seen.size(), first_words(unknown));
  if (!zero.empty())
    text += fmt::format("; with a zero vector: {} of {} ({})", zero.size(), seen.size(),
                        first_words(zero));
  if (unknown.empty() || words.options().letter_case == LetterCase::insensitive) return text;
  const WordLookup any_case(words.table(), {LetterCase::insensitive, UnknownWords::drop});
  const auto matched = std::count_if(unknown.begin(), unknown.end(), [&](const std::string& word) {
    return any_case.row(word) >= 0;
  });
  if (matched > 0) text += fmt::format("; case: insensitive finds {} of them", matched);
  return text;
}

}  // namespace wordbridge
