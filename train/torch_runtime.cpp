#include "train/torch_runtime.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <dlfcn.h>
#include <malloc.h>
#include <torch/cuda.h>
#include <torch/utils.h>
#include <torch/version.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/log.h"
#include "core/threads.h"
#include "train/blas_check.h"

namespace wordbridge {
namespace {

/// The zip and the wheel of LibTorch contain MKL; Debian's package uses the system BLAS.
std::string torch_blas() { return at::hasMKL() ? "MKL (in LibTorch)" : loaded_blas(); }

/// Instruction set of LibTorch's own kernels ("AVX2"), which environment variables can lower.
std::string torch_simd() {
  constexpr std::string_view kLabel = "CPU capability usage: ";
  const std::string facts = at::show_config();
  const auto label = facts.find(kLabel);
  if (label == facts.npos) return "unknown";
  const auto begin = label + kLabel.size();
  return facts.substr(begin, facts.find('\n', begin) - begin);
}

}  // namespace

void start_torch(int count) {
  // Every update frees and allocates the same tens of megabytes. Keep them in the process: pages
  // returned to the system are cleared again on reuse. 32 MiB is the largest value that glibc
  // accepts.
  ::mallopt(M_MMAP_THRESHOLD, 32 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
  // The pthread build of OpenBLAS has its own threads, which LibTorch does not control.
  using SetThreads = void (*)(int);
  if (const auto set =
          reinterpret_cast<SetThreads>(::dlsym(RTLD_DEFAULT, "openblas_set_num_threads")))
    set(1);
  set_threads(count, [] {
    at::set_num_threads(1);
    // The moments of words that do not occur for many updates decay to denormals, which are slow.
    at::globalContext().setFlushDenormal(true);
  });
  log("run", "LibTorch {}, {}, {} thread{}", TORCH_VERSION, torch_blas(), threads(),
      threads() == 1 ? "" : "s");
  if (at::hasMKL()) return;
  if (const std::string warning = loaded_blas_warning(); !warning.empty()) log_warning(warning);
}

torch::Device find_device(const DeviceChoice& choice) {
  using Kind = DeviceChoice::Kind;
  const auto gpus = static_cast<std::int64_t>(torch::cuda::device_count());
  if (choice.kind == Kind::cpu || (choice.kind == Kind::automatic && gpus == 0)) return torch::kCPU;
  if (gpus == 0) {
    throw Error("no GPU is available to LibTorch")
        .at("device: {}", device_name(choice))
        .hint(
            "use device: cpu, or build with a CUDA version of LibTorch through CMAKE_PREFIX_PATH");
  }
  if (choice.index >= gpus) {
    throw Error("no such GPU")
        .at("device: {}", device_name(choice))
        .expected("cuda:0 to cuda:{}", gpus - 1);
  }
  return torch::Device(torch::kCUDA, static_cast<c10::DeviceIndex>(choice.index));
}

void describe_torch(nlohmann::ordered_json& machine) {
  machine["libtorch"] = TORCH_VERSION;
  machine["libtorch_simd"] = torch_simd();
  machine["blas"] = torch_blas();
  machine["gpus"] = torch::cuda::device_count();
}

}  // namespace wordbridge
