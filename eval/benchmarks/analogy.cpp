#include "eval/benchmarks/analogy.h"

#include <algorithm>
#include <limits>
#include <string_view>

#include "core/error.h"
#include "core/io/file.h"
#include "core/text.h"
#include "eval/benchmarks/analogy_questions.h"
#include "eval/benchmarks/analogy_ranks.h"
#include "eval/statistics/comparable.h"
#include "eval/statistics/cosine.h"

namespace wordbridge {
namespace {

using Use = AnalogyQuestions::Use;

/// Number of top-ranked words among which gensim searches for an allowed answer.
constexpr std::int32_t kGensimAnswers = 5;

double share(double part, std::int64_t whole) {
  return whole > 0 ? part / static_cast<double>(whole) : std::numeric_limits<double>::quiet_NaN();
}

/// Answers to all questions. `ranks` contains the ranks of the questions with Use::asked, in order.
AnalogyAnswers answers_of(const std::vector<Use>& uses, const std::vector<AnalogyRank>& ranks,
                          bool as_gensim) {
  AnalogyAnswers answers;
  std::size_t asked = 0;
  for (const Use use : uses) {
    const bool is_used = use == Use::asked || (as_gensim && use == Use::no_direction);
    const AnalogyRank rank = use == Use::asked ? ranks[asked++] : AnalogyRank();
    const bool is_right = rank.rank == 1 && !(as_gensim && rank.forms >= kGensimAnswers);
    answers.right.push_back(is_used ? static_cast<std::uint8_t>(is_right)
                                    : AnalogyAnswers::kNotUsed);
    answers.rank.push_back(rank.rank);
  }
  return answers;
}

void add_answer(AnalogyCount& count, const AnalogyAnswers& answers, std::size_t question) {
  if (answers.empty()) return;
  count.correct += answers.right[question];
  if (answers.rank.empty())
    count.reciprocal_ranks = std::numeric_limits<double>::quiet_NaN();
  else if (answers.rank[question] > 0)
    count.reciprocal_ranks += 1.0 / answers.rank[question];
}

void accumulate(AnalogyCounts& sum, const AnalogyCounts& counts) {
  for (const auto method : {&AnalogyCounts::add, &AnalogyCounts::mul,
                            &AnalogyCounts::pair_direction, &AnalogyCounts::average}) {
    (sum.*method).correct += (counts.*method).correct;
    (sum.*method).reciprocal_ranks += (counts.*method).reciprocal_ranks;
  }
  sum.used += counts.used;
  sum.total += counts.total;
}

}  // namespace

double AnalogyCounts::accuracy(const AnalogyCount& count) const {
  return share(static_cast<double>(count.correct), used);
}

double AnalogyCounts::mean_reciprocal_rank(const AnalogyCount& count) const {
  return share(count.reciprocal_ranks, used);
}

double AnalogyScores::mean_accuracy(AnalogyCount AnalogyCounts::*method) const {
  double sum = 0;
  std::int64_t used = 0;
  for (const auto& [name, counts] : sections) {
    if (counts.used == 0) continue;
    sum += counts.accuracy(counts.*method);
    ++used;
  }
  return share(sum, used);
}

AnalogyItems analogy_items(const WordLookup& words, const std::vector<AnalogySection>& sections,
                           const AnalogyOptions& options) {
  const EmbeddingTable table = comparable(words.table());
  const auto scales = inverse_norms(table, table.size());
  const AnalogyQuestions questions = look_up_questions(words, scales, sections);
  const AnalogyRanks ranks = rank_answers(table, scales, questions, options);
  AnalogyItems items;
  for (std::size_t s = 0; s < sections.size(); ++s) {
    items.sections.push_back(sections[s].name);
    items.section.insert(items.section.end(), sections[s].questions.size(),
                         static_cast<std::int32_t>(s));
  }
  const auto answers = [&](const std::vector<AnalogyRank>& of_method) {
    return answers_of(questions.use, of_method, options.as_gensim);
  };
  items.add = answers(ranks.add);
  items.mul = answers(ranks.mul);
  if (options.pair_direction) items.pair_direction = answers(ranks.pair_direction);
  if (options.average) items.average = answers(ranks.average);
  return items;
}

AnalogyScores analogy_scores(const AnalogyItems& items) {
  AnalogyScores scores;
  for (const auto& name : items.sections) scores.sections.emplace_back(name, AnalogyCounts());
  for (std::size_t i = 0; i < items.section.size(); ++i) {
    AnalogyCounts& counts = scores.sections[static_cast<std::size_t>(items.section[i])].second;
    ++counts.total;
    if (items.add.right[i] == AnalogyItems::kNotUsed) continue;
    ++counts.used;
    add_answer(counts.add, items.add, i);
    add_answer(counts.mul, items.mul, i);
    add_answer(counts.pair_direction, items.pair_direction, i);
    add_answer(counts.average, items.average, i);
  }
  for (const auto& [name, counts] : scores.sections) {
    accumulate(is_syntactic(name) ? scores.syntactic : scores.semantic, counts);
    accumulate(scores.total, counts);
  }
  return scores;
}

AnalogyScores score_analogies(const WordLookup& words, const std::vector<AnalogySection>& sections,
                              const AnalogyOptions& options) {
  return analogy_scores(analogy_items(words, sections, options));
}

}  // namespace wordbridge
