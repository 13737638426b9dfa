#include "models/sparse_rows.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "core/threads.h"

namespace wordbridge {
namespace {

using torch::Tensor;
using torch::autograd::variable_list;

constexpr std::int64_t kRows = 64;  // in a block

std::vector<std::int64_t> sizes_with(std::vector<std::int64_t> front, const Tensor& weight) {
  front.insert(front.end(), weight.sizes().begin() + 1, weight.sizes().end());
  return front;
}

std::int64_t row_width(const Tensor& weight) {
  std::int64_t width = 1;
  for (std::int64_t i = 1; i < weight.dim(); ++i) width *= weight.size(i);
  return width;
}

/// Rows and their places, by row and then by place.
std::vector<std::pair<std::int64_t, std::int64_t>> sorted_places(const Tensor& ids) {
  std::vector<std::pair<std::int64_t, std::int64_t>> places;
  const auto* id = ids.data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < ids.numel(); ++i) places.emplace_back(id[i], i);
  std::sort(places.begin(), places.end());
  return places;
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
        TORCH_CHECK_INDEX(id[i] >= 0 && id[i] < R, "there is no row ", id[i], " of ", R);
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

}  // namespace

Tensor embed_rows(const Tensor& weight, const Tensor& ids) {
  if (!weight.device().is_cpu() || weight.scalar_type() != torch::kFloat32)
    return weight.index_select(0, ids.flatten()).view(sizes_with(ids.sizes().vec(), weight));
  return EmbedRows::apply(weight, ids);
}

Tensor sum_rows(const Tensor& ids, const Tensor& values, std::int64_t row_count) {
  const Tensor from = values.contiguous();
  const auto places = sorted_places(ids.contiguous());
  std::vector<std::size_t> begin;  // of each row's places, and the end
  for (std::size_t i = 0; i < places.size(); ++i)
    if (i == 0 || places[i].first != places[i - 1].first) begin.push_back(i);
  const auto K = static_cast<std::int64_t>(begin.size());
  begin.push_back(places.size());

  const Tensor indices = at::empty({1, K}, torch::kInt64);
  const Tensor sums = at::empty(sizes_with({K}, values), values.options());
  const std::int64_t width = row_width(values);
  const float* source = from.data_ptr<float>();
  for_each_range(K, kRows, [&](std::int64_t first, std::int64_t end) {
    for (std::int64_t k = first; k < end; ++k) {
      auto place = begin[static_cast<std::size_t>(k)];
      indices.data_ptr<std::int64_t>()[k] = places[place].first;
      float* sum = sums.data_ptr<float>() + k * width;
      std::copy_n(source + places[place].second * width, width, sum);
      while (++place < begin[static_cast<std::size_t>(k) + 1]) {
        const float* next = source + places[place].second * width;
        for (std::int64_t e = 0; e < width; ++e) sum[e] += next[e];
      }
    }
  });
  return torch::sparse_coo_tensor(indices, sums, sizes_with({row_count}, values))._coalesced_(true);
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
