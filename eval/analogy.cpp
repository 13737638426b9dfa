#include "eval/analogy.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <unordered_map>

#include "core/error.h"
#include "core/file.h"
#include "core/text.h"
#include "core/threads.h"
#include "eval/cosine.h"
#include "kernels/products.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kRowsPerStep = 256;  // candidates whose cosines stay in cache
constexpr std::int64_t kMostBlocks = 64;    // each has its own best answers
constexpr float kMulEpsilon = 0.001f;
constexpr float kNever = -std::numeric_limits<float>::infinity();

/// A question that is used: rows of its words, and where the first three stand among the distinct
/// given words.
struct Question {
  std::array<std::int64_t, 4> rows;
  std::array<std::int64_t, 3> given;
};

struct Answer {
  float score = kNever;
  std::int64_t row = -1;
};
struct Answers {
  Answer add, mul;
};

/// All used questions, and the unit vectors of the distinct words that they give: a benchmark asks
/// tens of thousands of questions with about a thousand words, so that cosines are shared.
struct QuestionSet {
  std::vector<Question> questions;
  std::vector<std::uint8_t> is_used;  // of each question of the benchmark
  std::vector<float> given;           // [given_count, dim]
  std::int64_t given_count = 0;
};

double share(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole)
                   : std::numeric_limits<double>::quiet_NaN();
}

QuestionSet used_questions(const WordLookup& lookup, const std::vector<float>& scales,
                           const std::vector<AnalogySection>& sections) {
  const EmbeddingTable& table = lookup.table();
  QuestionSet set;
  std::unordered_map<std::int64_t, std::int64_t> slots;
  const auto slot_of = [&](std::int64_t row) {
    const auto [slot, is_new] = slots.emplace(row, set.given_count);
    if (is_new) {
      ++set.given_count;
      for (std::int64_t i = 0; i < table.dim(); ++i)
        set.given.push_back(table.row(row)[i] * scales[static_cast<std::size_t>(row)]);
    }
    return slot->second;
  };
  for (const auto& section : sections) {
    for (const auto& words : section.questions) {
      set.is_used.push_back(0);
      Question question{};
      const bool is_known = [&] {
        for (std::size_t i = 0; i < 4; ++i) {
          const std::int64_t row = question.rows[i] = lookup.row(words[i]);
          if (row < 0 || std::isnan(scales[static_cast<std::size_t>(row)])) return false;
        }
        return true;
      }();
      if (!is_known) continue;
      set.is_used.back() = 1;
      for (std::size_t i = 0; i < 3; ++i) question.given[i] = slot_of(question.rows[i]);
      set.questions.push_back(question);
    }
  }
  return set;
}

/// Takes the largest of the scores if it is larger than `best`; the first of equal ones, never NaN.
void keep_best(const float* scores, std::int64_t first_row, Answer& best) {
  // Independent maxima, which the compiler turns into vector instructions.
  constexpr std::int64_t kLanes = 16;
  static_assert(kRowsPerStep % kLanes == 0);
  float most[kLanes];
  std::fill(most, most + kLanes, kNever);
  for (std::int64_t i = 0; i < kRowsPerStep; i += kLanes)
    for (std::int64_t lane = 0; lane < kLanes; ++lane)
      most[lane] = scores[i + lane] > most[lane] ? scores[i + lane] : most[lane];
  const float largest = *std::max_element(most, most + kLanes);
  if (!(largest > best.score)) return;
  best.score = largest;
  best.row = first_row + (std::find(scores, scores + kRowsPerStep, largest) - scores);
}

/// The best answers to all questions among the rows [begin, end).
void answer(const EmbeddingTable& table, const std::vector<float>& scales, const QuestionSet& set,
            std::int64_t begin, std::int64_t end, std::vector<Answers>& best) {
  std::vector<float> products(static_cast<std::size_t>(set.given_count * kRowsPerStep));
  std::vector<float> cosines(products.size());  // [given_count, kRowsPerStep]
  float add[kRowsPerStep], mul[kRowsPerStep];
  const auto half = [](float cos) { return 0.5f * (1.0f + cos); };
  for (std::int64_t step = begin; step < end; step += kRowsPerStep) {
    const std::int64_t size = std::min(kRowsPerStep, end - step);
    row_products(set.given.data(), set.given_count, table.row(step), size, table.dim(),
                 products.data());
    std::fill(cosines.begin(), cosines.end(), std::numeric_limits<float>::quiet_NaN());
    for (std::int64_t word = 0; word < set.given_count; ++word)
      for (std::int64_t i = 0; i < size; ++i)
        cosines[static_cast<std::size_t>(word * kRowsPerStep + i)] =
            products[static_cast<std::size_t>(word * size + i)] *
            scales[static_cast<std::size_t>(step + i)];
    for (std::size_t q = 0; q < set.questions.size(); ++q) {
      const Question& question = set.questions[q];
      const float* const a = cosines.data() + question.given[0] * kRowsPerStep;
      const float* const b = cosines.data() + question.given[1] * kRowsPerStep;
      const float* const c = cosines.data() + question.given[2] * kRowsPerStep;
      for (std::int64_t i = 0; i < kRowsPerStep; ++i) {
        add[i] = b[i] - a[i] + c[i];
        mul[i] = half(b[i]) * half(c[i]) / (half(a[i]) + kMulEpsilon);
      }
      for (std::size_t i = 0; i < 3; ++i) {
        const std::int64_t row = question.rows[i] - step;
        if (row >= 0 && row < kRowsPerStep) add[row] = mul[row] = kNever;
      }
      keep_best(add, step, best[q].add);
      keep_best(mul, step, best[q].mul);
    }
  }
}

