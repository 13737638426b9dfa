#pragma once

#include <memory>

#include "train/processes/process_place.h"
#include "train/processes/processes.h"

namespace wordbridge {

/// Connects this process with the others of its place by Gloo (LibTorch's c10d, over TCP). Waits
/// for all of them at most `seconds`, which is also the limit of each later operation. Error if
/// they do not come, if two have the same rank, or if this LibTorch was built without Gloo.
std::unique_ptr<Processes> connect_processes(const ProcessPlace& place, double seconds);

}  // namespace wordbridge
