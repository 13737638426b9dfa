#pragma once

#include <torch/types.h>

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "train/device.h"

namespace wordbridge {

/// Starts the thread pool (0: one thread per core) and limits LibTorch and BLAS to one thread in
/// each of its threads. All parallelism is over the fixed blocks of core/threads.h, so results do
/// not depend on the number of threads. Logs the BLAS in use.
void start_torch(int threads);

/// Returns the chosen device. Error if this machine or this LibTorch does not have it.
torch::Device find_device(const DeviceChoice& choice);

/// Adds the version of LibTorch, its BLAS and the number of GPUs to the manifest.
void describe_torch(nlohmann::ordered_json& machine);

}  // namespace wordbridge
