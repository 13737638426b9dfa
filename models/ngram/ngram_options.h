#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/model_options.h"
#include "models/ngram/smoothing.h"

namespace wordbridge {

/// Word n-gram model or class-based n-gram model.
struct NgramOptions : ModelOptions {
  std::int64_t order = 5;
  SmoothingOptions smoothing;
  double prune = 0;
  std::int64_t em_iterations = 5;
  std::string boundary;
  std::string memory = "2GB";  // of the process, as parse_bytes() reads it

  struct Classes {
    std::int64_t count = 0;  // 0: word n-grams
    std::int64_t annealing_passes = 60;
    std::int64_t passes = 30;
    std::string file;
  } classes;

  FieldGroup describe() override;
  void validate(Problems& problems, const std::string& prefix) const override;
  bool of_classes() const { return classes.count > 0 || !classes.file.empty(); }
};

}  // namespace wordbridge
