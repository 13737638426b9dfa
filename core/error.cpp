#include "core/error.h"

namespace wordbridge {

Error& Error::set(std::string& part, std::string text) {
  part = std::move(text);
  compose();
  return *this;
}

void Error::compose() {
  message_ = what_;
  if (!where_.empty()) message_ += "\n  where:    " + where_;
  if (!expected_.empty()) message_ += "\n  expected: " + expected_;
  if (!got_.empty()) message_ += "\n  got:      " + got_;
  if (!hint_.empty()) message_ += "\n  hint:     " + hint_;
}

void assertion_failed(const char* condition, const char* file, int line,
                      const std::string& message) {
  throw std::logic_error(
      fmt::format("{}:{}: assertion failed: {}{}{}\nThis is a bug in wordbridge.", file, line,
                  condition, message.empty() ? "" : ": ", message));
}

}  // namespace wordbridge
