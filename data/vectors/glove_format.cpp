// GloVe's text format: lines of a word and its numbers, without a header.
#include <optional>
#include <string_view>

#include "core/error.h"
#include "core/io/file.h"
#include "data/vectors/parsed_vectors.h"
#include "data/vectors/text_rows.h"

namespace wordbridge {
namespace {

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

/// Error if the file is of a kind that is often taken for vectors.
void refuse_others(const VectorFile& file) {
  const std::string_view content = file.content;
  const Error error = Error("the file contains no word vectors").at("{}", file.name());
  // A pickle of protocol 2 to 5. The classes of its first objects are named near the start.
  constexpr std::size_t kStart = 4096;
  if (content.size() > 2 && content[0] == '\x80' && content[1] >= 2 && content[1] <= 5) {
    const bool is_gensim = content.substr(0, kStart).find("gensim.models") != content.npos;
    throw Error(error)
        .got("{}", is_gensim ? "a model or vectors saved by gensim's save(), a Python pickle"
                             : "a Python pickle")
        .hint("{}", is_gensim
                        ? "load it in gensim and save model.wv.save_word2vec_format(FILE) instead; "
                          "for KeyedVectors, vectors.save_word2vec_format(FILE)"
                        : "load it in Python and save numpy.save(FILE, array) and the words in "
                          "FILE's name with .words, one per line");
  }
  // Its first pieces include the unknown one.
  constexpr std::size_t kFirstPieces = 200;
  const std::string_view start = content.substr(0, kFirstPieces);
  const bool is_model = starts_with(start, "\n") && start.find("\n\x05<unk>\x15") != start.npos;
  const bool is_list = starts_with(start, "<unk>\t0\n") || start.find("\n<unk>\t0\n") != start.npos;
  if (is_model || is_list)
    throw Error(error)
        .got("{} of sentencepiece", is_model ? "a model" : "the vocabulary")
        .hint(
            "it holds pieces of words and their log-probabilities; vectors trained on them are in "
            "a "
            "file of their own");
}

/// Accepts any other file that no format recognises; read() reports what is wrong with it.
bool recognise(const VectorFile& file) {
  refuse_others(file);
  return true;
}

EmbeddingTable read(const VectorFile& file) { return read_text_rows(file, std::nullopt); }

void write(const EmbeddingTable& table, const fs::path& path) {
  AtomicFile file(path);
  write_text_rows(table, file);
  file.commit();
}

}  // namespace

VectorFormatInfo describe_glove_format() {
  return {"text without a header, as GloVe writes it",
          {},
          "",
          " \t\r\n",
          recognise,
          read,
          write,
          is_kept_by_lines,
          text_rows};
}

}  // namespace wordbridge
