#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace wordbridge {

struct DownloadOptions {
  double connect_seconds = 15;  // connection timeout
  double stall_seconds = 30;    // timeout while receiving less than 100 bytes per second
  std::int64_t attempts = 4;    // in case of temporary failures (lost connection, HTTP 503, ...)
  double wait_seconds = 1;      // before the second attempt; doubled before each further one
  std::uint64_t max_bytes = std::uint64_t{1} << 32;
};

/// Downloads `url` (http or https, at most 5 redirects, none from https to http) to the file
/// `target`, which appears only when it is complete. Until then the data is in `target`.partial,
/// and the server's metadata (ETag, Last-Modified, length) in `target`.partial.json. A later call
/// resumes an interrupted one, unless the file on the server has changed or the server does not
/// support ranges. Proxies are set by libcurl's environment variables. Returns true if the download
/// of an earlier call was resumed. Error with the URL and the server's response; Interrupted after
/// Ctrl-C. In both cases the partial file stays only if the download can be resumed. The caller
/// must verify the content.
bool download(const std::string& url, const std::filesystem::path& target,
              const DownloadOptions& options);

/// Whether a redirection from one URL to another (relative or not) gives up encryption.
bool gives_up_encryption(const std::string& from, const std::string& to);

/// The file name at the end of the URL, without the query.
std::string name_of_url(const std::string& url);

}  // namespace wordbridge
