// NumPy's .npy (float16, float32, float64; both byte orders; C and Fortran order); the words are in
// a file next to it, one per line.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

#include "core/error.h"
#include "core/io/file.h"
#include "core/text.h"
#include "data/vectors/parsed_vectors.h"
#include "data/vectors/stored_array.h"

namespace wordbridge {
namespace {

constexpr std::string_view kNumpyMagic = "\x93NUMPY", kWordsEnding = ".words";

/// Value of `key` in the header dictionary of an .npy file: a string or tuple with its delimiters,
/// or a name; empty if the key is missing.
std::string_view header_value(std::string_view header, const std::string& key) {
  const std::string quoted = "'" + key + "'";
  std::size_t at = header.find(quoted);
  if (at == header.npos) return {};
  header.remove_prefix(at + quoted.size());
  at = header.find_first_not_of(" \t");
  if (at == header.npos || header[at] != ':') return {};
  at = header.find_first_not_of(" \t", at + 1);
  if (at == header.npos) return {};
  header.remove_prefix(at);
  if (header[0] == '\'' || header[0] == '(') {
    const std::size_t end = header.find(header[0] == '(' ? ')' : '\'', 1);
    return end == header.npos ? std::string_view() : header.substr(0, end + 1);
  }
  return header.substr(0, header.find_first_of(" \t,}"));
}

/// The two numbers of "(rows, columns)".
std::optional<std::pair<std::int64_t, std::int64_t>> matrix_shape(std::string_view shape) {
  if (shape.size() < 2 || shape[0] != '(') return std::nullopt;
  auto fields = split(shape.substr(1, shape.size() - 2), ',');
  if (fields.size() == 3 && trimmed(fields[2]).empty()) fields.pop_back();
  if (fields.size() != 2) return std::nullopt;
  const auto rows = parse_integer(trimmed(fields[0])), dim = parse_integer(trimmed(fields[1]));
  if (!rows || !dim) return std::nullopt;
  return std::pair{*rows, *dim};
}

/// Sets the type and byte order of the array from its type code, such as '<f4'.
void set_type(StoredArray& array, std::string_view code, const std::string& name) {
  constexpr std::array<std::pair<std::string_view, NumberType>, 3> kTypes = {
      {{"f2'", NumberType::f16}, {"f4'", NumberType::f32}, {"f8'", NumberType::f64}}};
  const std::string_view order = code.substr(0, 2);
  const auto* const type = std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& t) {
    return code.size() == 5 && code.substr(2) == t.first;
  });
  if (type == kTypes.end() || (order != "'<" && order != "'>")) {
    throw Error("the array does not contain floating-point numbers")
        .at("{}", name)
        .expected("'<f4', '<f8' or '<f2', or the same with '>'")
        .got("{}", printable(code));
  }
  array.type = type->second;
  array.is_big_endian = order == "'>";
}

/// A list of words with tabs in all of them is read as a table.
bool keeps(std::string_view word, std::int64_t row) {
  return is_kept_by_lines(word, row) && (row > 0 || word.find('\t') == word.npos);
}

StoredArray numpy_array(std::string_view content, const std::string& name) {
  const auto damaged = [&](const std::string& got) {
    return Error("invalid header in the NumPy file").at("{}", name).got("{}", got);
  };
  if (content.size() < 12) throw damaged("only " + std::to_string(content.size()) + " bytes");
  const bool first_version = content[6] == 1;
  const std::size_t start = first_version ? 10 : 12;
  const std::size_t size = first_version ? little_endian<std::uint16_t>(content.substr(8, 2))
                                         : little_endian<std::uint32_t>(content.substr(8, 4));
  if (size > content.size() - start)
    throw damaged("a header that extends beyond the end of the file");
  const std::string_view header = content.substr(start, size);
  StoredArray array;
  array.data = content.substr(start + size);
  set_type(array, header_value(header, "descr"), name);
  array.is_by_columns = header_value(header, "fortran_order") == "True";
  const std::string_view shape = header_value(header, "shape");
  const auto sizes = matrix_shape(shape);
  if (!sizes) {
    throw Error("the array is not a matrix of word vectors")
        .at("{}", name)
        .expected("a two-dimensional array, words x dimensions")
        .got("{}", printable(shape));
  }
  std::tie(array.rows, array.dim) = *sizes;
  return array;
}

bool recognise(const VectorFile& file) {
  return file.content.substr(0, kNumpyMagic.size()) == kNumpyMagic;
}

EmbeddingTable read(const VectorFile& file) {
  const StoredArray array = numpy_array(file.content, file.name());
  return read_array(array, neighbouring_words(file), file);
}

void write(const EmbeddingTable& table, const fs::path& path) {
  std::string header = fmt::format(
      "{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", table.size(), table.dim());
  constexpr std::size_t kBefore = 10, kAlignment = 64;
  header.resize(
      (kBefore + header.size() + 1 + kAlignment - 1) / kAlignment * kAlignment - kBefore - 1, ' ');
  header += '\n';
  AtomicFile file(path);
  const auto size = static_cast<std::uint16_t>(header.size());
  file.write(kNumpyMagic);
  file.write(std::string_view("\x01\x00", 2));
  file.write(&size, sizeof(size));
  file.write(header);
  file.write(table.data(), static_cast<std::size_t>(table.size() * table.dim()) * sizeof(float));
  AtomicFile words(fs::path(path).replace_extension(kWordsEnding));
  for (std::int64_t i = 0; i < table.size(); ++i) {
    words.write(table.word(i));
    words.write("\n");
  }
  commit_together({&words, &file});
}

}  // namespace

VectorFormatInfo describe_numpy_format() {
  return {"NumPy; the words in a second file, .words",
          {".npy"},
          std::string(kWordsEnding),
          "\r\n",
          recognise,
          read,
          write,
          keeps};
}

}  // namespace wordbridge
