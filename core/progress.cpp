#include "core/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "core/log.h"
#include "core/terminal_line.h"

namespace wordbridge {
namespace {

double seconds_between(std::chrono::steady_clock::time_point from,
                       std::chrono::steady_clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

}  // namespace

Progress::Progress(std::string label, std::uint64_t total, std::string unit, std::uint64_t done)
    : label_(std::move(label)),
      unit_(std::move(unit)),
      total_(total),
      first_(done),
      done_(done),
      start_(std::chrono::steady_clock::now()),
      last_(start_) {}

Progress::~Progress() { finish(); }

void Progress::update(std::uint64_t done, const std::string& note) {
  done_ = done;
  const auto now = std::chrono::steady_clock::now();
  if (seconds_between(last_, now) < (on_terminal() ? 0.2 : 10.0)) return;
  last_ = now;
  if (log_level() != LogLevel::quiet) print(note);
}

void Progress::print(const std::string& note) {
  const double per_second = rate();
  std::string line = fmt::format("[{}] ", label_);
  if (total_ > 0) {
    const double left =
        per_second > 0 ? static_cast<double>(total_ - std::min(done_, total_)) / per_second : 0;
    line += fmt::format("{:5.1f} %  {} {}/s  {} left",
                        100.0 * static_cast<double>(done_) / static_cast<double>(total_),
                        human_count(static_cast<std::uint64_t>(per_second)), unit_,
                        human_duration(left));
  } else {
    line += fmt::format("{} {}  {} {}/s", human_count(done_), unit_,
                        human_count(static_cast<std::uint64_t>(per_second)), unit_);
  }
  if (!note.empty()) line += "  " + note;
  if (on_terminal()) {
    show_terminal_line(line);
  } else {
    std::fputs((line + "\n").c_str(), stderr);
  }
}

void Progress::finish() { clear_terminal_line(); }

double Progress::seconds() const {
  return seconds_between(start_, std::chrono::steady_clock::now());
}

double Progress::rate() const {
  return static_cast<double>(done_ - first_) / std::max(seconds(), 1e-9);
}

std::string human_bytes(double bytes) {
  const char* units[] = {"B", "kB", "MB", "GB", "TB"};
  int unit = 0;
  while (bytes >= 1000 && unit < 4) {
    bytes /= 1000;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", bytes, unit == 0 || bytes >= 100 ? 0 : 1, units[unit]);
}

std::string human_duration(double seconds) {
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::uint64_t>(seconds + 0.5);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} m {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} m", whole / 3600, whole % 3600 / 60);
}

std::string human_count(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (auto i = static_cast<std::ptrdiff_t>(text.size()) - 3; i > 0; i -= 3) {
    text.insert(static_cast<std::size_t>(i), ",");
  }
  return text;
}

std::string counted(std::int64_t count, std::string_view one, std::string_view several) {
  if (count == 1) return fmt::format("1 {}", one);
  const std::string number = human_count(static_cast<std::uint64_t>(count));
  return several.empty() ? fmt::format("{} {}s", number, one)
                         : fmt::format("{} {}", number, several);
}

}  // namespace wordbridge
