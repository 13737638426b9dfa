#include "data/catalogue/download.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cmath>
#include <exception>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/io/file.h"
#include "core/json.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/version.h"
#include "data/catalogue/dataset_entry.h"

namespace wordbridge {
namespace {

constexpr long kRedirections = 5;
constexpr long kStallBytesPerSecond = 100;
constexpr std::uint64_t kProgressUnit = 1000;     // kB
constexpr const char* kProtocols = "http,https";  // of redirects too: no local files, no FTP

fs::path beside(const fs::path& target, const char* end) { return target.string() + end; }

/// The part of a URL before ':' in lower case, empty if the URL is relative.
std::string scheme_of(const std::string& url) {
  const auto end = url.find_first_of(":/?#");
  std::string scheme = end == url.npos || url[end] != ':' ? "" : url.substr(0, end);
  std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return scheme;
}

bool is_encrypted(const std::string& url) { return scheme_of(url) == "https"; }

/// The server's metadata of the file. If it changes, the bytes received before are useless.
struct ServedFile {
  std::string url, etag, modified;
  std::uint64_t length = 0;  // of the complete file, 0: unknown

  /// Without any of these it is impossible to verify that the rest belongs to the same file.
  bool can_resume() const { return !etag.empty() || !modified.empty() || length > 0; }
  bool same_file(const ServedFile& other) const {
    return url == other.url && etag == other.etag && modified == other.modified &&
           (length == other.length || length == 0 || other.length == 0);
  }
  void save(const fs::path& path) const {
    const nlohmann::ordered_json json = {
        {"url", url}, {"etag", etag}, {"last_modified", modified}, {"length", length}};
    write_file(path, json_text(json, 2) + "\n");
  }
  static std::optional<ServedFile> load(const fs::path& path) {
    if (!fs::is_regular_file(path)) return std::nullopt;
    const auto json = nlohmann::json::parse(read_file(path), nullptr, false);
    if (!json.is_object()) return std::nullopt;
    try {
      return ServedFile{json.at("url"), json.at("etag"), json.at("last_modified"),
                        json.at("length")};
    } catch (const nlohmann::json::exception&) {
      return std::nullopt;
    }
  }
};

/// A temporary failure, which another attempt may overcome.
struct Passing : TypedError<Passing> {
  using TypedError::TypedError;
};

/// One request and its response.
class Transfer {
 public:
  Transfer(const std::string& url, const fs::path& target, const DownloadOptions& options)
      : url_(url),
        partial_(beside(target, ".partial")),
        facts_file_(beside(target, ".partial.json")),
        options_(options),
        curl_(curl_easy_init(), curl_easy_cleanup) {
    WB_ASSERT(curl_ != nullptr);
  }

  /// Returns when the file is complete. Throws Passing for failures that another attempt may
  /// overcome.
  void perform() {
    const auto known = ServedFile::load(facts_file_);
    std::error_code none;
    const auto size = fs::file_size(partial_, none);
    if (!none && known && known->url == url_ && known->can_resume()) {
      before_ = *known;
      offset_ = size;
    }
    resumed_ = offset_ > 0;
    if (resumed_ && before_.length == offset_) return;  // interrupted after the last byte
    set_options();
    const CURLcode code = curl_easy_perform(curl_.get());
    if (failure_) std::rethrow_exception(failure_);
    if (code == CURLE_ABORTED_BY_CALLBACK)
      throw Interrupted("stopped while downloading").at("{}", url_);
    if (code == CURLE_HTTP_RETURNED_ERROR) throw_refused();
    if (code != CURLE_OK) throw_failed(code);
    if (facts_.length > 0 && received() != facts_.length)
      throw_short("the server closed the connection");
    if (!out_) start_file(0);  // an empty file: no body was received
  }

  bool resumed() const { return resumed_; }

 private:
  std::uint64_t received() const { return out_ ? out_->size() : offset_; }

  void set_options() {
    CURL* const curl = curl_.get();
    const auto set = [&](CURLoption option, auto value) {
      WB_ASSERT(curl_easy_setopt(curl, option, value) == CURLE_OK);
    };
    set(CURLOPT_URL, url_.c_str());
    set(CURLOPT_USERAGENT, agent_.c_str());
    set(CURLOPT_ERRORBUFFER, reason_.data());
    set(CURLOPT_PROTOCOLS_STR, kProtocols);
    set(CURLOPT_REDIR_PROTOCOLS_STR, is_encrypted(url_) ? "https" : kProtocols);
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, kRedirections);
    set(CURLOPT_FAILONERROR, 1L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, std::lround(options_.connect_seconds * 1000));
    set(CURLOPT_LOW_SPEED_LIMIT, kStallBytesPerSecond);
    set(CURLOPT_LOW_SPEED_TIME, std::lround(std::max(1.0, options_.stall_seconds)));
    set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
    if (offset_ == 0) return;
    // Not CURLOPT_RESUME_FROM, which reports an error if the server sends the complete file
    // instead.
    range_ = std::to_string(offset_) + "-";
    set(CURLOPT_RANGE, range_.c_str());
    const bool strong = !before_.etag.empty() && before_.etag.rfind("W/", 0) != 0;
    const std::string& validator = strong ? before_.etag : before_.modified;
    if (validator.empty()) return;
    headers_.reset(curl_slist_append(nullptr, ("If-Range: " + validator).c_str()));
    set(CURLOPT_HTTPHEADER, headers_.get());
  }

