#include "models/layers/sparse_rows.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

#include "core/threads.h"

namespace wordbridge {
namespace {

using torch::Tensor;
using torch::autograd::variable_list;

constexpr std::int64_t kRows = 64;  // per block

std::vector<std::int64_t> sizes_with(std::vector<std::int64_t> front, const Tensor& weight) {
  front.insert(front.end(), weight.sizes().begin() + 1, weight.sizes().end());
  return front;
}

std::int64_t row_width(const Tensor& weight) {
  std::int64_t width = 1;
  for (std::int64_t i = 1; i < weight.dim(); ++i) width *= weight.size(i);
  return width;
}

/// Positions of the ids, grouped by row; in ascending order within a row.
struct PlacesByRow {
  std::vector<std::int64_t> places;
  std::vector<std::int64_t> rows;  // rows that occur, ascending
  std::vector<std::size_t> begin;  // start of each row's positions, and the end
};

PlacesByRow places_by_row(const Tensor& ids, std::int64_t row_count) {
  const auto* id = ids.data_ptr<std::int64_t>();
  const std::int64_t I = ids.numel();
  PlacesByRow by_row;
  by_row.places.resize(static_cast<std::size_t>(I));
  if (I > row_count / 16) {  // counting is cheaper than sorting
    std::vector<std::int64_t> next(static_cast<std::size_t>(row_count) + 1);
    for (std::int64_t i = 0; i < I; ++i) ++next[static_cast<std::size_t>(id[i]) + 1];
    std::partial_sum(next.begin(), next.end(), next.begin());
    for (std::int64_t i = 0; i < I; ++i)
      by_row.places[static_cast<std::size_t>(next[static_cast<std::size_t>(id[i])]++)] = i;
  } else {
    std::iota(by_row.places.begin(), by_row.places.end(), 0);
    std::stable_sort(by_row.places.begin(), by_row.places.end(),
                     [id](std::int64_t a, std::int64_t b) { return id[a] < id[b]; });
  }
  for (std::size_t i = 0; i < by_row.places.size(); ++i) {
    const auto row = id[by_row.places[i]];
    if (i > 0 && row == by_row.rows.back()) continue;
    by_row.rows.push_back(row);
    by_row.begin.push_back(i);
  }
  by_row.begin.push_back(by_row.places.size());
  return by_row;
}

/// As sum_rows(), but adds values[i / each] to row ids[i].
Tensor sum_shared_rows(const Tensor& ids, const Tensor& values, std::int64_t row_count,
                       std::int64_t each) {
  const Tensor from = values.contiguous();
  const PlacesByRow by_row = places_by_row(ids.contiguous(), row_count);
  const auto K = static_cast<std::int64_t>(by_row.rows.size());
  const Tensor indices = at::empty({1, K}, torch::kInt64);
  std::copy(by_row.rows.begin(), by_row.rows.end(), indices.data_ptr<std::int64_t>());
  const Tensor sums = at::empty(sizes_with({K}, values), values.options());
  const std::int64_t width = row_width(values);
  const float* source = from.data_ptr<float>();
  for_each_range(K, kRows, [&](std::int64_t first, std::int64_t end) {
    for (auto k = static_cast<std::size_t>(first); k < static_cast<std::size_t>(end); ++k) {
      float* sum = sums.data_ptr<float>() + static_cast<std::int64_t>(k) * width;
      auto place = by_row.begin[k];
      std::copy_n(source + by_row.places[place] / each * width, width, sum);
      while (++place < by_row.begin[k + 1]) {
        const float* next = source + by_row.places[place] / each * width;
        for (std::int64_t e = 0; e < width; ++e) sum[e] += next[e];
      }
    }
  });
  return torch::sparse_coo_tensor(indices, sums, sizes_with({row_count}, values))._coalesced_(true);
}

void check_row(std::int64_t row, std::int64_t R) {
  TORCH_CHECK_INDEX(row >= 0 && row < R, "row ", row, " is out of range, expected 0 <= row < ", R);
}

class EmbedRows : public torch::autograd::Function<EmbedRows> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& weight,
                        const Tensor& ids) {
    const Tensor from = weight.contiguous(), flat = ids.contiguous();
    context->save_for_backward({flat});
    context->saved_data["rows"] = weight.size(0);
    Tensor result = at::empty(sizes_with(ids.sizes().vec(), weight), weight.options());
    const std::int64_t R = weight.size(0), width = row_width(weight);
    const auto* id = flat.data_ptr<std::int64_t>();
    const float* source = from.data_ptr<float>();
    float* target = result.data_ptr<float>();
    for_each_range(flat.numel(), kRows, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        check_row(id[i], R);
        std::copy_n(source + id[i] * width, width, target + i * width);
      }
    });
    return result;
  }

  static variable_list backward(torch::autograd::AutogradContext* context, variable_list outer) {
    const Tensor ids = context->get_saved_variables()[0].flatten();
    const Tensor& gradient = outer[0];
    auto sizes = gradient.sizes().vec();
    sizes.erase(sizes.begin(), sizes.begin() + context->get_saved_variables()[0].dim());
    sizes.insert(sizes.begin(), ids.numel());
    return {sum_rows(ids, gradient.contiguous().view(sizes), context->saved_data["rows"].toInt()),
            Tensor()};
  }
};

