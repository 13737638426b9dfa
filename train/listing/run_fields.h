#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace wordbridge {

/// Named values of a run as one string of bytes, "NAME\0VALUE\0...", sorted by name: thousands of
/// runs are read from the index without an allocation per value.
class RunFields {
 public:
  RunFields() = default;
  explicit RunFields(const std::map<std::string, std::string>& fields);
  explicit RunFields(std::string packed) : packed_(std::move(packed)) {}

  const std::string& packed() const { return packed_; }
  /// The value of the field, in the form of a configuration or with all digits; nothing if the run
  /// has no such field.
  std::optional<std::string_view> find(std::string_view name) const;
  /// Calls work(name, value) for each field in order.
  template <class F>
  void for_each(const F& work) const {
    for (std::size_t at = 0; at < packed_.size();) {
      const std::string_view name(packed_.c_str() + at);
      const std::string_view value(packed_.c_str() + at + name.size() + 1);
      work(name, value);
      at += name.size() + value.size() + 2;
    }
  }

 private:
  std::string packed_;
};

/// Reads the fields of the run in the folder, of one seed:
/// - model, corpus (files or reader), tokens, words (of the vocabulary), seed, started (UTC), time
///   (seconds of training), epoch, status (complete, stopped, failed, not begun, damaged) and, of
///   a failed or damaged run, problem
/// - each setting of the configuration by its key, but config.name
/// - results.NAME: the numbers of summary_numbers(); metrics.NAME: those of the last epoch
/// - wordbridge.NAME and machine.NAME: entries of the manifest
RunFields read_run_fields(const std::filesystem::path& run);

/// Changes whenever a file from which the fields are read is written, replaced or removed. Empty if
/// one of them has changed within the last tenth of a second, so that another change might not be
/// seen.
std::string run_stamp(const std::filesystem::path& run);

}  // namespace wordbridge
