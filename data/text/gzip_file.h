#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace wordbridge {

/// Reads the content of a gzip file (RFC 1952) in sequence, with the checksum and the length of
/// each member verified. Zeros after the last member are skipped, as gzip does.
class GzipFile {
 public:
  explicit GzipFile(const std::filesystem::path& path);
  ~GzipFile();
  GzipFile(const GzipFile&) = delete;
  GzipFile& operator=(const GzipFile&) = delete;

  /// The next bytes, which are valid until the next call; empty at the end. Error with the byte in
  /// the file if a member is damaged or truncated, or if something else follows it.
  std::string_view next();
  /// What is being read, for messages; at first the path.
  void set_place(std::string place);
  /// Number of bytes of the file that have been read.
  std::uint64_t bytes_read() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace wordbridge
