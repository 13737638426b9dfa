#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "data/text/text_source.h"

namespace wordbridge {

/// A single document whose text is in memory.
class TextInMemory : public TextSource {
 public:
  TextInMemory(std::string name, std::string text)
      : name_(std::move(name)), text_(std::move(text)) {}

  bool next(Document& document) override;
  std::size_t read(char* buffer, std::size_t size) override;
  std::uint64_t bytes() const override { return text_.size(); }
  std::uint64_t bytes_read() const override { return read_; }
  std::uint64_t text_bytes() const override { return text_.size(); }
  std::string identity() const override;

 private:
  std::string name_, text_;
  bool begun_ = false;
  std::size_t read_ = 0;
};

}  // namespace wordbridge
