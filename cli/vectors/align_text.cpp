#include "cli/vectors/align_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/json.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/text_table.h"

namespace wordbridge {
namespace {

std::string score_cell(const BootstrapTest& score, bool with_sign) {
  const std::string mean = with_sign ? fmt::format("{:+.3f}", score.difference)
                                     : fmt::format("{:.3f}", score.difference);
  return score.resamples == 0 ? mean
                              : fmt::format("{} [{:.3f}, {:.3f}]", mean, score.low, score.high);
}

nlohmann::ordered_json score_json(const BootstrapTest& score) {
  return {{"mean", number_or_null(score.difference)},
          {"low", number_or_null(score.low)},
          {"high", number_or_null(score.high)}};
}

}  // namespace

std::string tested_text(const TestedTranslations& tested) {
  std::vector<TableRow> rows = {{""}, {"nearest by cosine"}, {"nearest by CSLS"}, {"difference"}};
  for (const auto& score : tested.scores) {
    rows[0].push_back(fmt::format("P@{} [95 %]", score.k));
    rows[1].push_back(score_cell(score.cosine, false));
    rows[2].push_back(score_cell(score.csls, false));
    rows[3].push_back(score_cell(score.difference, true));
  }
  const auto count = [](std::size_t number) { return human_count(number); };
  return fmt::format(
             "{}: {}; {} of them have a vector, {} also a translation with a vector: these are "
             "scored\n\n",
             tested.name, counted(tested.questions.words, "source word"),
             count(static_cast<std::size_t>(tested.questions.known)),
             count(tested.questions.questions.size())) +
         table_text(rows, {});
}

std::string tested_table(const std::vector<std::string>& names,
                         const std::vector<TestedTranslations>& tested) {
  std::vector<TableRow> rows = {
      {""}, {"test dictionary"}, {"source words"}, {"with a vector"}, {"scored"}};
  for (const auto& score : tested.front().scores)
    for (const char* const search : {"by cosine", "by CSLS", "difference"})
      rows.push_back({fmt::format("P@{} {} [95 %]", score.k, search)});
  for (std::size_t i = 0; i < tested.size(); ++i) {
    const auto& [name, questions, scores] = tested[i];
    TableRow column = {printable(names[i]), printable(name)};
    for (const std::int64_t count :
         {questions.words, questions.known, static_cast<std::int64_t>(questions.questions.size())})
      column.push_back(human_count(static_cast<std::uint64_t>(count)));
    for (const auto& score : scores) {
      column.push_back(score_cell(score.cosine, false));
      column.push_back(score_cell(score.csls, false));
      column.push_back(score_cell(score.difference, true));
    }
    for (std::size_t row = 0; row < rows.size(); ++row) rows[row].push_back(column[row]);
  }
  return table_text(rows, {});
}

nlohmann::ordered_json tested_json(const TestedTranslations& tested) {
  nlohmann::ordered_json scores = nlohmann::ordered_json::array();
  for (const auto& score : tested.scores) {
    auto difference = score_json(score.difference);
    difference["p"] = number_or_null(score.difference.p);
    scores.push_back({{"k", score.k},
                      {"cosine", score_json(score.cosine)},
                      {"csls", score_json(score.csls)},
                      {"difference", difference}});
  }
  return {{"dictionary", tested.name},
          {"source_words", tested.questions.words},
          {"with_vector", tested.questions.known},
          {"scored", tested.questions.questions.size()},
          {"scores", scores}};
}

std::string changes_text(const std::vector<ChangedWord>& words, std::int64_t count) {
  double sum = 0;
  for (const auto& word : words) sum += word.distance;
  std::vector<TableRow> rows = {{"word", "cosine distance"}};
  const auto shown = std::min(static_cast<std::size_t>(count), words.size());
  for (std::size_t i = 0; i < shown; ++i)
    rows.push_back({printable(words[i].word), fmt::format("{:.3f}", words[i].distance)});
  return fmt::format("{} in both; mean distance {:.3f}, median {:.3f}; the largest:\n\n",
                     counted(static_cast<std::int64_t>(words.size()), "word"),
                     sum / static_cast<double>(words.size()), words[words.size() / 2].distance) +
         table_text(rows, {});
}

nlohmann::ordered_json changes_json(const std::vector<ChangedWord>& words) {
  auto json = nlohmann::ordered_json::array();
  for (const auto& word : words)
    json.push_back({{"word", word.word}, {"cosine_distance", word.distance}});
  return json;
}

std::string tested_changes_text(const std::vector<TestedChange>& words, std::int64_t count) {
  constexpr double kFalseRate = 0.05;
  const auto found = std::count_if(words.begin(), words.end(), [](const TestedChange& word) {
    return word.false_rate <= kFalseRate;
  });
  std::vector<TableRow> rows = {
      {"word", "between corpora", "between runs", "difference", "p", "p (Benjamini-Hochberg)"}};
  const auto shown = std::min(static_cast<std::size_t>(count), words.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& word = words[i];
    rows.push_back({printable(word.word), fmt::format("{:.3f}", word.between),
                    fmt::format("{:.3f}", word.within), fmt::format("{:+.3f}", word.difference()),
                    fmt::format("{:.3g}", word.p), fmt::format("{:.3g}", word.false_rate)});
  }
  return fmt::format(
             "{} in all runs; {} changed at a false discovery rate of {:g}; cosine "
             "distances of the first:\n\n",
             counted(static_cast<std::int64_t>(words.size()), "word"), found, kFalseRate) +
         table_text(rows, {});
}

nlohmann::ordered_json tested_changes_json(const std::vector<TestedChange>& words) {
  auto json = nlohmann::ordered_json::array();
  for (const auto& word : words)
    json.push_back({{"word", word.word},
                    {"between_corpora", number_or_null(word.between)},
                    {"between_runs", number_or_null(word.within)},
                    {"p", word.p},
                    {"p_benjamini_hochberg", word.false_rate}});
  return json;
}

}  // namespace wordbridge
