// Text format of word2vec and fastText: a header, then lines of a word and its numbers.
#include <fmt/format.h>

#include "core/io/file.h"
#include "data/vectors/text_form.h"
#include "data/vectors/text_rows.h"
#include "data/vectors/word2vec_header.h"

namespace wordbridge {
namespace {

/// The first line must be a header, not the row of a word that is a number, such as "1984 3" before
/// "king 2".
bool recognise(const VectorFile& file) {
  const std::string_view text = text_of(file);
  const auto header = parse_header(text, file.name());
  return header &&
         (header->dim == 1 || !are_rows_of_one_number(deciding_lines(text.substr(header->bytes))));
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
