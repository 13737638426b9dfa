#pragma once

#include <curl/curl.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {

/// Headless Chromium, controlled through chromedriver with the W3C WebDriver protocol.
class WebDriver {
 public:
  using json = nlohmann::json;

  /// Returns the path of a program in $PATH, or an empty string if it is not found.
  static std::string find_program(const std::string& name) {
    const char* const path = std::getenv("PATH");
    std::string folders = path != nullptr ? path : "";
    for (std::size_t begin = 0; begin <= folders.size();) {
      const auto end = std::min(folders.find(':', begin), folders.size());
      const auto file = std::filesystem::path(folders.substr(begin, end - begin)) / name;
      if (::access(file.c_str(), X_OK) == 0) return file.string();
      begin = end + 1;
    }
    return {};
  }
  static bool is_available() {
    return !find_program("chromedriver").empty() && !find_program("chromium").empty();
  }

  WebDriver(int width, int height) {
    // Port 0: chromedriver chooses a free port and prints it.
    ProcessOptions options;
    options.folder = folder_.path();
    options.output_path = folder_.write("driver.txt", "");
    options.environment["TMPDIR"] = folder_.path().string();  // the browser leaves folders behind
    driver_ = std::make_unique<Process>(
        std::vector<std::string>{find_program("chromedriver"), "--port=0"}, options);
    base_ = "http://127.0.0.1:" + port();
    const std::string profile = (folder_ / "profile").string();
    const json chromium = {
        {"binary", find_program("chromium")},
        {"args",
         {"--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
          "--disable-background-networking", "--disable-component-update", "--disable-sync",
          "--disable-dev-shm-usage", "--user-data-dir=" + profile}}};
    const json wanted = {{"browserName", "chrome"},
                         {"goog:loggingPrefs", {{"browser", "ALL"}, {"performance", "ALL"}}},
                         {"goog:chromeOptions", chromium}};
    session_ =
        "/session/" + post("/session", {{"capabilities", {{"alwaysMatch", wanted}}}})["sessionId"]
                          .get<std::string>();
    resize(width, height);
    open("about:blank");  // replaces the browser's start page; its requests are discarded
    log("performance");
  }
  ~WebDriver() {
    try {
      if (!session_.empty()) request("DELETE", session_, {});
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
    driver_->send(SIGTERM);
    driver_->wait();
  }
  WebDriver(const WebDriver&) = delete;
  WebDriver& operator=(const WebDriver&) = delete;

  /// Sets the exact size of the page's viewport.
  void resize(int width, int height) {
    command("Emulation.setDeviceMetricsOverride",
            {{"width", width}, {"height", height}, {"deviceScaleFactor", 1}, {"mobile", false}});
  }
  void open(const std::string& url) { post(session_ + "/url", {{"url", url}}); }
  /// Runs the body of a JavaScript function and returns its value.
  json run(const std::string& script) {
    return post(session_ + "/execute/sync", {{"script", script}, {"args", json::array()}});
  }
  /// Returns the log entries since the last call. "browser": the console; "performance": the
  /// browser's events.
  json log(const std::string& type) { return post(session_ + "/se/log", {{"type", type}}); }
  void command(const std::string& name, const json& parameters) {
    post(session_ + "/goog/cdp/execute", {{"cmd", name}, {"params", parameters}});
  }

  /// Moves the mouse pointer to a position in the window, then performs the actions in `more`
  /// (pointerDown, pointerUp).
  void point(double x, double y, const std::vector<std::string>& more = {}) {
    json steps = {{{"type", "pointerMove"},
                   {"duration", 0},
                   {"x", static_cast<int>(x)},
                   {"y", static_cast<int>(y)}}};
    for (const auto& type : more) steps.push_back({{"type", type}, {"button", 0}});
    post(session_ + "/actions", {{"actions",
                                  {{{"type", "pointer"},
                                    {"id", "mouse"},
                                    {"parameters", {{"pointerType", "mouse"}}},
                                    {"actions", steps}}}}});
  }
  /// Sends key strokes to the element that a CSS selector matches.
  void type(const std::string& css, const std::string& text) {
    const json element = post(session_ + "/element", {{"using", "css selector"}, {"value", css}});
    post(session_ + "/element/" + element.begin()->get<std::string>() + "/value", {{"text", text}});
  }

 private:
  /// Reads the port from the line "ChromeDriver was started successfully on port 41234."
  std::string port() {
    const std::string before = "on port ";
    for (int i = 0; i < 300; ++i) {
      const std::string said = slurp(folder_ / "driver.txt");
      const auto at = said.rfind(before), end = said.find('.', at);
      if (at != said.npos && end != said.npos && said[at + before.size()] != '0')
        return said.substr(at + before.size(), end - at - before.size());
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    throw std::runtime_error("chromedriver did not start: " + slurp(folder_ / "driver.txt"));
  }

  json post(const std::string& path, const json& body) { return request("POST", path, body); }

  json request(const std::string& method, const std::string& path, const json& body) {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                   &curl_easy_cleanup);
    const std::string url = base_ + path, sent = body.dump();
    std::string answer;
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, method.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, 120L);
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(
        curl_slist_append(nullptr, "Content-Type: application/json"), &curl_slist_free_all);
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    if (method == "POST") curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, sent.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(
        curl.get(), CURLOPT_WRITEFUNCTION,
        +[](char* data, std::size_t size, std::size_t count, void* to) {
          static_cast<std::string*>(to)->append(data, size * count);
          return size * count;
        });
    const CURLcode code = curl_easy_perform(curl.get());
    if (code != CURLE_OK) throw std::runtime_error(url + ": " + curl_easy_strerror(code));
    json value = json::parse(answer).at("value");
    if (value.is_object() && value.contains("error"))
      throw std::runtime_error(method + " " + path + " " + sent + ": " + value.dump());
    return value;
  }

  const TempFolder folder_;
  std::unique_ptr<Process> driver_;
  std::string base_, session_;
};

}  // namespace wordbridge
