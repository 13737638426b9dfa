#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace wordbridge {

enum class LogLevel { quiet, normal, verbose };
void set_log_level(LogLevel level);
LogLevel log_level();

/// Prints the line "[tag] text" on standard error. Clears an unfinished progress line first.
void log_line(std::string_view tag, const std::string& text);
/// The same, only with --verbose.
void log_detail(std::string_view tag, const std::string& text);
/// Prints "warning: text", even with --quiet.
void log_warning(const std::string& text);
/// Sets a function that receives a copy of every line (for a run's log.txt). Null: none.
void set_log_copy(std::function<void(const std::string& line)> copy);

template <class... Args>
void log(std::string_view tag, fmt::format_string<Args...> format, Args&&... args) {
  log_line(tag, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void warn(fmt::format_string<Args...> format, Args&&... args) {
  log_warning(fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace wordbridge