  static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    return transfer.guarded(size, [&] { transfer.note_header(trimmed({data, size})); });
  }
  static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    return transfer.guarded(size, [&] { transfer.take({data, size}); });
  }
  static int on_progress(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return interrupted() ? 1 : 0;
  }

  /// Returns `size`, or 0 after a failure: exceptions must not propagate through libcurl.
  template <class Work>
  std::size_t guarded(std::size_t size, const Work& work) {
    try {
      work();
      return size;
    } catch (...) {
      failure_ = std::current_exception();
      return 0;
    }
  }

  void note_header(std::string_view line) {
    if (line.substr(0, 5) == "HTTP/") {  // also received for each redirect
      answer_.clear();
      return;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return;
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    answer_[name] = std::string(trimmed(line.substr(colon + 1)));
    if (name == "location") check_redirection(answer_[name]);
  }

  void check_redirection(const std::string& to) const {
    const char* from = nullptr;
    curl_easy_getinfo(curl_.get(), CURLINFO_EFFECTIVE_URL, &from);
    if (from == nullptr || !gives_up_encryption(from, to)) return;
    throw Error("the server redirects from https to http, where anyone could change the file")
        .at("{}", url_)
        .expected("a redirection to https")
        .got("{}", printable(to, 200));
  }

  void take(std::string_view piece) {
    if (!out_) start_body();
    if (out_->size() + piece.size() > options_.max_bytes) throw_too_large(0);
    out_->append(piece);
    progress_->update(out_->size() / kProgressUnit);
  }

  std::uint64_t number_in(std::string_view text) const {
    return static_cast<std::uint64_t>(std::max(0LL, parse_integer(trimmed(text)).value_or(0)));
  }

  /// Called with the first bytes of the response, which start or continue the file.
  void start_body() {
    long status = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
    facts_ = {url_, answer_["etag"], answer_["last-modified"], 0};
    std::uint64_t start = 0;
    if (status == 206) {  // Content-Range: bytes FIRST-LAST/LENGTH
      const std::string_view range = answer_["content-range"];
      const auto blank = range.find(' '), dash = range.find('-'), slash = range.find('/');
      if (blank < dash && dash < slash && slash < range.size()) {
        start = number_in(range.substr(blank + 1, dash - blank - 1));
        facts_.length = number_in(range.substr(slash + 1));
      }
      if (start != offset_ || !before_.same_file(facts_)) {
        forget();
        throw Passing("the file on the server has changed since the partial download")
            .at("{}", url_);
      }
      if (facts_.length == 0) facts_.length = before_.length;
    } else {
      facts_.length = number_in(answer_["content-length"]);
    }
    if (facts_.length > options_.max_bytes) throw_too_large(facts_.length);
    start_file(start);
  }

  void start_file(std::uint64_t start) {
    resumed_ = start > 0;
    out_.emplace(partial_, start);
    if (start == 0) facts_.save(facts_file_);
    progress_.emplace("download", facts_.length / kProgressUnit, "kB", start / kProgressUnit);
    if (resumed_) log("download", "resuming at {}", human_bytes(static_cast<double>(start)));
  }

  void forget() const {
    fs::remove(partial_);
    fs::remove(facts_file_);
  }

  [[noreturn]] void throw_too_large(std::uint64_t length) const {
    forget();
    throw Error("the download is larger than allowed")
        .at("{}", url_)
        .expected("at most {}", human_bytes(static_cast<double>(options_.max_bytes)))
        .got("{}", length > 0 ? human_bytes(static_cast<double>(length)) : "more");
  }

  [[noreturn]] void throw_short(const std::string& reason) const {
    throw Passing("the download is incomplete")
        .at("{}", url_)
        .expected("{} bytes", facts_.length > 0 ? human_count(facts_.length) : "all")
        .got("{} bytes: {}", human_count(received()), reason);
  }

  [[noreturn]] void throw_refused() const {
    long status = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
    const auto told = [&](auto error) {
      return error.at("{}", url_).got("HTTP status {}", status);
    };
    const std::string what = "the server refused the request";
    if (status == 416) forget();  // the file on the server is now shorter than the partial file
    constexpr std::array<long, 8> kPassing = {408, 416, 425, 429, 500, 502, 503, 504};
    if (std::find(kPassing.begin(), kPassing.end(), status) != kPassing.end())
      throw told(Passing(what));
    throw told(Error(what));
  }

  [[noreturn]] void throw_failed(CURLcode code) const {
    const std::string reason = reason_[0] == '\0' ? curl_easy_strerror(code) : reason_.data();
    switch (code) {
      case CURLE_PARTIAL_FILE:
      case CURLE_RECV_ERROR:
      case CURLE_SEND_ERROR:
      case CURLE_GOT_NOTHING:
      case CURLE_HTTP2:
      case CURLE_HTTP2_STREAM:
        throw_short(reason);
      case CURLE_OPERATION_TIMEDOUT:
        if (received() > 0) throw_short(reason);
        throw Passing("the server did not respond in time").at("{}", url_).got("{}", reason);
      case CURLE_TOO_MANY_REDIRECTS:
        throw Error("too many redirects").at("{}", url_).got("{}", reason);
      default:
        throw Error("can't download").at("{}", url_).got("{}", reason);
    }
  }

  std::string url_;
  fs::path partial_, facts_file_;
  const DownloadOptions& options_;
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl_;
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers_{nullptr,
                                                                       curl_slist_free_all};
  const std::string agent_ = "wordbridge/" + version();
  std::string range_;
  std::array<char, CURL_ERROR_SIZE> reason_{};
  std::map<std::string, std::string> answer_;  // headers of the last response, names in lower case
  ServedFile before_, facts_;
  std::uint64_t offset_ = 0;
  bool resumed_ = false;
  std::optional<AppendFile> out_;
  std::optional<Progress> progress_;
  std::exception_ptr failure_;
};

