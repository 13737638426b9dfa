#pragma once

#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace wordbridge {

/// Records the names that appear in a folder and disappear from it (not below it), in order.
class FolderChanges {
 public:
  explicit FolderChanges(const std::filesystem::path& folder)
      : file_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    EXPECT_GE(::inotify_add_watch(file_, folder.c_str(),
                                  IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM),
              0);
  }
  ~FolderChanges() { ::close(file_); }
  FolderChanges(const FolderChanges&) = delete;
  FolderChanges& operator=(const FolderChanges&) = delete;

  /// Since the last call: "+name" and "-name".
  std::vector<std::string> changes() const {
    std::vector<std::string> changes;
    alignas(inotify_event) std::array<char, 1 << 16> buffer{};
    for (;;) {
      const ssize_t size = ::read(file_, buffer.data(), buffer.size());
      if (size <= 0) return changes;
      for (const char* place = buffer.data(); place < buffer.data() + size;) {
        const auto* const event = reinterpret_cast<const inotify_event*>(place);
        const bool appears = (event->mask & (IN_CREATE | IN_MOVED_TO)) != 0;
        if (event->len > 0) changes.push_back((appears ? "+" : "-") + std::string(event->name));
        place += sizeof(inotify_event) + event->len;
      }
    }
  }

 private:
  int file_;
};

}  // namespace wordbridge
