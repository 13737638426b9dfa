#include "eval/translation/translation_scores.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "core/error.h"
#include "core/index.h"

namespace wordbridge {
namespace {

/// The rank of each question's first answer, from 1; a large number if none is found.
std::vector<std::int64_t> first_ranks(const std::vector<TranslationQuestion>& questions,
                                      const std::vector<std::int64_t>& rows, std::int64_t nearest) {
  WB_ASSERT(rows.size() == questions.size() * at(nearest));
  std::vector<std::int64_t> ranks(questions.size(), std::numeric_limits<std::int64_t>::max());
  for (std::size_t q = 0; q < questions.size(); ++q) {
    const auto& answers = questions[q].answers;
    for (std::int64_t rank = nearest; rank >= 1; --rank) {
      const std::int64_t row = rows[q * at(nearest) + at(rank - 1)];
      if (std::binary_search(answers.begin(), answers.end(), row)) ranks[q] = rank;
    }
  }
  return ranks;
}

}  // namespace

TranslationQuestions translation_questions(const std::vector<TranslationPair>& pairs,
                                           const FindRow& source, const FindRow& target) {
  std::set<std::string_view> words;
  std::map<std::int64_t, std::set<std::int64_t>> answers;  // by source row
  for (const auto& pair : pairs) {
    words.insert(pair.source);
    const std::int64_t row = source(pair.source);
    if (row < 0) continue;
    auto& known = answers[row];
    if (const std::int64_t answer = target(pair.target); answer >= 0) known.insert(answer);
  }
  TranslationQuestions found;
  found.words = static_cast<std::int64_t>(words.size());
  found.known = static_cast<std::int64_t>(answers.size());
  for (const auto& [row, rows] : answers)
    if (!rows.empty()) found.questions.push_back({row, {rows.begin(), rows.end()}});
  return found;
}

std::vector<TranslationScore> translation_scores(const std::vector<TranslationQuestion>& questions,
                                                 const std::vector<std::int64_t>& cosine,
                                                 const std::vector<std::int64_t>& csls,
                                                 std::int64_t nearest,
                                                 const std::vector<std::int64_t>& ks,
                                                 const BootstrapOptions& options) {
  const auto by_cosine = first_ranks(questions, cosine, nearest);
  const auto by_csls = first_ranks(questions, csls, nearest);
  std::vector<TranslationScore> scores;
  for (const std::int64_t k : ks) {
    WB_ASSERT(k <= nearest);
    std::vector<double> first, second, differences;
    for (std::size_t q = 0; q < questions.size(); ++q) {
      first.push_back(by_cosine[q] <= k ? 1 : 0);
      second.push_back(by_csls[q] <= k ? 1 : 0);
      differences.push_back(second.back() - first.back());
    }
    scores.push_back({k, bootstrap_mean(first, options), bootstrap_mean(second, options),
                      bootstrap_mean(differences, options)});
  }
  return scores;
}

}  // namespace wordbridge
