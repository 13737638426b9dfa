#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace wordbridge {

/// A client's request, with header names in lower case.
struct HttpRequest {
  std::string path;
  std::map<std::string, std::string> headers;
};

/// The server's side of a connection to a client.
class HttpConnection {
 public:
  HttpConnection(int socket, const std::atomic<bool>& stopping)
      : socket_(socket), stopping_(stopping) {}

  /// Returns false if the client has disconnected.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  void head(const std::string& status, const std::string& headers) const {
    send("HTTP/1.1 " + status + "\r\n" + headers + "Connection: close\r\n\r\n");
  }
  /// Sends nothing more and waits until the client disconnects.
  void stall() const {
    pollfd waited{socket_, POLLRDHUP, 0};
    while (!stopping_ && ::poll(&waited, 1, 20) == 0) {
    }
  }

 private:
  int socket_;
  const std::atomic<bool>& stopping_;
};

/// HTTP server on 127.0.0.1 that answers each request with a function supplied by the test, one
/// connection at a time.
class LoopbackServer {
 public:
  using Answer = std::function<void(const HttpConnection&, const HttpRequest&)>;

  explicit LoopbackServer(Answer answer) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, generic, &size) != 0)
      throw std::runtime_error("can't listen on 127.0.0.1");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~LoopbackServer() { stop(); }
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  /// Stops the server: further connections are refused.
  void stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
    if (listener_ >= 0) ::close(std::exchange(listener_, -1));
  }

  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  std::vector<HttpRequest> requests() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return requests_;
  }

 private:
  void serve() {
    while (!stopping_) {
      pollfd waited{listener_, POLLIN, 0};
      if (::poll(&waited, 1, 20) <= 0) continue;
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) continue;
      const HttpRequest request = read_request(client);
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        requests_.push_back(request);
      }
      answer_(HttpConnection(client, stopping_), request);
      ::shutdown(client, SHUT_WR);
      ::close(client);
    }
  }

  HttpRequest read_request(int client) const {
    std::string text;
    char buffer[4096];
    while (text.find("\r\n\r\n") == std::string::npos) {
      const ssize_t count = ::recv(client, buffer, sizeof buffer, 0);
      if (count <= 0) return {};
      text.append(buffer, static_cast<std::size_t>(count));
    }
    HttpRequest request;
    const auto first = text.find(' ');
    request.path = text.substr(first + 1, text.find(' ', first + 1) - first - 1);
    for (std::size_t at = text.find("\r\n") + 2; text.compare(at, 2, "\r\n") != 0;) {
      const std::size_t end = text.find("\r\n", at), colon = text.find(':', at);
      std::string name = text.substr(at, colon - at);
      std::transform(name.begin(), name.end(), name.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
      request.headers[name] = text.substr(colon + 2, end - colon - 2);
      at = end + 2;
    }
    return request;
  }

  Answer answer_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::vector<HttpRequest> requests_;
  std::thread thread_;
};

/// Responds like a regular server: ranges, If-Range, a strong ETag. `limit`: number of bytes of the
/// body after which the response is aborted.
inline void serve_file(const HttpConnection& connection, const HttpRequest& request,
                       const std::string& body, const std::string& etag,
                       std::size_t limit = std::string::npos) {
  std::size_t begin = 0;
  const auto range = request.headers.find("range");
  const auto condition = request.headers.find("if-range");
  if (range != request.headers.end() &&
      (condition == request.headers.end() || condition->second == etag))
    begin = std::stoul(range->second.substr(range->second.find('=') + 1));
  std::string headers =
      "ETag: " + etag + "\r\nContent-Length: " + std::to_string(body.size() - begin) + "\r\n";
  if (begin > 0)
    headers += "Content-Range: bytes " + std::to_string(begin) + "-" +
               std::to_string(body.size() - 1) + "/" + std::to_string(body.size()) + "\r\n";
  connection.head(begin > 0 ? "206 Partial Content" : "200 OK", headers);
  connection.send(std::string_view(body).substr(begin, limit));
}

}  // namespace wordbridge
