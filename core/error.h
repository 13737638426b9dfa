#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace wordbridge {

/// Something a user can mend: a bad file, a bad value, a full disk.
/// Says what went wrong, and as far as known where, what was expected and what was found:
///
///     throw Error("the vector file is cut short").at("{}:{}", path, line).expected("300
///     numbers").got("12");
class Error : public std::exception {
 public:
  explicit Error(std::string what) : what_(std::move(what)) { compose(); }

  template <class... Args>
  Error& at(fmt::format_string<Args...> format, Args&&... args) {
    return set(where_, fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  Error& expected(fmt::format_string<Args...> format, Args&&... args) {
    return set(expected_, fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  Error& got(fmt::format_string<Args...> format, Args&&... args) {
    return set(got_, fmt::format(format, std::forward<Args>(args)...));
  }
  /// What to do about it.
  template <class... Args>
  Error& hint(fmt::format_string<Args...> format, Args&&... args) {
    return set(hint_, fmt::format(format, std::forward<Args>(args)...));
  }

  const char* what() const noexcept override { return message_.c_str(); }

 private:
  Error& set(std::string& part, std::string text);
  void compose();

  std::string what_, where_, expected_, got_, hint_, message_;
};

/// An error of another type keeps it when parts are added to it.
template <class Derived>
class TypedError : public Error {
 public:
  using Error::Error;

  template <class... Args>
  Derived& at(fmt::format_string<Args...> format, Args&&... args) {
    Error::at(format, std::forward<Args>(args)...);
    return static_cast<Derived&>(*this);
  }
  template <class... Args>
  Derived& expected(fmt::format_string<Args...> format, Args&&... args) {
    Error::expected(format, std::forward<Args>(args)...);
    return static_cast<Derived&>(*this);
  }
  template <class... Args>
  Derived& got(fmt::format_string<Args...> format, Args&&... args) {
    Error::got(format, std::forward<Args>(args)...);
    return static_cast<Derived&>(*this);
  }
  template <class... Args>
  Derived& hint(fmt::format_string<Args...> format, Args&&... args) {
    Error::hint(format, std::forward<Args>(args)...);
    return static_cast<Derived&>(*this);
  }
};

/// A wrong use of the command line: exit status 2 instead of 1.
class UsageError : public TypedError<UsageError> {
 public:
  using TypedError::TypedError;
};

/// The user asked to stop (Ctrl-C) and everything worth keeping has been written: exit status 130.
class Interrupted : public TypedError<Interrupted> {
 public:
  using TypedError::TypedError;
};

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line,
                                   const std::string& message);

}  // namespace wordbridge

/// A bug of ours, never a user's mistake.
#define WB_ASSERT(condition, ...)                                    \
  do {                                                               \
    if (!(condition))                                                \
      ::wordbridge::assertion_failed(#condition, __FILE__, __LINE__, \
                                     ::fmt::format("" __VA_ARGS__)); \
  } while (false)
