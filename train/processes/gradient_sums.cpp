#include "train/processes/gradient_sums.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "models/layers/sparse_rows.h"
#include "train/processes/message.h"

namespace wordbridge {
namespace {

using torch::Tensor;

/// The rows of both, each once and in ascending order.
Tensor added_rows(const Tensor& a, const Tensor& b) {
  const Tensor a_rows = a._indices()[0], b_rows = b._indices()[0];
  const auto *i = a_rows.data_ptr<std::int64_t>(), *j = b_rows.data_ptr<std::int64_t>();
  const auto *const i_end = i + a_rows.numel(), *const j_end = j + b_rows.numel();
  const std::int64_t total = a.size(0), width = a.numel() / std::max<std::int64_t>(1, total);
  const float *from_a = a._values().data_ptr<float>(), *from_b = b._values().data_ptr<float>();
  std::vector<std::int64_t> rows;
  rows.reserve(static_cast<std::size_t>(a_rows.numel() + b_rows.numel()));
  std::set_union(i, i_end, j, j_end, std::back_inserter(rows));
  auto sizes = a.sizes().vec();
  sizes[0] = static_cast<std::int64_t>(rows.size());
  const Tensor values = torch::empty(sizes, torch::kFloat32);
  float* sum = values.data_ptr<float>();
  for (const auto row : rows) {
    const bool in_a = i != i_end && *i == row, in_b = j != j_end && *j == row;
    if (in_a && in_b)
      for (std::int64_t k = 0; k < width; ++k) sum[k] = from_a[k] + from_b[k];
    else
      std::copy_n(in_a ? from_a : from_b, width, sum);
    if (in_a) ++i, from_a += width;
    if (in_b) ++j, from_b += width;
    sum += width;
  }
  const Tensor indices = torch::empty({1, sizes[0]}, torch::kInt64);
  std::copy(rows.begin(), rows.end(), indices.data_ptr<std::int64_t>());
  return torch::sparse_coo_tensor(indices, values, a.sizes())._coalesced_(true);
}

/// How a gradient travels.
enum class Form : std::uint8_t { none, dense, rows };

Form form_of(const Tensor& gradient) {
  if (!gradient.defined()) return Form::none;
  return gradient.is_sparse() ? Form::rows : Form::dense;
}

/// Bytes of the rows of all row-sparse gradients, roughly.
std::size_t bytes_of_rows(const std::vector<Tensor>& gradients) {
  constexpr std::size_t kOthers = 4096;
  std::size_t bytes = kOthers;
  for (const auto& gradient : gradients)
    if (gradient.defined() && gradient.is_sparse())
      bytes += static_cast<std::size_t>(gradient._values().numel()) * sizeof(float) +
               static_cast<std::size_t>(gradient._indices().numel()) * sizeof(std::int64_t);
  return bytes;
}

void write_rows(MessageWriter& out, const Tensor& gradient) {
  const Tensor rows = gradient._indices()[0].contiguous(), values = gradient._values();
  out.add(rows.numel());
  out.add(rows.data_ptr<std::int64_t>(), rows.numel());
  out.add(values.data_ptr<float>(), values.numel());
}

Tensor read_rows(MessageReader& in, const Tensor& parameter) {
  const auto count = in.value<std::int64_t>();
  const Tensor indices = torch::empty({1, count}, torch::kInt64);
  in.read(indices.data_ptr<std::int64_t>(), count);
  auto sizes = parameter.sizes().vec();
  sizes[0] = count;
  const Tensor values = torch::empty(sizes, torch::kFloat32);
  in.read(values.data_ptr<float>(), values.numel());
  return torch::sparse_coo_tensor(indices, values, parameter.sizes())._coalesced_(true);
}

/// The gradient of a parameter as a dense tensor in contiguous memory.
Tensor in_full(const Tensor& gradient, const Tensor& parameter) {
  if (!gradient.defined()) return torch::zeros(parameter.sizes());
  return (gradient.is_sparse() ? gradient.to_dense() : gradient).contiguous();
}

}  // namespace

Tensor added_gradients(const Tensor& a, const Tensor& b) {
  if (!a.defined() || !b.defined()) return a.defined() ? a : b;
  if (a.is_sparse() && b.is_sparse()) return added_rows(a, b);
  if (!a.is_sparse()) return a.add_(b.is_sparse() ? b.to_dense() : b);
  return a.to_dense().add_(b);
}

GradientSums::GradientSums(std::vector<Tensor> parameters, std::int64_t shards,
                           Processes* processes)
    : parameters_(std::move(parameters)),
      shards_(shards),
      processes_(processes),
      places_(parameters_.size()) {
  WB_ASSERT(shards_ % this->processes() == 0, "{} shards, {} processes", shards_,
            this->processes());
  if (processes_ == nullptr) return;
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    hooks_.push_back(
        parameters_[i].register_hook([this, i](const Tensor& gradient) { add_last(i, gradient); }));
}

GradientSums::~GradientSums() {
  for (std::size_t i = 0; i < hooks_.size(); ++i) parameters_[i].remove_hook(hooks_[i]);
}

void GradientSums::begin_shard(double weight) {
  weight_ = weight;
  ++begun_;
}

void GradientSums::add_last(std::size_t parameter, const Tensor& gradient) {
  if (begun_ < own_shards() || !travels_early(parameter) || gradient.is_sparse()) return;
  const torch::NoGradGuard no_grad;
  Tensor& sum = places_[parameter].values;
  sum.copy_(gradient).mul_(weight_);
  // The parts are those of 1, 2, 4, ... shards before it: each sum has as many as the next part.
  for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
    const Tensor& before = part->gradients[parameter];
    if (before.defined()) sum.add_(before.is_sparse() ? before.to_dense() : before);
  }
  fill(parameter);
}

