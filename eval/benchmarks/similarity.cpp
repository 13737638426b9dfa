#include "eval/benchmarks/similarity.h"

#include <cmath>

#include "eval/statistics/correlation.h"
#include "eval/statistics/cosine.h"

namespace wordbridge {
SimilarityItems similarity_items(const WordLookup& words, const std::vector<WordPair>& pairs) {
  SimilarityItems items;
  for (const auto& pair : pairs) {
    const auto first = words.vector(pair.first), second = words.vector(pair.second);
    const bool is_known = first.row >= 0 && second.row >= 0;
    items.unknown += !is_known;
    items.judged.push_back(pair.score);
    double value = std::numeric_limits<double>::quiet_NaN();
    if (first.values != nullptr && second.values != nullptr) {
      value = cosine(first.values, second.values, words.table().dim());
      if (std::isnan(value) && !is_known) value = 0;
      items.undefined += std::isnan(value);
    }
    items.cosines.push_back(value);
  }
  return items;
}

SimilarityScores similarity_scores(const SimilarityItems& items) {
  SimilarityScores scores;
  std::vector<double> cosines, judged;
  for (std::size_t i = 0; i < items.cosines.size(); ++i) {
    if (std::isnan(items.cosines[i])) continue;
    cosines.push_back(items.cosines[i]);
    judged.push_back(items.judged[i]);
  }
  scores.total = static_cast<std::int64_t>(items.cosines.size());
  scores.used = static_cast<std::int64_t>(cosines.size());
  scores.unknown = items.unknown;
  scores.undefined = items.undefined;
  scores.spearman = spearman(cosines, judged);
  scores.pearson = pearson(cosines, judged);
  return scores;
}

SimilarityScores score_similarity(const WordLookup& words, const std::vector<WordPair>& pairs) {
  return similarity_scores(similarity_items(words, pairs));
}

}  // namespace wordbridge
