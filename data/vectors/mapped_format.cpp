// wordbridge's own container format (core/io/container.h), memory-mapped instead of copied. The
// words are those of StoredWords, and `rows` are f32 [words, dim], finite. Metadata: `postprocess`,
// the steps that made the vectors, and `odd_words`, if there are any: their number
// and the row of the first (OddWords).
#include <algorithm>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/error.h"
#include "core/index.h"
#include "core/io/container.h"
#include "core/text.h"
#include "data/vectors/parsed_vectors.h"
#include "data/vectors/stored_words.h"
#include "data/vectors/vector_format.h"

namespace wordbridge {
namespace {

constexpr std::string_view kContainerMagic = "WBRIDGE\n";
constexpr const char *kWords = "words", *kRows = "rows", *kOddWords = "odd_words";

bool recognise(const VectorFile& file) {
  return file.content.substr(0, kContainerMagic.size()) == kContainerMagic;
}

/// Shape [words, dim] of the rows.
std::pair<std::int64_t, std::int64_t> shape_of(const ContainerReader& reader, std::int64_t words) {
  const auto& shape = reader.array(kRows).shape;
  if (shape.size() != 2 || shape[0] != words)
    throw Error("the numbers of words and vectors do not match")
        .at("{}", reader.file()->path().string())
        .expected("{} rows", words)
        .got("{}", shape.empty() ? 0 : shape[0]);
  return {shape[0], shape[1]};
}

void check_finite(const float* rows, std::int64_t begin, std::int64_t end, std::int64_t dim,
                  const std::string& path, bool parallel) {
  const auto check = parallel ? first_not_finite_of_all : first_not_finite;
  if (const auto bad = check(rows + begin, end - begin); bad >= 0)
    throw Error("a vector is not finite").at("{}: row {}", path, (begin + bad) / dim + 1);
}

/// The words that the writer counted; `first` is beyond all rows if there were none.
OddWords odd_words_of(const nlohmann::json& meta) {
  const auto found = meta.find(kOddWords);  // the end if this is not an object
  if (found == meta.end() || !found->is_array() || found->size() != 2 ||
      !found->at(0).is_number_unsigned() || !found->at(1).is_number_unsigned())
    return {0, std::numeric_limits<std::int64_t>::max()};
  return {found->at(0).get<std::int64_t>(), found->at(1).get<std::int64_t>()};
}

/// A file whose words are stored with their hash table: nothing else is read before it is used.
EmbeddingTable open(const ContainerReader& reader, const VectorFile& file) {
  const auto words = std::make_shared<const StoredWords>(reader);
  const auto dim = shape_of(reader, words->size()).second;
  const float* rows = reader.f32(kRows);
  const auto pieces = reader.pieces(kRows);
  pieces->also_check([rows, dim, path = file.name()](std::size_t begin, std::size_t end) {
    check_finite(rows, static_cast<std::int64_t>(begin / sizeof(float)),
                 static_cast<std::int64_t>(end / sizeof(float)), dim, path, false);
  });
  const auto verify = [pieces, dim, size = words->size()](std::int64_t begin, std::int64_t end) {
    const std::size_t row_bytes = at(dim) * sizeof(float);
    if (begin == 0 && end == size) return pieces->verify_all();
    pieces->verify(at(begin) * row_bytes, at(end) * row_bytes);
  };
  if (const auto odd = odd_words_of(reader.meta());
      odd.first < (file.limit > 0 ? std::min(file.limit, words->size()) : words->size()))
    warn_of(odd, (*words)[odd.first], file.name());
  return EmbeddingTable(std::shared_ptr<const RowWords>(words), rows, dim, file.name(),
                        reader.file())
      .with_verification(verify)
      .first(file.limit);
}

/// A file without a hash table, which is read as a whole: version 1 of the container.
EmbeddingTable read_whole(const ContainerReader& reader, const VectorFile& file) {
  reader.verify();
  auto words = split(reader.bytes(kWords), '\n');
  const auto [all, dim] = shape_of(reader, static_cast<std::int64_t>(words.size()));
  const std::int64_t size = file.limit > 0 ? std::min(file.limit, all) : all;
  const float* rows = reader.f32(kRows);
  check_finite(rows, 0, size * dim, dim, file.name(), true);
  words.resize(at(size));
  WordList list(words);
  check_words(list, file.name());
  return EmbeddingTable(std::make_shared<const WordIndex>(std::move(list)), rows, dim, file.name(),
                        reader.file());
}

EmbeddingTable read(const VectorFile& file) {
  if (file.is_compressed)
    throw Error("a compressed file of the mapped format can't be read")
        .at("{}", file.name())
        .hint("decompress it first");
  const ContainerReader reader(file.path, "vectors", /*verify=*/false);
  const EmbeddingTable table =
      StoredWords::are_in(reader) ? open(reader, file) : read_whole(reader, file);
  return with_stored_steps(table, reader.meta());
}

void write(const EmbeddingTable& table, const std::filesystem::path& path) {
  WordList list;
  for (std::int64_t i = 0; i < table.size(); ++i) list.add(table.word(i));
  auto meta = nlohmann::json::object();
  if (!table.steps().empty()) meta[kStoredSteps] = with_escaped_bytes(table.steps());
  if (const auto odd = odd_words(list); odd.count > 0) meta[kOddWords] = {odd.count, odd.first};
  const StoredWords::Arrays words(std::move(list));
  ContainerWriter writer("vectors", meta);
  words.add_to(writer);
  writer.add(kRows, DType::f32, {table.size(), table.dim()}, table.data());
  writer.write(path);
}

}  // namespace

VectorFormatInfo describe_mapped_format() {
  return {"wordbridge's own format, memory-mapped", {".wbv"}, "", "\n", recognise, read, write};
}

}  // namespace wordbridge
