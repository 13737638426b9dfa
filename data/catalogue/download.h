#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace wordbridge {

struct DownloadOptions {
  double connect_seconds = 15;  // until the connection stands
  double stall_seconds = 30;    // with less than 100 bytes a second
  std::int64_t attempts = 4;  // of failures that may pass (a connection broken off, HTTP 503, ...)
  double wait_seconds = 1;    // before the second attempt; twice as long before each further one
  std::uint64_t max_bytes = std::uint64_t{1} << 32;
};

/// Gets `url` (http or https, at most 5 redirections) into the file `target`, which appears whole.
/// Until then it is `target`.partial, beside it `target`.partial.json with what the server said of
/// it (ETag, Last-Modified, length): a later call goes on where an interrupted one stopped, unless
/// the server has another file by now or knows no ranges. Proxies are those of libcurl's
/// environment variables. True if it went on with what an earlier call had left.
/// Error with the address and the server's answer; Interrupted after Ctrl-C: the partial file stays
/// only if the download can go on. Whether the content is the right one is the caller's to check.
bool download(const std::string& url, const std::filesystem::path& target,
              const DownloadOptions& options);

/// The name at the end of the address, without a query.
std::string name_of_url(const std::string& url);

}  // namespace wordbridge
