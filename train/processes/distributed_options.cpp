#include "train/processes/distributed_options.h"

#include <fmt/format.h>

#include "core/text.h"
#include "train/processes/process_place.h"

namespace wordbridge {

double DistributedOptions::timeout_seconds() const { return parse_duration(timeout).value(); }

FieldGroup DistributedOptions::describe() {
  FieldGroup group{"distributed",
                   "one training on several processes, started by torchrun, mpirun or srun "
                   "(docs/distributed.md)"};
  group
      .add(Field{"store", &store,
                 "where the processes find each other: HOST:PORT, a free port of the machine of "
                 "process 0, or file:PATH, a new file that all can open; empty: as the launcher "
                 "says"})
      .add(Field{"timeout", &timeout,
                 "how long a process waits for another one, such as 30s or 10m; longer than the "
                 "validation after an epoch takes"});
  return group;
}

void DistributedOptions::validate(Problems& problems, const std::string& prefix) const {
  if (const auto problem = store_problem(store); !problem.empty())
    problems.add(prefix + ".store", problem);
  if (!parse_duration(timeout))
    problems.add(prefix + ".timeout",
                 fmt::format("expected a time such as 30s or 10m, got '{}'", printable(timeout)));
}

}  // namespace wordbridge
