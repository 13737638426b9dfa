#include "train/recorded_gradients.h"

#ifdef WB_CUDA
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#endif

namespace wordbridge {

using torch::Tensor;

#ifdef WB_CUDA

struct RecordedGradients::Graph {
  at::cuda::CUDAGraph graph;
  Tensor ids, targets, loss;      // which the recorded operations read and write
  std::vector<Tensor> gradients;  // of the parameters, in their order; undefined: none
};

bool RecordedGradients::supports(const GradientModel& model, torch::Device device) {
  return device.is_cuda() && model.recordable();
}

void RecordedGradients::record(const Tensor& ids, const Tensor& targets) {
  graph_ = std::make_unique<Graph>();
  graph_->ids = ids.clone();
  graph_->targets = targets.clone();
  const auto gradients = [this] {
    const Tensor loss = model_.loss_without_gaps(graph_->ids, graph_->targets);
    loss.backward();
    return loss.detach();
  };
  const auto forget = [this] {
    for (auto& parameter : model_.parameters()) parameter.mutable_grad() = Tensor();
  };
  // Libraries allocate their workspaces in the first calls, which must not be recorded.
  constexpr int kWarmUps = 2;
  const c10::cuda::CUDAStream before = c10::cuda::getCurrentCUDAStream();
  const c10::cuda::CUDAStream stream = c10::cuda::getStreamFromPool();
  before.synchronize();
  {
    const c10::cuda::CUDAStreamGuard guard(stream);
    for (int i = 0; i < kWarmUps; ++i) {
      gradients();
      forget();
    }
    stream.synchronize();
    graph_->graph.capture_begin();
    graph_->loss = gradients();
    graph_->graph.capture_end();
  }
  for (auto& parameter : model_.parameters()) graph_->gradients.push_back(parameter.grad());
  forget();
}

bool RecordedGradients::fits(const Tensor& ids) const {
  return graph_ == nullptr || ids.sizes() == graph_->ids.sizes();
}

Tensor RecordedGradients::loss(const Tensor& ids, const Tensor& targets) {
  if (graph_ == nullptr) {
    // Recording draws random numbers, which an update must not depend on.
    const auto generator = at::globalContext().defaultGenerator(ids.device());
    const std::uint64_t seed = generator.current_seed();
    record(ids, targets);
    torch::manual_seed(seed);
  }
  graph_->ids.copy_(ids);
  graph_->targets.copy_(targets);
  graph_->graph.replay();
  const auto parameters = model_.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i)
    const_cast<Tensor&>(parameters[i]).mutable_grad() = graph_->gradients[i];
  return graph_->loss;
}

#else

struct RecordedGradients::Graph {};
bool RecordedGradients::supports(const GradientModel& /*model*/, torch::Device /*device*/) {
  return false;
}
void RecordedGradients::record(const Tensor& /*ids*/, const Tensor& /*targets*/) {}
bool RecordedGradients::fits(const Tensor& /*ids*/) const { return false; }
Tensor RecordedGradients::loss(const Tensor& /*ids*/, const Tensor& /*targets*/) { return {}; }

#endif

RecordedGradients::RecordedGradients(GradientModel& model) : model_(model) {}
RecordedGradients::~RecordedGradients() = default;

}  // namespace wordbridge
