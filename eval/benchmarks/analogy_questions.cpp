#include "eval/benchmarks/analogy_questions.h"

#include <cmath>
#include <string>
#include <unordered_map>

namespace wordbridge {
namespace {

using Use = AnalogyQuestions::Use;

/// Rows of all words of the table that have the same form as one of `words` (table rows).
std::unordered_map<std::string, std::vector<std::int64_t>> forms_of(
    const WordLookup& lookup, const std::vector<std::int64_t>& words) {
  std::unordered_map<std::string, std::vector<std::int64_t>> forms;
  const EmbeddingTable& table = lookup.table();
  for (const std::int64_t row : words) forms[lookup.form(table.word(row))];
  for (std::int64_t row = 0; row < table.size(); ++row) {
    const auto form = forms.find(lookup.form(table.word(row)));
    if (form != forms.end()) form->second.push_back(row);
  }
  return forms;
}

}  // namespace

AnalogyQuestions look_up_questions(const WordLookup& lookup, const std::vector<float>& scales,
                                   const std::vector<AnalogySection>& sections) {
  AnalogyQuestions found;
  std::vector<std::int64_t> words;  // rows of the distinct words
  std::unordered_map<std::int64_t, std::int32_t> numbers;
  for (std::size_t s = 0; s < sections.size(); ++s) {
    for (const auto& texts : sections[s].questions) {
      AnalogyQuestions::Question question{{}, static_cast<std::int32_t>(s)};
      std::array<std::int64_t, 4> rows;
      Use use = Use::asked;
      for (std::size_t i = 0; i < 4 && use != Use::unknown; ++i) {
        rows[i] = lookup.row(texts[i]);
        if (rows[i] < 0)
          use = Use::unknown;
        else if (std::isnan(scales[static_cast<std::size_t>(rows[i])]))
          use = Use::no_direction;
      }
      found.use.push_back(use);
      if (use != Use::asked) continue;
      for (std::size_t i = 0; i < 4; ++i) {
        const auto [number, is_new] =
            numbers.emplace(rows[i], static_cast<std::int32_t>(words.size()));
        if (is_new) words.push_back(rows[i]);
        question.words[i] = number->second;
      }
      found.questions.push_back(question);
    }
  }
  const bool has_forms = lookup.options().letter_case == LetterCase::insensitive;
  const auto forms = has_forms ? forms_of(lookup, words) : decltype(forms_of(lookup, words))();
  for (const std::int64_t row : words) {
    if (has_forms) {
      const auto& rows = forms.at(lookup.form(lookup.table().word(row)));
      found.rows.insert(found.rows.end(), rows.begin(), rows.end());
    } else {
      found.rows.push_back(row);
    }
    found.first.push_back(static_cast<std::int32_t>(found.rows.size()));
  }
  return found;
}

}  // namespace wordbridge
