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

/// One line on standard error, "[tag] text"; clears an unfinished progress line first.
void log_line(std::string_view tag, const std::string& text);
/// Likewise, only with --verbose.
void log_detail(std::string_view tag, const std::string& text);
/// "warning: text", also when quiet.
void log_warning(const std::string& text);
/// Every line goes there too, until it is set to nothing (a run's log.txt).
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
