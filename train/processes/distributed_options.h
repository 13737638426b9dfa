#pragma once

#include <string>

#include "core/config/fields.h"

namespace wordbridge {

/// The `distributed:` section: how the processes of one training find each other. Their number
/// comes from the launcher (process_place.h).
struct DistributedOptions {
  std::string store;  // as process_place() reads it
  std::string timeout = "10m";

  double timeout_seconds() const;
  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

}  // namespace wordbridge
