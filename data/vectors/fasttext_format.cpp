// Models of the program fastText. Here they are only read as vectors; fasttext/write_model.cpp
// writes complete models.
#include "data/vectors/fasttext/fasttext_vectors.h"

namespace wordbridge {
namespace {

bool recognise(const VectorFile& file) { return is_fasttext(file.content); }

}  // namespace

VectorFormatInfo describe_fasttext_format() {
  return {"fastText models", {}, "", "", recognise, read_fasttext_vectors, nullptr};
}

}  // namespace wordbridge
