#include "kernels/softmax/row_scores.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/index.h"
#include "core/threads.h"

// Highway compiles this file once for each instruction set; the order of these lines matters.
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/softmax/row_scores.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace wordbridge {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

HWY_INLINE float Dot(const float* a, const float* b, std::int64_t size) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  auto sum0 = hn::Zero(d), sum1 = hn::Zero(d), sum2 = hn::Zero(d), sum3 = hn::Zero(d);
  std::int64_t i = 0;
  for (; i + 4 * lanes <= size; i += 4 * lanes) {
    sum0 = hn::MulAdd(hn::LoadU(d, a + i), hn::LoadU(d, b + i), sum0);
    sum1 = hn::MulAdd(hn::LoadU(d, a + i + lanes), hn::LoadU(d, b + i + lanes), sum1);
    sum2 = hn::MulAdd(hn::LoadU(d, a + i + 2 * lanes), hn::LoadU(d, b + i + 2 * lanes), sum2);
    sum3 = hn::MulAdd(hn::LoadU(d, a + i + 3 * lanes), hn::LoadU(d, b + i + 3 * lanes), sum3);
  }
  for (; i + lanes <= size; i += lanes) {
    sum0 = hn::MulAdd(hn::LoadU(d, a + i), hn::LoadU(d, b + i), sum0);
  }
  const auto total = hn::Add(hn::Add(sum0, sum1), hn::Add(sum2, sum3));
  float sum = hn::GetLane(hn::SumOfLanes(d, total));
  for (; i < size; ++i) sum += a[i] * b[i];
  return sum;
}

/// scores[j] = bias[row[j]] + weight[row[j]] . x for the entries of one example.
void Scores(const std::int32_t* row, std::int64_t count, const float* x, const float* weight,
            const float* bias, std::int64_t width, float* scores) {
  for (std::int64_t j = 0; j < count; ++j) {
    const std::int64_t r = row[j];
    scores[j] = (bias == nullptr ? 0.0f : bias[r]) + Dot(x, weight + r * width, width);
  }
}

/// y = sum over j of factor[j] vectors[index[j]], in the order of j.
void WeightedSum(const std::int32_t* index, const float* factor, std::int64_t count,
                 const float* vectors, std::int64_t width, float* y) {
  const auto vector = [&](std::int64_t j) { return vectors + std::int64_t{index[j]} * width; };
  std::fill(y, y + width, 0.0f);
  const auto add = [&](auto d, std::int64_t j, std::int64_t i) HWY_ATTR {
    hn::StoreU(hn::MulAdd(hn::Set(d, factor[j]), hn::LoadU(d, vector(j) + i), hn::LoadU(d, y + i)),
               d, y + i);
  };
  const auto add4 = [&](auto d, std::int64_t j, std::int64_t i) HWY_ATTR {
    auto sum = hn::LoadU(d, y + i);
    for (std::int64_t k = j; k < j + 4; ++k) {
      sum = hn::MulAdd(hn::Set(d, factor[k]), hn::LoadU(d, vector(k) + i), sum);
    }
    hn::StoreU(sum, d, y + i);
  };
  const hn::ScalableTag<float> d;
  const hn::CappedTag<float, 1> one;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const std::int64_t whole = width / lanes * lanes;
  std::int64_t j = 0;
  for (; j + 4 <= count; j += 4) {
    for (std::int64_t i = 0; i < whole; i += lanes) add4(d, j, i);
    for (std::int64_t i = whole; i < width; ++i) add4(one, j, i);
  }
  for (; j < count; ++j) {
    for (std::int64_t i = 0; i < whole; i += lanes) add(d, j, i);
    for (std::int64_t i = whole; i < width; ++i) add(one, j, i);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace wordbridge
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wordbridge {

HWY_EXPORT(Scores);
HWY_EXPORT(WeightedSum);

namespace {

constexpr std::int64_t kExamples = 8, kRows = 16;  // per block

/// Entries of the lists sorted by row; entries of the same row keep the order of the lists.
struct EntriesByRow {
  explicit EntriesByRow(const RowLists& lists, const float* g) {
    std::int32_t last = -1;
    for (const auto row : lists.row) last = std::max(last, row);
    std::vector<std::int64_t> next(static_cast<std::size_t>(last + 1));
    for (const auto row : lists.row) ++next[at(row)];
    begin.push_back(0);
    for (std::size_t row = 0; row < next.size(); ++row) {
      const auto count = next[row];
      next[row] = begin.back();
      if (count == 0) continue;
      rows.push_back(static_cast<std::int64_t>(row));
      begin.push_back(begin.back() + count);
    }
    example.resize(lists.row.size());
    factor.resize(lists.row.size());
    for (std::size_t b = 0; b + 1 < lists.begin.size(); ++b) {
      for (auto j = lists.begin[b]; j < lists.begin[b + 1]; ++j) {
        const auto row = static_cast<std::size_t>(lists.row[at(j)]);
        const auto place = static_cast<std::size_t>(next[row]++);
        example[place] = static_cast<std::int32_t>(b);
        factor[place] = g[j];
      }
    }
  }

  std::vector<std::int64_t> rows;     // distinct rows, ascending
  std::vector<std::int64_t> begin;    // [rows + 1]: start of each row's entries in the arrays below
  std::vector<std::int32_t> example;  // [entries]
  std::vector<float> factor;          // [entries]
};

}  // namespace

void row_scores(const RowLists& rows, const float* x, const float* weight, const float* bias,
                std::int64_t width, float* scores) {
  const auto examples = static_cast<std::int64_t>(rows.begin.size()) - 1;
  for_each_range(examples, kExamples, [&](std::int64_t first, std::int64_t end) {
    for (std::int64_t b = first; b < end; ++b) {
      const auto begin = rows.begin[at(b)];
      HWY_DYNAMIC_DISPATCH(Scores)
      (rows.row.data() + begin, rows.begin[at(b) + 1] - begin, x + b * width, weight, bias, width,
       scores + begin);
    }
  });
}

RowGradients row_score_gradients(const RowLists& rows, const float* g, const float* x,
                                 const float* weight, std::int64_t examples, std::int64_t width,
                                 float* x_gradient) {
  for_each_range(examples, kExamples, [&](std::int64_t first, std::int64_t end) {
    for (std::int64_t b = first; b < end; ++b) {
      const auto begin = rows.begin[at(b)];
      HWY_DYNAMIC_DISPATCH(WeightedSum)
      (rows.row.data() + begin, g + begin, rows.begin[at(b) + 1] - begin, weight, width,
       x_gradient + b * width);
    }
  });
  EntriesByRow entries(rows, g);
  RowGradients gradients;
  gradients.rows = std::move(entries.rows);
  const auto count = static_cast<std::int64_t>(gradients.rows.size());
  gradients.weight.resize(static_cast<std::size_t>(count * width));
  gradients.bias.resize(static_cast<std::size_t>(count));
  for_each_range(count, kRows, [&](std::int64_t first, std::int64_t end) {
    for (std::int64_t r = first; r < end; ++r) {
      const auto begin = entries.begin[at(r)];
      const auto size = entries.begin[at(r) + 1] - begin;
      const float* factor = entries.factor.data() + begin;
      HWY_DYNAMIC_DISPATCH(WeightedSum)
      (entries.example.data() + begin, factor, size, x, width, gradients.weight.data() + r * width);
      double sum = 0;
      for (std::int64_t k = 0; k < size; ++k) sum += static_cast<double>(factor[k]);
      gradients.bias[at(r)] = static_cast<float>(sum);
    }
  });
  return gradients;
}

}  // namespace wordbridge
#endif
