#include "train/sweeps/task_list.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/io/file.h"
#include "core/io/hash.h"
#include "core/json.h"
#include "core/text.h"

namespace wordbridge {
namespace {

constexpr const char* kTasks = "tasks";
constexpr std::size_t kNameDigits = 8;

/// Files of task lists, in order.
std::vector<fs::path> list_files(const fs::path& sweep) {
  std::vector<fs::path> files;
  if (!fs::is_directory(sweep / kTasks)) return files;
  for (const auto& entry : fs::directory_iterator(sweep / kTasks)) {
    const std::string stem = entry.path().stem().string();
    const bool is_number =
        !stem.empty() && stem.find_first_not_of("0123456789") == std::string::npos;
    if (is_number && entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

fs::path TaskList::beside(const std::string& ending) const {
  return file.parent_path() / (file.stem().string() + ending);
}

void TaskList::save() const {
  const nlohmann::ordered_json content = {
      {"launcher", launcher},   {"job_name", job_name},     {"job", job},
      {"has_ended", has_ended}, {"stop_epoch", stop_epoch}, {"runs", runs}};
  write_file(file, json_text(content, 2) + "\n");
}

TaskList make_task_list(const fs::path& sweep, const std::string& launcher,
                        std::vector<std::string> runs, std::int64_t stop_epoch) {
  const auto files = list_files(sweep);
  const long long number =
      files.empty() ? 1 : parse_integer(files.back().stem().string()).value_or(0) + 1;
  TaskList list;
  list.file = fs::absolute(sweep).lexically_normal() / kTasks / fmt::format("{:05}.json", number);
  list.launcher = launcher;
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  const std::string salt = fmt::format("{} {} {}", list.file.string(), now, ::getpid());
  list.job_name = "wordbridge-" + sha256(salt).substr(0, kNameDigits);
  list.runs = std::move(runs);
  list.stop_epoch = stop_epoch;
  make_folder(list.file.parent_path());
  list.save();
  return list;
}

TaskList read_task_list(const fs::path& file) {
  const auto content = read_json_file(file);
  TaskList list;
  try {
    list.file = fs::absolute(file).lexically_normal();
    list.launcher = content.at("launcher");
    list.job_name = content.at("job_name");
    list.job = content.at("job");
    list.has_ended = content.at("has_ended");
    list.stop_epoch = content.value("stop_epoch", 0);
    list.runs = content.at("runs").get<std::vector<std::string>>();
  } catch (const nlohmann::json::exception& error) {
    throw Error("the list of tasks is damaged")
        .at("{}", file.string())
        .expected("a file written by `wordbridge sweep`")
        .got("{}", json_problem(error));
  }
  return list;
}

std::vector<TaskList> open_task_lists(const fs::path& sweep) {
  std::vector<TaskList> lists;
  for (const auto& file : list_files(sweep)) {
    auto list = read_task_list(file);
    if (!list.has_ended) lists.push_back(std::move(list));
  }
  return lists;
}

std::string last_lines(const fs::path& file, std::size_t count, const std::string& start) {
  if (!fs::is_regular_file(file)) return {};
  std::vector<std::string> lines;
  const std::string text = read_file(file);
  for (const auto line : split(text, '\n'))
    if (line.substr(0, start.size()) == start && !trimmed(line.substr(start.size())).empty())
      lines.emplace_back(line.substr(start.size()));
  if (lines.size() > count)
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
  return join(lines, "\n");
}

}  // namespace wordbridge
