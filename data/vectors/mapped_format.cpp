// wordbridge's own container format (core/io/container.h), memory-mapped instead of copied.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/io/container.h"
#include "core/text.h"
#include "data/vectors/parsed_vectors.h"
#include "data/vectors/vector_format.h"

namespace wordbridge {
namespace {

constexpr std::string_view kContainerMagic = "WBRIDGE\n";

bool recognise(const VectorFile& file) {
  return file.content.substr(0, kContainerMagic.size()) == kContainerMagic;
}

EmbeddingTable read(const VectorFile& file) {
  if (file.is_compressed)
    throw Error("a compressed file of the mapped format can't be read")
        .at("{}", file.name())
        .hint("decompress it first");
  const fs::path& path = file.path;
  const ContainerReader reader(path, "vectors");
  const auto& shape = reader.array("rows").shape;
  const float* rows = reader.f32("rows");
  auto words = split(reader.bytes("words"), '\n');
  if (shape.size() != 2 || shape[0] != static_cast<std::int64_t>(words.size()))
    throw Error("the numbers of words and vectors do not match")
        .at("{}", path.string())
        .expected("{} rows", words.size())
        .got("{}", shape.empty() ? 0 : shape[0]);
  const std::int64_t size = file.limit > 0 ? std::min(file.limit, shape[0]) : shape[0];
  if (const auto bad = first_not_finite_of_all(rows, size * shape[1]); bad >= 0)
    throw Error("a vector is not finite").at("{}: row {}", path.string(), bad / shape[1] + 1);
  words.resize(static_cast<std::size_t>(size));
  WordList list(words);
  check_words(list, path.string());
  const EmbeddingTable table(std::make_shared<const WordIndex>(std::move(list)), rows, shape[1],
                             path.string(), reader.file());
  return with_stored_steps(table, reader.meta());
}

void write(const EmbeddingTable& table, const std::filesystem::path& path) {
  std::string words;
  for (std::int64_t i = 0; i < table.size(); ++i) {
    if (i > 0) words += '\n';
    words += table.word(i);
  }
  auto meta = nlohmann::json::object();
  if (!table.steps().empty()) meta[kStoredSteps] = with_escaped_bytes(table.steps());
  ContainerWriter writer("vectors", meta);
  writer.add("words", words);
  writer.add("rows", DType::f32, {table.size(), table.dim()}, table.data());
  writer.write(path);
}

}  // namespace

VectorFormatInfo describe_mapped_format() {
  return {"wordbridge's own format, memory-mapped", {".wbv"}, "", "\n", recognise, read, write};
}

}  // namespace wordbridge
