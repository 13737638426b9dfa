#pragma once

#include <functional>
#include <string>

namespace wordbridge {

/// The place of this process among those that a launcher has started for one training, and where
/// they meet. Read from the environment variables of torchrun (RANK, WORLD_SIZE, MASTER_ADDR,
/// ...), Open MPI (OMPI_COMM_WORLD_RANK, ...) or Slurm's srun (SLURM_PROCID, ...).
struct ProcessPlace {
  std::string launcher;  // "torchrun", "mpirun" or "srun"; empty: started without one
  int rank = 0, size = 1;
  int local_size = 1;  // processes of this machine
  /// The store in which the processes find each other: a server of process 0 (or of torchrun) on a
  /// TCP port, or a file that all of them can open.
  std::string host;
  int port = 0;
  bool launcher_serves = false;  // torchrun's agent runs the server
  std::string prefix;            // of all keys: differs from restart to restart
  std::string file;
};

using Environment = std::function<const char*(const char* name)>;

/// `store`: the setting distributed.store, HOST:PORT or file:PATH; empty: as the launcher says.
/// Error if variables are missing or contradict each other.
ProcessPlace process_place(const std::string& store, const Environment& environment);
ProcessPlace process_place(const std::string& store);

/// What is wrong with a distributed.store; empty if it is one.
std::string store_problem(const std::string& store);

/// The first host of a Slurm list such as "node[03-05,9],login1".
std::string first_host(const std::string& list);

}  // namespace wordbridge
