#include "models/alignment/common_space.h"

#include <algorithm>

#include "core/error.h"
#include "core/index.h"
#include "core/threads.h"
#include "models/alignment/align.h"
#include "models/alignment/procrustes.h"
#include "models/alignment/word_rows.h"

namespace wordbridge {
namespace {

using Eigen::MatrixXd;

/// Rows of the common words: [tables][words].
std::vector<std::vector<std::int64_t>> common_rows(const std::vector<EmbeddingTable>& tables) {
  std::vector<std::vector<std::int64_t>> known, rows(tables.size());
  for (const auto& table : tables) known.push_back(alignable_rows(table));
  for (std::int64_t i = 0; i < tables[0].size(); ++i) {
    std::vector<std::int64_t> found;
    for (std::size_t t = 0; t < tables.size(); ++t) {
      const std::int64_t row = tables[t].find(tables[0].word(i));
      if (row < 0 || known[t][at(row)] < 0) break;
      found.push_back(row);
    }
    if (found.size() < tables.size()) continue;
    for (std::size_t t = 0; t < tables.size(); ++t) rows[t].push_back(found[t]);
  }
  if (rows[0].empty())
    throw Error("the tables have no word in common")
        .at("{} and others", tables[0].origin())
        .expected("words with a vector other than zero in each of {} tables", tables.size());
  return rows;
}

EmbeddingTable mapped_words(const WordRows& rows, const MatrixXd& map,
                            const std::vector<std::string>& words) {
  const std::int64_t dim = map.cols();
  std::vector<float> values(at(rows.size() * dim));
  constexpr std::int64_t kBlock = 256;
  for_each_range(rows.size(), kBlock, [&](std::int64_t begin, std::int64_t end) {
    const MatrixXd mapped = rows.block(begin, end - begin) * map;
    for (std::int64_t i = begin; i < end; ++i)
      Eigen::Map<Eigen::RowVectorXf>(values.data() + i * dim, dim) =
          mapped.row(i - begin).cast<float>();
  });
  return {words, std::move(values), dim, "common space"};
}

}  // namespace

std::vector<EmbeddingTable> in_common_space(const std::vector<EmbeddingTable>& tables,
                                            bool center) {
  const auto rows = common_rows(tables);
  std::vector<std::string> words;
  for (const std::int64_t row : rows[0]) words.emplace_back(tables[0].word(row));
  std::vector<WordRows> prepared;
  for (std::size_t t = 0; t < tables.size(); ++t)
    prepared.emplace_back(tables[t], rows[t], RowPreparation{true, center, center});
  const auto maps = generalised_procrustes(all_cross_products(prepared)).maps;
  std::vector<EmbeddingTable> mapped;
  for (std::size_t t = 0; t < tables.size(); ++t)
    mapped.push_back(mapped_words(prepared[t], maps[t], words));
  return mapped;
}

}  // namespace wordbridge
