#include "data/embedding_table.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "core/error.h"
#include "core/text.h"

namespace wordbridge {

/// Shared by all views of a table; the keys of `rows` are views of `texts`.
struct EmbeddingTable::Words {
  std::vector<std::string> texts;
  std::unordered_map<std::string_view, std::int64_t> rows;
};

EmbeddingTable::EmbeddingTable(std::vector<std::string> words, const float* rows, std::int64_t dim,
                               std::string origin, std::shared_ptr<const void> keeper)
    : keeper_(std::move(keeper)),
      rows_(rows),
      size_(static_cast<std::int64_t>(words.size())),
      dim_(dim),
      origin_(std::move(origin)) {
  if (dim < 1)
    throw Error("word vectors need at least one dimension").at("{}", origin_).got("{}", dim);
  auto index = std::make_shared<Words>();
  index->texts = std::move(words);
  index->rows.reserve(index->texts.size());
  for (std::int64_t i = 0; i < size_; ++i) {
    const auto [found, is_new] = index->rows.emplace(index->texts[static_cast<std::size_t>(i)], i);
    if (!is_new)
      throw Error("a word has two vectors")
          .at("{}: rows {} and {}", origin_, found->second + 1, i + 1)
          .expected("each word once")
          .got("'{}' twice", printable(found->first));
  }
  words_ = std::move(index);
}

EmbeddingTable::EmbeddingTable(std::vector<std::string> words, std::vector<float> rows,
                               std::int64_t dim, std::string origin)
    : EmbeddingTable(std::move(words), nullptr, dim, std::move(origin), nullptr) {
  if (static_cast<std::int64_t>(rows.size()) != size_ * dim_)
    throw Error("words and vectors do not agree")
        .at("{}", origin_)
        .expected("{} words x {} dimensions", size_, dim_)
        .got("{} numbers", rows.size());
  const auto owned = std::make_shared<const std::vector<float>>(std::move(rows));
  rows_ = owned->data();
  keeper_ = owned;
}

std::string_view EmbeddingTable::word(std::int64_t index) const {
  return words_->texts[static_cast<std::size_t>(index)];
}

std::int64_t EmbeddingTable::find(std::string_view word) const {
  const auto found = words_->rows.find(word);
  // A shorter view shares the words of the whole table.
  return found == words_->rows.end() || found->second >= size_ ? -1 : found->second;
}

EmbeddingTable EmbeddingTable::first(std::int64_t limit) const {
  EmbeddingTable view = *this;
  if (limit > 0) view.size_ = std::min(limit, size_);
  return view;
}

EmbeddingTable EmbeddingTable::with_rows(std::vector<float> rows, std::int64_t dim,
                                         std::string origin) const {
  WB_ASSERT(dim >= 1 && static_cast<std::int64_t>(rows.size()) == size_ * dim,
            "{} words x {} dimensions, {} numbers", size_, dim, rows.size());
  EmbeddingTable table = *this;
  const auto owned = std::make_shared<const std::vector<float>>(std::move(rows));
  table.rows_ = owned->data();
  table.keeper_ = owned;
  table.dim_ = dim;
  table.origin_ = std::move(origin);
  return table;
}

}  // namespace wordbridge
