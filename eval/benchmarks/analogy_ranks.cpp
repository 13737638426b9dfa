#include "eval/benchmarks/analogy_ranks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/progress.h"
#include "core/threads.h"
#include "kernels/search/analogy_scan.h"
#include "kernels/search/products.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kRowsPerStep = 4 * kAnalogyRows;    // per matrix product
constexpr std::int64_t kRowsPerBlock = 16 * kRowsPerStep;  // per block of work

using Question = AnalogyQuestions::Question;

/// Vectors that are multiplied with the rows of the table: the unit vectors of the questions'
/// words, followed by the query vectors of 3CosAvg.
struct Lines {
  std::vector<float> vectors;  // [count, dim]
  std::int64_t count = 0, words = 0;
};

/// Score tables of one block of rows, with their own memory.
class Tables {
 public:
  Tables(const Lines& lines, bool has_nearnesses)
      : lines_(lines.count),
        words_(lines.words),
        cosines_(static_cast<std::size_t>(lines.count * kAnalogyRows)),
        inverses_(static_cast<std::size_t>(lines.words * kAnalogyRows)),
        nearnesses_(has_nearnesses ? inverses_.size() : 0) {}

  void fill(const float* products, std::int64_t stride, const float* scales, std::int64_t rows) {
    fill_analogy_tables(products, stride, lines_, words_, scales, rows, cosines_.data(),
                        inverses_.data(), nearnesses_.empty() ? nullptr : nearnesses_.data());
  }
  AnalogyTables view() const { return {cosines_.data(), inverses_.data(), nearnesses_.data()}; }

 private:
  std::int64_t lines_, words_;
  std::vector<float> cosines_, inverses_, nearnesses_;
};

/// Score tables of the rows of the questions' words, for the scores of d and of words that are not
/// allowed.
class OwnRows {
 public:
  OwnRows(const EmbeddingTable& table, const std::vector<float>& scales,
          const std::vector<std::int64_t>& rows, const Lines& lines, bool has_nearnesses) {
    const std::int64_t dim = table.dim();
    std::vector<float> vectors(static_cast<std::size_t>(kAnalogyRows * dim));
    std::vector<float> products(static_cast<std::size_t>(kAnalogyRows * lines.count));
    const auto count = static_cast<std::int64_t>(rows.size());
    for (std::int64_t begin = 0; begin < count; begin += kAnalogyRows) {
      const std::int64_t size = std::min(kAnalogyRows, count - begin);
      float own_scales[kAnalogyRows];
      for (std::int64_t i = 0; i < size; ++i) {
        const std::int64_t row = rows[static_cast<std::size_t>(begin + i)];
        std::copy_n(table.row(row), dim, vectors.data() + i * dim);
        own_scales[i] = scales[static_cast<std::size_t>(row)];
      }
      row_products(lines.vectors.data(), lines.count, vectors.data(), size, dim, products.data());
      blocks_.emplace_back(lines, has_nearnesses).fill(products.data(), size, own_scales, size);
    }
  }

  float score(AnalogyMeasure measure, const AnalogyProbe& probe, std::int32_t index) const {
    float scores[kAnalogyRows];
    analogy_scores(measure, blocks_[static_cast<std::size_t>(index / kAnalogyRows)].view(), probe,
                   scores);
    return scores[index % kAnalogyRows];
  }

 private:
  std::vector<Tables> blocks_;
};

/// Questions of one method, in the form needed by the scan.
struct Method {
  AnalogyMeasure measure;
  std::vector<std::int32_t> questions;  // those with a defined answer
  std::vector<AnalogyProbe> probes;
  std::vector<AnalogyTarget> targets;
  std::vector<std::int32_t> by_row;  // indices of the targets, sorted by row
  std::vector<std::int32_t> better;  // running counts of answers better than the target
};

Lines word_lines(const EmbeddingTable& table, const std::vector<float>& scales,
                 const AnalogyQuestions& questions) {
  Lines lines;
  lines.count = lines.words = questions.word_count();
  for (std::int64_t word = 0; word < lines.words; ++word) {
    const std::int64_t row = questions.row(word);
    for (std::int64_t i = 0; i < table.dim(); ++i)
      lines.vectors.push_back(table.row(row)[i] * scales[static_cast<std::size_t>(row)]);
  }
  return lines;
}

AnalogyProbe word_probe(const Question& question) {
  return {question.words[0], question.words[1], question.words[2]};
}

