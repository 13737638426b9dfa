#include "kernels/search/analogy_scan.h"

#include <cstddef>
#include <limits>

#include "core/error.h"

// Highway compiles this file once for each instruction set; the order of these lines matters.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/search/analogy_scan.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace wordbridge {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kRows = static_cast<std::size_t>(kAnalogyRows);
using Floats = hn::ScalableTag<float>;

HWY_INLINE const float* Line(const float* table, std::int32_t line) {
  return table + static_cast<std::size_t>(line) * kRows;
}

void Fill(const float* products, std::int64_t stride, std::int64_t lines, std::int64_t words,
          const float* scales, std::int64_t rows, float* cosines, float* inverses,
          float* nearnesses) {
  const Floats d;
  const auto one = hn::Set(d, 1.0f), two = hn::Set(d, 2.0f);
  // Below this squared distance only the rounding error of the cosine remains.
  const auto nearest = hn::Set(d, 1e-6f);
  const auto nan = hn::Set(d, std::numeric_limits<float>::quiet_NaN());
  const auto size = static_cast<std::size_t>(rows);
  for (std::int64_t line = 0; line < lines; ++line) {
    float* const cosine = cosines + line * kAnalogyRows;
    for (std::size_t i = 0; i < size; ++i) cosine[i] = products[line * stride + i] * scales[i];
    for (std::size_t i = size; i < kRows; ++i) cosine[i] = std::numeric_limits<float>::quiet_NaN();
    if (line >= words) continue;
    for (std::size_t i = 0; i < kRows; i += hn::Lanes(d)) {
      const auto cos = hn::LoadU(d, cosine + i);
      const auto sum = hn::Add(hn::Add(one, cos), hn::Set(d, 0.002f));
      hn::StoreU(hn::Div(one, sum), d, inverses + line * kAnalogyRows + i);
      if (nearnesses == nullptr) continue;
      const auto square = hn::Sub(two, hn::Mul(two, cos));  // |x - w|^2 of unit vectors
      const auto inverse = hn::Div(one, hn::Sqrt(square));
      hn::StoreU(hn::IfThenElse(hn::Gt(square, nearest), inverse, nan), d,
                 nearnesses + line * kAnalogyRows + i);
    }
  }
}

/// Computes the contribution of a and b to the scores of a block.
template <AnalogyMeasure kMeasure>
HWY_INLINE void Prepare(const AnalogyTables& tables, const AnalogyProbe& probe,
                        float* HWY_RESTRICT base) {
  const Floats d;
  const float* const a = Line(tables.cosines, probe.a);
  const float* const b = Line(tables.cosines, probe.b);
  for (std::size_t i = 0; i < kRows; i += hn::Lanes(d)) {
    if constexpr (kMeasure == AnalogyMeasure::mul) {
      const auto inverse = hn::LoadU(d, Line(tables.inverses, probe.a) + i);
      hn::StoreU(hn::Mul(hn::Add(hn::Set(d, 1.0f), hn::LoadU(d, b + i)), inverse), d, base + i);
    } else if constexpr (kMeasure != AnalogyMeasure::line) {
      hn::StoreU(hn::Sub(hn::LoadU(d, b + i), hn::LoadU(d, a + i)), d, base + i);
    }
  }
}

/// Scores of one vector of candidates, starting with the i-th.
template <AnalogyMeasure kMeasure>
HWY_INLINE hn::Vec<Floats> Score(const AnalogyTables& tables, const AnalogyProbe& probe,
                                 const float* HWY_RESTRICT base, std::size_t i) {
  const Floats d;
  const auto cos = hn::LoadU(d, Line(tables.cosines, probe.c) + i);
  if constexpr (kMeasure == AnalogyMeasure::line) return cos;
  const auto shared = hn::LoadU(d, base + i);
  if constexpr (kMeasure == AnalogyMeasure::add) return hn::Add(shared, cos);
  if constexpr (kMeasure == AnalogyMeasure::mul) return hn::MulAdd(shared, cos, shared);
  if constexpr (kMeasure == AnalogyMeasure::direction) {
    const auto nearness = hn::LoadU(d, Line(tables.nearnesses, probe.c) + i);
    return hn::Mul(hn::Sub(shared, hn::Set(d, probe.offset)), nearness);
  }
}

