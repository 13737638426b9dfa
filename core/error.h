#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace wordbridge {

/// An error that the user can fix: a bad file, a bad value, a full disk.
/// The message states the problem and, where known, the position, the expected and the actual
/// value:
///
///     throw Error("the vector file is truncated")
///         .at("{}:{}", path, line).expected("300 numbers").got("12");
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
  /// Suggests a remedy.
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

/// Base of error types other than Error: at(), expected(), got() and hint() return the derived
/// type.
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

/// Wrong usage of the command line: exit status 2 instead of 1.
class UsageError : public TypedError<UsageError> {
 public:
  using TypedError::TypedError;
};

/// The user has interrupted the program (Ctrl-C) and all results have been saved: exit status 130.
class Interrupted : public TypedError<Interrupted> {
 public:
  using TypedError::TypedError;
};

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line,
                                   const std::string& message);

}  // namespace wordbridge

/// Checks an invariant. A failure is a bug in wordbridge, never a user error.
#define WB_ASSERT(condition, ...)                                    \
  do {                                                               \
    if (!(condition))                                                \
      ::wordbridge::assertion_failed(#condition, __FILE__, __LINE__, \
                                     ::fmt::format("" __VA_ARGS__)); \
  } while (false)
