// Text format of word2vec and fastText: a header, then lines of a word and its numbers.
#include <fmt/format.h>

#include "core/io/file.h"
#include "data/vectors/text_rows.h"
#include "data/vectors/word2vec_header.h"

namespace wordbridge {
namespace {

bool recognise(const VectorFile& file) {
  return parse_header(text_of(file), file.name()).has_value();
}

EmbeddingTable read(const VectorFile& file) {
  return read_text_rows(file, parse_header(text_of(file), file.name()));
}

void write(const EmbeddingTable& table, const fs::path& path) {
  AtomicFile file(path);
  file.write(fmt::format("{} {}\n", table.size(), table.dim()));
  write_text_rows(table, file);
  file.commit();
}

}  // namespace

VectorFormatInfo describe_text_format() {
  return {"text with a header, as word2vec and fastText write it",
          {".txt", ".vec"},
          "",
          " \t\r\n",
          recognise,
          read,
          write};
}

}  // namespace wordbridge
