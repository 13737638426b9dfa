#include "models/alignment/common_space.h"

#include <algorithm>

#include "core/error.h"
#include "core/index.h"
#include "models/alignment/align.h"
#include "models/alignment/prepared_rows.h"
#include "models/alignment/procrustes.h"

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

}  // namespace

std::vector<EmbeddingTable> in_common_space(const std::vector<EmbeddingTable>& tables,
                                            bool center) {
  const auto rows = common_rows(tables);
  std::vector<std::string> words;
  for (const std::int64_t row : rows[0]) words.emplace_back(tables[0].word(row));
  std::vector<PreparedRows> prepared;
  for (std::size_t t = 0; t < tables.size(); ++t)
    prepared.emplace_back(tables[t], rows[t], RowPreparation{true, center, center});
  const auto maps = generalised_procrustes(all_cross_products(prepared)).maps;
  std::vector<EmbeddingTable> mapped;
  for (std::size_t t = 0; t < tables.size(); ++t)
    mapped.emplace_back(words,
                        changed_rows(prepared[t], maps[t].cols(),
                                     [&](std::int64_t, const MatrixXd& block) -> MatrixXd {
                                       return block * maps[t];
                                     }),
                        maps[t].cols(), "common space");
  return mapped;
}

}  // namespace wordbridge