template <AnalogyMeasure kMeasure>
void ScoresOf(const AnalogyTables& tables, const AnalogyProbe& probe, float* scores) {
  const Floats d;
  float base[kRows];
  Prepare<kMeasure>(tables, probe, base);
  for (std::size_t i = 0; i < kRows; i += hn::Lanes(d))
    hn::StoreU(Score<kMeasure>(tables, probe, base, i), d, scores + i);
}

template <AnalogyMeasure kMeasure>
void Count(const AnalogyTables& tables, const AnalogyProbe* probes, const AnalogyTarget* targets,
           std::int64_t count, std::int64_t begin, std::int32_t* counts) {
  const Floats d;
  float base[kRows];
  std::int32_t a = -1, b = -1;
  for (std::int64_t q = 0; q < count; ++q) {
    const AnalogyProbe& probe = probes[q];
    const AnalogyTarget& target = targets[q];
    if (probe.a != a || probe.b != b) {
      a = probe.a, b = probe.b;
      Prepare<kMeasure>(tables, probe, base);
    }
    // In blocks before the target's row, a candidate with an equal score is better.
    const bool is_before = begin + kAnalogyRows <= target.row;
    const auto least = hn::Set(d, is_before ? target.below : target.score);
    std::size_t better = 0;
    for (std::size_t i = 0; i < kRows; i += hn::Lanes(d))
      better += hn::CountTrue(d, hn::Gt(Score<kMeasure>(tables, probe, base, i), least));
    counts[q] += static_cast<std::int32_t>(better);
  }
}

void Scores(AnalogyMeasure measure, const AnalogyTables& tables, const AnalogyProbe& probe,
            float* scores) {
  switch (measure) {
    case AnalogyMeasure::add:
      return ScoresOf<AnalogyMeasure::add>(tables, probe, scores);
    case AnalogyMeasure::mul:
      return ScoresOf<AnalogyMeasure::mul>(tables, probe, scores);
    case AnalogyMeasure::direction:
      return ScoresOf<AnalogyMeasure::direction>(tables, probe, scores);
    case AnalogyMeasure::line:
      return ScoresOf<AnalogyMeasure::line>(tables, probe, scores);
  }
}

void CountBetter(AnalogyMeasure measure, const AnalogyTables& tables, const AnalogyProbe* probes,
                 const AnalogyTarget* targets, std::int64_t count, std::int64_t begin,
                 std::int32_t* counts) {
  using Measure = AnalogyMeasure;
  switch (measure) {
    case Measure::add:
      return Count<Measure::add>(tables, probes, targets, count, begin, counts);
    case Measure::mul:
      return Count<Measure::mul>(tables, probes, targets, count, begin, counts);
    case Measure::direction:
      return Count<Measure::direction>(tables, probes, targets, count, begin, counts);
    case Measure::line:
      return Count<Measure::line>(tables, probes, targets, count, begin, counts);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace wordbridge
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wordbridge {

HWY_EXPORT(Fill);
HWY_EXPORT(Scores);
HWY_EXPORT(CountBetter);

void fill_analogy_tables(const float* products, std::int64_t stride, std::int64_t lines,
                         std::int64_t words, const float* scales, std::int64_t rows, float* cosines,
                         float* inverses, float* nearnesses) {
  WB_ASSERT(rows <= kAnalogyRows && words <= lines);
  HWY_DYNAMIC_DISPATCH(Fill)
  (products, stride, lines, words, scales, rows, cosines, inverses, nearnesses);
}

void analogy_scores(AnalogyMeasure measure, const AnalogyTables& tables, const AnalogyProbe& probe,
                    float* scores) {
  HWY_DYNAMIC_DISPATCH(Scores)(measure, tables, probe, scores);
}

void count_better_answers(AnalogyMeasure measure, const AnalogyTables& tables,
                          const AnalogyProbe* probes, const AnalogyTarget* targets,
                          std::int64_t count, std::int64_t begin, std::int32_t* counts) {
  HWY_DYNAMIC_DISPATCH(CountBetter)(measure, tables, probes, targets, count, begin, counts);
}

}  // namespace wordbridge
#endif
