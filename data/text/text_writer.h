#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

namespace wordbridge {

/// A text file that is written atomically, and compressed if its name ends in .gz. The same text
/// always produces the same bytes.
class TextWriter {
 public:
  explicit TextWriter(const std::filesystem::path& path);
  ~TextWriter();
  TextWriter(const TextWriter&) = delete;
  TextWriter& operator=(const TextWriter&) = delete;

  void write(std::string_view text);
  void commit();

 private:
  struct Packer;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace wordbridge