/// Adds a line for each distinct query vector: c + the mean offset of the other pairs of the
/// section. In the returned probes, c is the index of that line, or -1 if the section has no other
/// pair.
std::vector<AnalogyProbe> average_probes(const AnalogyQuestions& questions, std::int64_t dim,
                                         Lines& lines) {
  using Pair = std::pair<std::int32_t, std::int32_t>;
  const auto vector = [&](std::int32_t word) { return lines.vectors.data() + word * dim; };
  std::map<std::int32_t, std::set<Pair>> pairs;  // by section
  for (const auto& [words, section] : questions.questions)
    pairs[section].insert({{words[0], words[1]}, {words[2], words[3]}});
  std::map<std::int32_t, std::vector<double>> sums;  // of the offsets, by section
  for (const auto& [section, all] : pairs) {
    auto& sum = sums[section];
    sum.resize(static_cast<std::size_t>(dim));
    for (const auto& [from, to] : all)
      for (std::int64_t i = 0; i < dim; ++i)
        sum[static_cast<std::size_t>(i)] +=
            static_cast<double>(vector(to)[i]) - static_cast<double>(vector(from)[i]);
  }
  std::map<std::tuple<std::int32_t, std::int32_t, std::int32_t>, std::int32_t> numbers;
  std::vector<AnalogyProbe> probes;
  for (const auto& [words, section] : questions.questions) {
    const auto others = static_cast<double>(pairs[section].size() - 1);
    AnalogyProbe& probe = probes.emplace_back(AnalogyProbe{0, 0, -1});
    if (others == 0) continue;
    const auto [number, is_new] = numbers.emplace(std::tuple(section, words[2], words[3]),
                                                  static_cast<std::int32_t>(lines.count));
    probe.c = number->second;
    if (!is_new) continue;
    ++lines.count;
    for (std::int64_t i = 0; i < dim; ++i) {
      const double c = static_cast<double>(vector(words[2])[i]);
      const double own = static_cast<double>(vector(words[3])[i]) - c;
      const double sum = sums[section][static_cast<std::size_t>(i)];
      lines.vectors.push_back(static_cast<float>(c + (sum - own) / others));
    }
  }
  return probes;
}

bool is_given(const Question& question, std::int32_t word) {
  return std::find(question.words.begin(), question.words.begin() + 3, word) !=
         question.words.begin() + 3;
}

/// Finds the form of d with the highest score. Returns false if no form has a defined score.
bool find_target(AnalogyMeasure measure, const AnalogyProbe& probe, const OwnRows& own,
                 const AnalogyQuestions& questions, std::int32_t word, AnalogyTarget& target) {
  target = {-std::numeric_limits<float>::infinity(), 0, -1};
  const auto w = static_cast<std::size_t>(word);
  for (std::int32_t i = questions.first[w]; i < questions.first[w + 1]; ++i) {
    const float score = own.score(measure, probe, i);
    if (!(score > target.score)) continue;
    target.score = score;
    target.row = static_cast<std::int32_t>(questions.rows[static_cast<std::size_t>(i)]);
  }
  target.below = std::nextafter(target.score, -std::numeric_limits<float>::infinity());
  return target.row >= 0;
}

Method method_of(AnalogyMeasure measure, const std::vector<AnalogyProbe>& probes,
                 const OwnRows& own, const AnalogyQuestions& questions) {
  Method method{measure, {}, {}, {}, {}, {}};
  for (std::size_t q = 0; q < probes.size(); ++q) {
    const Question& question = questions.questions[q];
    AnalogyProbe probe = probes[q];
    if (probe.c < 0 || is_given(question, question.words[3])) continue;
    if (measure == AnalogyMeasure::direction) {
      if (probe.a == probe.b) continue;
      // `own` contains the row of c.
      probe.offset = own.score(AnalogyMeasure::add, {probe.a, probe.b, probe.c},
                               questions.first[static_cast<std::size_t>(probe.c)]) -
                     own.score(AnalogyMeasure::line, probe,
                               questions.first[static_cast<std::size_t>(probe.c)]);
    }
    AnalogyTarget target;
    if (!find_target(measure, probe, own, questions, question.words[3], target)) continue;
    method.questions.push_back(static_cast<std::int32_t>(q));
    method.probes.push_back(probe);
    method.targets.push_back(target);
  }
  method.by_row.resize(method.targets.size());
  std::iota(method.by_row.begin(), method.by_row.end(), 0);
  const auto row = [&](std::int32_t i) { return method.targets[static_cast<std::size_t>(i)].row; };
  std::sort(method.by_row.begin(), method.by_row.end(),
            [&](std::int32_t i, std::int32_t j) { return row(i) < row(j); });
  method.better.resize(method.targets.size());
  return method;
}

/// Counts the better answers in the block of candidates that starts at row `begin`.
void count_block(const Method& method, const AnalogyTables& tables, std::int64_t begin,
                 std::int32_t* better) {
  count_better_answers(method.measure, tables, method.probes.data(), method.targets.data(),
                       static_cast<std::int64_t>(method.probes.size()), begin, better);
  // In the block that contains a target, the kernel ignores candidates with the same score.
  const auto row = [&](std::int32_t i) { return method.targets[static_cast<std::size_t>(i)].row; };
  auto next = std::lower_bound(method.by_row.begin(), method.by_row.end(), begin,
                               [&](std::int32_t i, std::int64_t first) { return row(i) < first; });
  for (; next != method.by_row.end() && row(*next) < begin + kAnalogyRows; ++next) {
    const auto i = static_cast<std::size_t>(*next);
    float scores[kAnalogyRows];
    analogy_scores(method.measure, tables, method.probes[i], scores);
    better[i] += static_cast<std::int32_t>(
        std::count(scores, scores + (row(*next) - begin), method.targets[i].score));
  }
}

