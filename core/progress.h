#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace wordbridge {

/// Progress display on standard error: percentage done, rate and remaining time. On a terminal, one
/// line that is overwritten; otherwise one line every ten seconds. Nothing with --quiet.
class Progress {
 public:
  /// `total` 0: unknown. `done`, the work done before the start of this run, counts towards the
  /// percentage but not towards the rate.
  Progress(std::string label, std::uint64_t total, std::string unit, std::uint64_t done = 0);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Cheap: prints at most a few times per second. `note`: for example the current loss.
  void update(std::uint64_t done, const std::string& note = {});
  /// Clears the progress line.
  void finish();
  /// Units per second since the construction of this object.
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
/// "1 token", "12,345 tokens": a number with its noun. `several`: the plural, if it is not `one`
/// followed by an s.
std::string counted(std::int64_t count, std::string_view one, std::string_view several = {});

}  // namespace wordbridge
