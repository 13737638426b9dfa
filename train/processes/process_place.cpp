#include "train/processes/process_place.h"

#include <cstdlib>
#include <optional>

#include "core/error.h"
#include "core/io/hash.h"
#include "core/text.h"

namespace wordbridge {
namespace {

constexpr const char* kFile = "file:";
constexpr int kFirstPort = 20000, kPorts = 12000;  // below those that Linux gives to clients

class Variables {
 public:
  explicit Variables(const Environment& environment) : environment_(environment) {}

  bool has(const char* name) const {
    const char* value = environment_(name);
    return value != nullptr && *value != '\0';
  }
  std::string text(const char* name) const { return has(name) ? environment_(name) : ""; }
  int number(const char* name, int low, int high) const {
    const auto value = parse_integer(text(name));
    if (!value || *value < low || *value > high) {
      throw Error("an environment variable of the launcher is not valid")
          .at("{}", name)
          .expected("a whole number from {} to {}", low, high)
          .got("{}", has(name) ? "'" + printable(text(name)) + "'" : "nothing");
    }
    return static_cast<int>(*value);
  }

  /// Rank and number of processes, from the variables of these names.
  void read_rank(ProcessPlace& place, const char* rank, const char* size) const {
    place.size = number(size, 1, kMost);
    place.rank = number(rank, 0, kMost);
    if (place.rank >= place.size) {
      throw Error("the rank of this process is not one of the launcher's processes")
          .at("{}", rank)
          .expected("below {}={}", size, place.size)
          .got("{}", place.rank);
    }
  }
  void read_local(ProcessPlace& place, const char* size) const {
    if (has(size)) place.local_size = number(size, 1, kMost);
  }

 private:
  static constexpr int kMost = 1 << 16;
  const Environment& environment_;
};

/// A port for a job, the same in all of its processes.
int port_of(const std::string& job) {
  const auto digest = sha256(job);
  return kFirstPort + static_cast<int>(std::stoul(digest.substr(0, 6), nullptr, 16) % kPorts);
}

void read_torchrun(const Variables& variables, ProcessPlace& place) {
  place.launcher = "torchrun";
  variables.read_rank(place, "RANK", "WORLD_SIZE");
  variables.read_local(place, "LOCAL_WORLD_SIZE");
  place.host = variables.text("MASTER_ADDR");
  if (!place.host.empty()) place.port = variables.number("MASTER_PORT", 1, 65535);
  place.launcher_serves = variables.text("TORCHELASTIC_USE_AGENT_STORE") == "True";
  place.prefix = variables.text("TORCHELASTIC_RESTART_COUNT");
}

void read_mpi(const Variables& variables, ProcessPlace& place) {
  place.launcher = "mpirun";
  variables.read_rank(place, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE");
  variables.read_local(place, "OMPI_COMM_WORLD_LOCAL_SIZE");
  if (variables.has("MASTER_ADDR")) {
    place.host = variables.text("MASTER_ADDR");
  } else if (variables.text("OMPI_COMM_WORLD_LOCAL_SIZE") ==
             variables.text("OMPI_COMM_WORLD_SIZE")) {
    place.host = "127.0.0.1";
  }
  const auto job = variables.text("PMIX_NAMESPACE") + variables.text("OMPI_MCA_ess_base_jobid");
  place.port = variables.has("MASTER_PORT") ? variables.number("MASTER_PORT", 1, 65535)
                                            : port_of("mpirun " + job);
}

void read_slurm(const Variables& variables, ProcessPlace& place) {
  place.launcher = "srun";
  variables.read_rank(place, "SLURM_PROCID", "SLURM_STEP_NUM_TASKS");
  // "2(x3),1": two tasks on each of three machines, and one on another.
  const auto tasks = parse_integer(
      variables.text("SLURM_STEP_TASKS_PER_NODE")
          .substr(0, variables.text("SLURM_STEP_TASKS_PER_NODE").find_first_of("(,")));
  if (tasks && *tasks > 0) place.local_size = static_cast<int>(*tasks);
  place.host = variables.has("MASTER_ADDR") ? variables.text("MASTER_ADDR")
                                            : first_host(variables.text("SLURM_STEP_NODELIST"));
  place.port = variables.has("MASTER_PORT") ? variables.number("MASTER_PORT", 1, 65535)
                                            : port_of("srun " + variables.text("SLURM_JOB_ID") +
                                                      "." + variables.text("SLURM_STEP_ID"));
}

void read_store(const std::string& store, ProcessPlace& place) {
  if (store.rfind(kFile, 0) == 0) {
    place.file = store.substr(std::string(kFile).size());
    return;
  }
  const auto colon = store.rfind(':');
  place.host = store.substr(0, colon);
  place.port = static_cast<int>(*parse_integer(store.substr(colon + 1)));
  place.launcher_serves = false;
}

}  // namespace

std::string store_problem(const std::string& store) {
  if (store.empty()) return {};
  if (store.rfind(kFile, 0) == 0)
    return store.size() > std::string(kFile).size() ? "" : "expected file:PATH, got no path";
  const auto colon = store.rfind(':');
  const auto port = colon == std::string::npos || colon == 0
                        ? std::nullopt
                        : parse_integer(store.substr(colon + 1));
  if (port && *port >= 1 && *port <= 65535) return {};
  return fmt::format("expected HOST:PORT or file:PATH, got '{}'", printable(store));
}

std::string first_host(const std::string& list) {
  const auto end = list.find_first_of(",[");
  std::string host = list.substr(0, end);
  if (end != std::string::npos && list[end] == '[') {
    const auto number_end = list.find_first_of(",-]", end);
    host += list.substr(end + 1, number_end - end - 1);
    const auto close = list.find(']', end);
    if (close != std::string::npos)
      host += list.substr(close + 1, list.find(',', close) - close - 1);
  }
  return host;
}

ProcessPlace process_place(const std::string& store, const Environment& environment) {
  const Variables variables(environment);
  ProcessPlace place;
  if (variables.has("RANK") && variables.has("WORLD_SIZE")) {
    read_torchrun(variables, place);
  } else if (variables.has("OMPI_COMM_WORLD_SIZE")) {
    read_mpi(variables, place);
  } else if (variables.has("SLURM_STEP_ID") && variables.has("SLURM_STEP_NUM_TASKS") &&
             variables.text("SLURM_STEP_NUM_TASKS") != "1") {
    read_slurm(variables, place);
  }
  if (place.size == 1) return {};
  if (!store.empty()) read_store(store, place);
  if (place.host.empty() && place.file.empty()) {
    throw Error("unknown where the processes are to meet")
        .at("{}, process {} of {}", place.launcher, place.rank, place.size)
        .expected(
            "the variables MASTER_ADDR and MASTER_PORT: the machine of process 0 and a free "
            "port")
        .hint("or set distributed.store: HOST:PORT or file:PATH");
  }
  return place;
}

ProcessPlace process_place(const std::string& store) {
  return process_place(store, [](const char* name) { return std::getenv(name); });
}

}  // namespace wordbridge