/// Scans the full table for all methods.
void count_better(const EmbeddingTable& table, const std::vector<float>& scales, const Lines& lines,
                  bool has_nearnesses, std::vector<Method>& methods) {
  std::mutex mutex;  // integer sums do not depend on the order
  Progress progress("analogies", static_cast<std::uint64_t>(table.size()), "words");
  std::uint64_t done = 0;
  for_each_range(table.size(), kRowsPerBlock, [&](std::int64_t begin, std::int64_t end) {
    if (interrupted()) throw Interrupted("interrupted while scoring analogies");
    std::vector<std::vector<std::int32_t>> better;
    for (const auto& method : methods) better.emplace_back(method.probes.size(), 0);
    std::vector<float> products(static_cast<std::size_t>(lines.count * kRowsPerStep));
    Tables tables(lines, has_nearnesses);
    for (std::int64_t step = begin; step < end; step += kRowsPerStep) {
      const std::int64_t size = std::min(kRowsPerStep, end - step);
      row_products(lines.vectors.data(), lines.count, table.row(step), size, table.dim(),
                   products.data());
      for (std::int64_t i = 0; i < size; i += kAnalogyRows) {
        tables.fill(products.data() + i, size, scales.data() + step + i,
                    std::min(kAnalogyRows, size - i));
        for (std::size_t m = 0; m < methods.size(); ++m)
          count_block(methods[m], tables.view(), step + i, better[m].data());
      }
    }
    const std::lock_guard lock(mutex);
    for (std::size_t m = 0; m < methods.size(); ++m)
      for (std::size_t i = 0; i < better[m].size(); ++i) methods[m].better[i] += better[m][i];
    progress.update(done += static_cast<std::uint64_t>(end - begin));
  });
  progress.finish();
}

/// Ranks of d. The scan also counts words that are not allowed answers; they are subtracted here.
std::vector<AnalogyRank> ranks_of(const Method& method, const OwnRows& own,
                                  const AnalogyQuestions& questions) {
  std::vector<AnalogyRank> ranks(questions.questions.size());
  for (std::size_t i = 0; i < method.questions.size(); ++i) {
    const auto q = static_cast<std::size_t>(method.questions[i]);
    const AnalogyTarget& target = method.targets[i];
    const auto& words = questions.questions[q].words;
    std::int32_t not_allowed = 0;
    for (const std::int32_t word : std::set<std::int32_t>(words.begin(), words.begin() + 3)) {
      const std::int32_t first = questions.first[static_cast<std::size_t>(word)];
      for (auto k = first; k < questions.first[static_cast<std::size_t>(word) + 1]; ++k) {
        const float score = own.score(method.measure, method.probes[i], k);
        const bool is_better =
            score > target.score ||
            (score == target.score && questions.rows[static_cast<std::size_t>(k)] < target.row);
        not_allowed += is_better;
        ranks[q].forms += is_better && k != first;
      }
    }
    ranks[q].rank = 1 + method.better[i] - not_allowed;
  }
  return ranks;
}

}  // namespace

AnalogyRanks rank_answers(const EmbeddingTable& table, const std::vector<float>& scales,
                          const AnalogyQuestions& questions, const AnalogyOptions& options) {
  WB_ASSERT(table.size() <= std::numeric_limits<std::int32_t>::max());
  Lines lines = word_lines(table, scales, questions);
  std::vector<AnalogyProbe> probes, averages;
  for (const auto& question : questions.questions) probes.push_back(word_probe(question));
  if (options.average) averages = average_probes(questions, table.dim(), lines);
  const OwnRows own(table, scales, questions.rows, lines, options.pair_direction);
  AnalogyRanks ranks;
  std::vector<std::vector<AnalogyRank>*> places{&ranks.add, &ranks.mul};
  std::vector<Method> methods{method_of(AnalogyMeasure::add, probes, own, questions),
                              method_of(AnalogyMeasure::mul, probes, own, questions)};
  if (options.pair_direction) {
    places.push_back(&ranks.pair_direction);
    methods.push_back(method_of(AnalogyMeasure::direction, probes, own, questions));
  }
  if (options.average) {
    places.push_back(&ranks.average);
    methods.push_back(method_of(AnalogyMeasure::line, averages, own, questions));
  }
  count_better(table, scales, lines, options.pair_direction, methods);
  for (std::size_t m = 0; m < methods.size(); ++m)
    *places[m] = ranks_of(methods[m], own, questions);
  return ranks;
}

}  // namespace wordbridge