void GradientSums::fill(std::size_t parameter) {
  Place& place = places_[parameter];
  WB_ASSERT(!place.filled, "two gradients of parameter {}", parameter);
  place.filled = true;
  --pieces_[place.piece].missing;
  for (; next_piece_ < pieces_.size() && pieces_[next_piece_].missing == 0; ++next_piece_) {
    Piece& piece = pieces_[next_piece_];
    piece.sum = processes_->begin_sum(piece.values.data_ptr<float>(), piece.values.numel());
  }
}

void GradientSums::end_shard(double loss, std::int64_t words) {
  const torch::NoGradGuard no_grad;
  Part part;
  part.loss = loss;
  words_ += words;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    Tensor gradient = parameters_[i].grad();
    parameters_[i].mutable_grad() = Tensor();
    if (places_[i].filled) {
      gradient = Tensor();  // it is on its way
    } else if (gradient.defined()) {
      if (gradient.is_sparse()) gradient = coalesced_rows(gradient);
      Tensor values = gradient.is_sparse() ? gradient._values() : gradient;
      values.mul_(weight_);
      if (!gradient.is_sparse()) gradient = gradient.to(torch::kCPU).contiguous();
    }
    part.gradients.push_back(gradient);
  }
  parts_.push_back(std::move(part));
  // Neighbours of the same size become one, as the carries of a binary counter.
  while (parts_.size() > 1 && parts_.back().shards == parts_[parts_.size() - 2].shards) {
    Part last = std::move(parts_.back());
    parts_.pop_back();
    Part& sum = parts_.back();
    sum.shards += last.shards;
    sum.loss += last.loss;
    for (std::size_t i = 0; i < sum.gradients.size(); ++i)
      sum.gradients[i] = added_gradients(sum.gradients[i], last.gradients[i]);
  }
}

GradientSums::Totals GradientSums::finish(bool stop) {
  const torch::NoGradGuard no_grad;
  WB_ASSERT(parts_.size() == 1, "{} parts", parts_.size());
  Part own = std::move(parts_[0]);
  parts_.clear();
  begun_ = 0;
  Totals totals{own.loss, words_, stop};
  if (processes_ != nullptr) totals = sum_over_processes(own, stop);
  words_ = 0;
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    parameters_[i].mutable_grad() =
        own.gradients[i].defined() ? own.gradients[i].to(parameters_[i].device()) : Tensor();
  return totals;
}

