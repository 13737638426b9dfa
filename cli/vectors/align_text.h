#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "eval/translation/change_test.h"
#include "eval/translation/changed_words.h"
#include "eval/translation/translation_scores.h"

namespace wordbridge {

/// The scores of a test dictionary.
struct TestedTranslations {
  std::string name;  // of the test dictionary
  TranslationQuestions questions;
  std::vector<TranslationScore> scores;
};

/// Coverage and P@k with intervals, as a table.
std::string tested_text(const TestedTranslations& tested);
/// The same for several sources, side by side.
std::string tested_table(const std::vector<std::string>& names,
                         const std::vector<TestedTranslations>& tested);
nlohmann::ordered_json tested_json(const TestedTranslations& tested);

/// The first `count` of the words that changed most.
std::string changes_text(const std::vector<ChangedWord>& words, std::int64_t count);
nlohmann::ordered_json changes_json(const std::vector<ChangedWord>& words);

/// The same with the test of several runs on each corpus.
std::string tested_changes_text(const std::vector<TestedChange>& words, std::int64_t count);
nlohmann::ordered_json tested_changes_json(const std::vector<TestedChange>& words);

}  // namespace wordbridge
