#include "data/text/text_in_memory.h"

#include "core/io/hash.h"
#include "core/json.h"

namespace wordbridge {

bool TextInMemory::next(Document& document) {
  if (begun_) return false;
  begun_ = true;
  document = {name_, Document::Part::any};
  return true;
}

std::size_t TextInMemory::read(char* buffer, std::size_t size) {
  const std::size_t copied = text_.copy(buffer, size, read_);
  read_ += copied;
  return copied;
}

std::string TextInMemory::identity() const {
  return json_text(
      nlohmann::json{{"reader", "memory"}, {"name", name_}, {"sha256", sha256(text_)}});
}

}  // namespace wordbridge
