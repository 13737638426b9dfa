#include "core/log.h"

#include <cstdio>
#include <mutex>

#include "core/terminal_line.h"

namespace wordbridge {
namespace {

LogLevel g_level = LogLevel::normal;
std::function<void(const std::string&)> g_copy;
std::mutex g_mutex;

void emit(const std::string& line, bool show) {
  const std::lock_guard<std::mutex> lock(g_mutex);
  if (show) {
    clear_terminal_line();
    std::fputs((line + "\n").c_str(), stderr);
  }
  if (g_copy) g_copy(line);
}

}  // namespace

void set_log_level(LogLevel level) { g_level = level; }
LogLevel log_level() { return g_level; }

void log_line(std::string_view tag, const std::string& text) {
  emit(fmt::format("[{}] {}", tag, text), g_level != LogLevel::quiet);
}

void log_detail(std::string_view tag, const std::string& text) {
  emit(fmt::format("[{}] {}", tag, text), g_level == LogLevel::verbose);
}

void log_warning(const std::string& text) { emit("warning: " + text, true); }

void set_log_copy(std::function<void(const std::string& line)> copy) {
  const std::lock_guard<std::mutex> lock(g_mutex);
  g_copy = std::move(copy);
}

}  // namespace wordbridge
