// GloVe's text format: lines of a word and its numbers, without a header.
#include <optional>

#include "core/io/file.h"
#include "data/vectors/text_rows.h"

namespace wordbridge {
namespace {

/// Accepts any file that no other format recognises; read() reports what is wrong with it.
bool recognise(const VectorFile& /*file*/) { return true; }

EmbeddingTable read(const VectorFile& file) { return read_text_rows(file, std::nullopt); }

void write(const EmbeddingTable& table, const fs::path& path) {
  AtomicFile file(path);
  write_text_rows(table, file);
  file.commit();
}

}  // namespace

VectorFormatInfo describe_glove_format() {
  return {"text without a header, as GloVe writes it", {}, "", " \t\r\n", recognise, read, write};
}

}  // namespace wordbridge