void wait(double seconds, const std::string& url) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  while (Clock::now() < end) {
    if (interrupted()) throw Interrupted("stopped while waiting for another attempt").at("{}", url);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

/// Repeats attempts until the partial file is complete. Returns true if the last attempt resumed an
/// existing partial file. Throws Passing if the last attempt fails.
bool try_repeatedly(const std::string& url, const fs::path& target,
                    const DownloadOptions& options) {
  double pause = options.wait_seconds;
  for (std::int64_t attempt = 1;; ++attempt) {
    try {
      Transfer transfer(url, target, options);
      transfer.perform();
      return transfer.resumed();
    } catch (const Passing& error) {
      if (attempt >= options.attempts) throw;
      log_detail("download", fmt::format("{}; attempt {} of {} in {:.1f} s", error.what(),
                                         attempt + 1, options.attempts, pause));
    }
    wait(pause, url);
    pause *= 2;
  }
}

/// Keeps the partial file if a later call can resume it, and removes it otherwise. Returns the
/// bytes kept.
std::uint64_t keep_partial(const fs::path& target) {
  const fs::path partial = beside(target, ".partial"), facts_file = beside(target, ".partial.json");
  std::error_code none;
  const auto size = fs::file_size(partial, none);
  const auto facts = ServedFile::load(facts_file);
  if (!none && size > 0 && facts && facts->can_resume()) return size;
  fs::remove(partial, none);
  fs::remove(facts_file, none);
  return 0;
}

}  // namespace

bool gives_up_encryption(const std::string& from, const std::string& to) {
  return is_encrypted(from) && scheme_of(to) == "http";
}

std::string name_of_url(const std::string& url) {
  const std::string path = url.substr(0, url.find_first_of("?#"));
  const std::string name = path.substr(path.rfind('/') + 1);
  return is_safe_name(name) && name.front() != '.' ? name : "download";
}

bool download(const std::string& url, const fs::path& target, const DownloadOptions& options) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  WB_ASSERT(ready == CURLE_OK);
  const bool had_partial = fs::exists(beside(target, ".partial"));
  bool resumed = false;
  try {
    resumed = try_repeatedly(url, target, options);
  } catch (const Passing& error) {
    Error last = error;
    const auto kept = keep_partial(target);
    if (kept > 0) {
      last.hint("{} attempts; {} bytes are kept: run the same command again to resume",
                options.attempts, human_count(kept));
    } else {
      last.hint("{} attempts; try again later", options.attempts);
    }
    throw last;
  } catch (Interrupted& stopped) {
    const auto kept = keep_partial(target);
    if (kept > 0)
      stopped.hint("{} bytes are kept: run the same command again to resume", human_count(kept));
    throw;
  } catch (...) {
    keep_partial(target);
    throw;
  }
  fs::rename(beside(target, ".partial"), target);
  fs::remove(beside(target, ".partial.json"));
  return had_partial && resumed;
}

}  // namespace wordbridge