void GradientSums::place_in_pieces(const std::vector<std::size_t>& dense) {
  // A message of this size takes far longer than its latency.
  constexpr std::int64_t kNumbers = 1 << 16;
  places_.assign(parameters_.size(), {});
  pieces_.clear();
  // From the last parameter to the first, as the backward pass comes to them.
  for (auto end = dense.rbegin(); end != dense.rend();) {
    const auto begin = end;
    std::int64_t count = 0;
    for (; end != dense.rend() && count < kNumbers; ++end) count += parameters_[*end].numel();
    pieces_.push_back(
        {torch::empty({count}), static_cast<std::size_t>(std::distance(begin, end)), 0, nullptr});
    std::int64_t at = 0;
    for (auto i = begin; i != end; ++i) {
      const Tensor& parameter = parameters_[*i];
      places_[*i] = {pieces_.back().values.narrow(0, at, parameter.numel()).view(parameter.sizes()),
                     pieces_.size() - 1};
      at += parameter.numel();
    }
  }
}

GradientSums::Totals GradientSums::sum_over_processes(Part& own, bool stop) {
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    if (places_[i].filled) own.gradients[i] = places_[i].values;
    if (!travels_early(i) || places_[i].filled) continue;
    // All processes wait for it, though this one's backward pass did not come to it.
    places_[i].values.copy_(in_full(own.gradients[i], parameters_[i]));
    fill(i);
  }

  MessageWriter message;
  message.reserve(bytes_of_rows(own.gradients));
  message.add(own.loss);
  message.add(words_);
  message.add(stop);
  for (const auto& gradient : own.gradients) message.add(form_of(gradient));
  for (const auto& gradient : own.gradients)
    if (form_of(gradient) == Form::rows) write_rows(message, gradient);

  Totals totals;
  std::vector<double> losses;
  std::vector<std::vector<Form>> forms;
  std::vector<std::vector<Tensor>> rows;  // [parameter][process]
  rows.resize(parameters_.size());
  for (const auto& bytes : processes_->gather(message.bytes())) {
    MessageReader in(bytes);
    losses.push_back(in.value<double>());
    totals.words += in.value<std::int64_t>();
    totals.stop = in.value<bool>() || totals.stop;
    std::vector<Form> form(parameters_.size());
    in.read(form.data(), static_cast<std::int64_t>(form.size()));
    for (std::size_t i = 0; i < form.size(); ++i)
      rows[i].push_back(form[i] == Form::rows ? read_rows(in, parameters_[i]) : Tensor());
    forms.push_back(std::move(form));
  }
  for (std::size_t step = 1; step < losses.size(); step *= 2)
    for (std::size_t i = 0; i + step < losses.size(); i += 2 * step) losses[i] += losses[i + step];
  totals.loss = losses[0];

  for (auto& piece : pieces_) piece.sum->finish();
  std::vector<std::size_t> dense, early;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    if (travels_early(i)) early.push_back(i);
    const bool any = std::any_of(forms.begin(), forms.end(),
                                 [i](const auto& form) { return form[i] == Form::dense; });
    if (!any) {
      for (std::size_t step = 1; step < rows[i].size(); step *= 2)
        for (std::size_t j = 0; j + step < rows[i].size(); j += 2 * step)
          rows[i][j] = added_gradients(rows[i][j], rows[i][j + step]);
      own.gradients[i] = rows[i][0];
      continue;
    }
    // A gradient that is dense in one process is so in all.
    dense.push_back(i);
    if (travels_early(i)) {
      own.gradients[i] = places_[i].values;
    } else {
      own.gradients[i] = in_full(own.gradients[i], parameters_[i]);
      processes_->sum(own.gradients[i].data_ptr<float>(), parameters_[i].numel());
    }
  }
  if (dense != early) place_in_pieces(dense);
  next_piece_ = 0;
  for (auto& piece : pieces_) piece.sum = nullptr, piece.missing = piece.parameters;
  for (auto& place : places_) place.filled = false;
  return totals;
}

}  // namespace wordbridge