std::vector<Answers> best_answers(const EmbeddingTable& table, const std::vector<float>& scales,
                                  const QuestionSet& set) {
  // Blocks of whole steps, whose number depends on the vocabulary alone.
  const auto size = static_cast<std::int64_t>(scales.size());
  const std::int64_t steps = (size + kRowsPerStep - 1) / kRowsPerStep;
  const std::int64_t rows_per_block = (steps + kMostBlocks - 1) / kMostBlocks * kRowsPerStep;
  std::vector<std::vector<Answers>> found(
      static_cast<std::size_t>((size + rows_per_block - 1) / rows_per_block));
  for_each_range(size, rows_per_block, [&](std::int64_t begin, std::int64_t end) {
    auto& best = found[static_cast<std::size_t>(begin / rows_per_block)];
    best.resize(set.questions.size());
    answer(table, scales, set, begin, end, best);
  });
  std::vector<Answers> answers(set.questions.size());
  for (const auto& block : found)
    for (std::size_t q = 0; q < answers.size(); ++q) {
      if (block[q].add.score > answers[q].add.score) answers[q].add = block[q].add;
      if (block[q].mul.score > answers[q].mul.score) answers[q].mul = block[q].mul;
    }
  return answers;
}

void accumulate(AnalogyCounts& sum, const AnalogyCounts& counts) {
  sum.correct_add += counts.correct_add;
  sum.correct_mul += counts.correct_mul;
  sum.used += counts.used;
  sum.total += counts.total;
}

}  // namespace

double AnalogyCounts::accuracy_add() const { return share(correct_add, used); }
double AnalogyCounts::accuracy_mul() const { return share(correct_mul, used); }

std::vector<AnalogySection> read_analogies(const std::filesystem::path& path) {
  const std::string content = read_file(path);
  std::vector<AnalogySection> sections;
  std::size_t number = 0;
  bool has_questions = false;
  for (const auto raw : split(content, '\n')) {
    ++number;
    std::string line(trimmed(raw));
    if (line.empty()) continue;
    if (line.front() == ':') {
      sections.push_back({std::string(trimmed(std::string_view(line).substr(1))), {}});
      continue;
    }
    std::replace(line.begin(), line.end(), '\t', ' ');
    std::vector<std::string_view> words;
    for (const auto word : split(line, ' '))
      if (!word.empty()) words.push_back(word);
    if (words.size() != 4)
      throw Error("a line of the analogy file is no question")
          .at("{}:{}", path.string(), number)
          .expected("four words, or ': name' of a section")
          .got("'{}'", printable(line));
    if (sections.empty()) sections.push_back({"questions", {}});
    auto& question = sections.back().questions.emplace_back();
    std::copy(words.begin(), words.end(), question.begin());
    has_questions = true;
  }
  if (!has_questions)
    throw Error("the file holds no analogies")
        .at("{}", path.string())
        .expected("four words a line");
  return sections;
}

AnalogyItems analogy_items(const WordLookup& words, const std::vector<AnalogySection>& sections) {
  const EmbeddingTable& table = words.table();
  const auto scales = inverse_norms(table, table.size());
  const QuestionSet set = used_questions(words, scales, sections);
  const auto answers = best_answers(table, scales, set);
  AnalogyItems items;
  for (std::size_t s = 0; s < sections.size(); ++s) {
    items.sections.push_back(sections[s].name);
    items.section.insert(items.section.end(), sections[s].questions.size(),
                         static_cast<std::int32_t>(s));
  }
  std::size_t used = 0;  // the used questions stand in their order
  for (const auto is_used : set.is_used) {
    const auto right = [&](const Answer Answers::*answer) -> std::uint8_t {
      if (is_used == 0) return AnalogyItems::kNotUsed;
      return (answers[used].*answer).row == set.questions[used].rows[3];
    };
    items.add.push_back(right(&Answers::add));
    items.mul.push_back(right(&Answers::mul));
    used += is_used;
  }
  return items;
}

AnalogyScores analogy_scores(const AnalogyItems& items) {
  AnalogyScores scores;
  for (const auto& name : items.sections) scores.sections.emplace_back(name, AnalogyCounts());
  for (std::size_t i = 0; i < items.section.size(); ++i) {
    AnalogyCounts& counts = scores.sections[static_cast<std::size_t>(items.section[i])].second;
    ++counts.total;
    if (items.add[i] == AnalogyItems::kNotUsed) continue;
    ++counts.used;
    counts.correct_add += items.add[i];
    counts.correct_mul += items.mul[i];
  }
  for (const auto& [name, counts] : scores.sections) {
    accumulate(is_syntactic(name) ? scores.syntactic : scores.semantic, counts);
    accumulate(scores.total, counts);
  }
  return scores;
}

AnalogyScores score_analogies(const WordLookup& words,
                              const std::vector<AnalogySection>& sections) {
  return analogy_scores(analogy_items(words, sections));
}

}  // namespace wordbridge
