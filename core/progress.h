#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace wordbridge {

/// How far long work has come: share, rate and time left, on standard error. In a terminal one
/// line that is overwritten; in a pipe a line every ten seconds. Nothing when quiet.
class Progress {
 public:
  /// `total` 0: unknown. `done` before this run's start counts for the share, not for the rate.
  Progress(std::string label, std::uint64_t total, std::string unit, std::uint64_t done = 0);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Cheap: prints at most a few times a second. `note`: say, the loss so far.
  void update(std::uint64_t done, const std::string& note = {});
  /// Ends the line.
  void finish();
  /// Units a second since the start of this object.
  double rate() const;
  double seconds() const;

 private:
  void print(const std::string& note);

  std::string label_, unit_;
  std::uint64_t total_, first_, done_;
  std::chrono::steady_clock::time_point start_, last_;
};

/// "1.2 GB", "3 m 05 s", "12,345".
std::string human_bytes(double bytes);
std::string human_duration(double seconds);
std::string human_count(std::uint64_t count);

}  // namespace wordbridge
