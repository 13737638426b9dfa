#include "eval/neighbors/shared_vocabulary.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/error.h"

namespace wordbridge {

std::vector<EmbeddingTable> with_shared_words(const std::vector<EmbeddingTable>& tables) {
  std::vector<std::string> words;
  for (std::int64_t i = 0; i < tables.front().size(); ++i) {
    const auto word = tables.front().word(i);
    const auto has_word = [&](const EmbeddingTable& table) { return table.find(word) >= 0; };
    if (std::all_of(tables.begin(), tables.end(), has_word)) words.emplace_back(word);
  }
  if (words.empty())
    throw Error("the vectors have no words in common").at("{} and others", tables.front().origin());
  std::vector<EmbeddingTable> shared;
  for (const auto& table : tables) {
    std::vector<float> rows;
    rows.reserve(words.size() * static_cast<std::size_t>(table.dim()));
    for (const auto& word : words) {
      const float* const row = table.row(table.find(word));
      rows.insert(rows.end(), row, row + table.dim());
    }
    shared.emplace_back(words, std::move(rows), table.dim(), table.origin());
  }
  return shared;
}

}  // namespace wordbridge
