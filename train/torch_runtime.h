#pragma once

#include <torch/types.h>

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "train/device.h"

namespace wordbridge {

/// Starts our threads (0: one a core) and keeps LibTorch and BLAS to one thread in each: all
/// parallelism is in our fixed blocks (core/threads.h), so that no result depends on its amount.
/// Says which BLAS the process got.
void start_torch(int threads);

/// The device of a choice. Error if this machine or this LibTorch has none such.
torch::Device find_device(const DeviceChoice& choice);

/// LibTorch's version, its BLAS and its GPUs, for the manifest.
void describe_torch(nlohmann::ordered_json& machine);

}  // namespace wordbridge
