#include "data/counts/counts_file.h"

#include <algorithm>

#include "core/error.h"
#include "core/index.h"
#include "core/interrupt.h"
#include "core/io/spilled_blocks.h"
#include "core/progress.h"
#include "data/counts/weights.h"

namespace wordbridge {
namespace {

constexpr std::string_view kKind = "counts";

}  // namespace

CountsFile::CountsFile(const fs::path& path, const nlohmann::json& key, std::int64_t cols,
                       std::uint64_t one, const fs::path& scratch)
    : stream_(path, std::string(kKind), {{"key", key}, {"cols", cols}}), sums_(scratch), one_(one) {
  stream_.start("column", DType::i32);
}

void CountsFile::add(const CountedRows& rows) {
  stream_.append(rows.column.data(), rows.column.size() * sizeof(std::int32_t));
  sums_.append(rows.sums.data(), rows.sums.size());
  for (const std::int64_t size : rows.sizes) begin_.push_back(begin_.back() + size);
}

void CountsFile::finish() {
  const std::int64_t nonzeros = begin_.back();
  stream_.end({nonzeros});
  stream_.start("value", DType::f64);
  constexpr std::int64_t kPiece = 1 << 14;
  Progress progress("writing counts", static_cast<std::uint64_t>(nonzeros), "non-zeros");
  NumberReader sums(sums_, 0, sums_.size(), std::size_t{1} << 18);
  std::vector<double> values;
  for (std::int64_t begin = 0; begin < nonzeros; begin += kPiece) {
    if (interrupted()) throw Interrupted("stopped while writing counts");
    values.resize(at(std::min(kPiece, nonzeros - begin)));
    for (double& value : values) value = weight_of(sums.next(), one_);
    stream_.append(values.data(), values.size() * sizeof(double));
    progress.update(static_cast<std::uint64_t>(begin));
  }
  progress.finish();
  stream_.end({nonzeros});
  stream_.start("begin", DType::i64);
  stream_.append(begin_.data(), begin_.size() * sizeof(std::int64_t));
  stream_.end({static_cast<std::int64_t>(begin_.size())});
  stream_.commit(/*flushed=*/false);  // open() verifies it
}

SparseCounts CountsFile::open(const fs::path& path, const nlohmann::json& key, bool verify) {
  const ContainerReader reader(path, kKind, verify);
  if (reader.meta().at("key") != key)
    throw Error("the file has counts of another text or with other options")
        .at("{}", path.string());
  const std::int64_t rows = reader.array("begin").count() - 1;
  const std::int64_t nonzeros = reader.array("column").count();
  const std::int64_t* begin = reader.i64("begin");
  if (rows < 0 || begin[0] != 0 || begin[rows] != nonzeros ||
      reader.array("value").count() != nonzeros)
    throw Error("the file is damaged: its arrays do not agree").at("{}", path.string());
  const auto file = reader.file();
  return {rows,
          reader.meta().at("cols").get<std::int64_t>(),
          {file, begin, rows + 1},
          {file, reader.i32("column"), nonzeros},
          {file, reader.f64("value"), nonzeros}};
}

}  // namespace wordbridge
