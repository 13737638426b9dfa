#include "eval/benchmarks/tasks.h"

#include <filesystem>
#include <nlohmann/json.hpp>

namespace wordbridge {

const std::vector<BenchmarkTask>& benchmark_tasks() {
  static const std::vector<BenchmarkTask> tasks = {similarity_task(), analogy_task(),
                                                   groups_task(),     categories_task(),
                                                   outliers_task(),   associations_task()};
  return tasks;
}

BenchmarkFiles no_benchmark_files() {
  BenchmarkFiles files;
  for (const auto& task : benchmark_tasks()) files[task.name];
  return files;
}

std::string benchmark_name(const std::string& path) {
  return std::filesystem::path(path).stem().string();
}

}  // namespace wordbridge