class MeanRows : public torch::autograd::Function<MeanRows> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& weight_RE,
                        const Tensor& ids_BK) {
    const Tensor from = weight_RE.contiguous(), ids = ids_BK.contiguous();
    context->save_for_backward({ids});
    context->saved_data["rows"] = from.size(0);
    const std::int64_t B = ids.size(0), K = ids.size(1), R = from.size(0), E = from.size(1);
    Tensor mean_BE = at::empty({B, E}, from.options());
    const auto* id = ids.data_ptr<std::int64_t>();
    const float* source = from.data_ptr<float>();
    const float share = 1 / static_cast<float>(K);
    for_each_range(B, 4, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t r = begin; r < end; ++r) {
        float* mean = mean_BE.data_ptr<float>() + r * E;
        std::fill_n(mean, E, 0.0f);
        for (std::int64_t k = 0; k < K; ++k) {
          check_row(id[r * K + k], R);
          const float* row = source + id[r * K + k] * E;
          for (std::int64_t e = 0; e < E; ++e) mean[e] += row[e];
        }
        for (std::int64_t e = 0; e < E; ++e) mean[e] *= share;
      }
    });
    return mean_BE;
  }

  static variable_list backward(torch::autograd::AutogradContext* context, variable_list outer) {
    const Tensor ids_BK = context->get_saved_variables()[0];
    const std::int64_t K = ids_BK.size(1);
    return {sum_shared_rows(ids_BK.flatten(), outer[0] / static_cast<double>(K),
                            context->saved_data["rows"].toInt(), K),
            Tensor()};
  }
};

}  // namespace

Tensor embed_rows(const Tensor& weight, const Tensor& ids) {
  if (!weight.device().is_cpu() || weight.scalar_type() != torch::kFloat32)
    return weight.index_select(0, ids.flatten()).view(sizes_with(ids.sizes().vec(), weight));
  return EmbedRows::apply(weight, ids);
}

Tensor mean_rows(const Tensor& weight_RE, const Tensor& ids_BK) {
  if (!weight_RE.device().is_cpu() || weight_RE.scalar_type() != torch::kFloat32)
    return embed_rows(weight_RE, ids_BK).mean(1);
  return MeanRows::apply(weight_RE, ids_BK);
}

Tensor sum_rows(const Tensor& ids, const Tensor& values, std::int64_t row_count) {
  return sum_shared_rows(ids, values, row_count, 1);
}

Tensor coalesced_rows(const Tensor& gradient) {
  const Tensor rows = gradient._indices()[0].contiguous();
  const auto* row = rows.data_ptr<std::int64_t>();
  const bool ascending =
      std::adjacent_find(row, row + rows.numel(), std::greater_equal<>()) == row + rows.numel();
  if (ascending && gradient._indices().is_contiguous() && gradient._values().is_contiguous())
    return gradient;
  return sum_rows(rows, gradient._values(), gradient.size(0));
}

}  // namespace wordbridge
