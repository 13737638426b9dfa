#include "data/vectors/embedding_table.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/text.h"

namespace wordbridge {

EmbeddingTable::EmbeddingTable(std::shared_ptr<const RowWords> words, const float* rows,
                               std::int64_t dim, std::string origin,
                               std::shared_ptr<const void> keeper)
    : words_(std::move(words)),
      keeper_(std::move(keeper)),
      rows_(rows),
      size_(words_->size()),
      dim_(dim),
      origin_(std::move(origin)) {
  if (dim < 1)
    throw Error("word vectors need at least one dimension").at("{}", origin_).got("{}", dim);
}

EmbeddingTable::EmbeddingTable(std::shared_ptr<const WordIndex> words, const float* rows,
                               std::int64_t dim, std::string origin,
                               std::shared_ptr<const void> keeper)
    : EmbeddingTable(std::shared_ptr<const RowWords>(words), rows, dim, std::move(origin),
                     std::move(keeper)) {
  if (words->repeated().empty()) return;
  const std::int64_t row = words->repeated().front();
  throw Error("a word has two vectors")
      .at("{}: rows {} and {}", origin_, words->find(word(row)) + 1, row + 1)
      .expected("each word once")
      .got("'{}' twice", printable(word(row)));
}

EmbeddingTable::EmbeddingTable(std::vector<std::string> words, const float* rows, std::int64_t dim,
                               std::string origin, std::shared_ptr<const void> keeper)
    : EmbeddingTable(std::make_shared<const WordIndex>(WordList(words)), rows, dim,
                     std::move(origin), std::move(keeper)) {}

EmbeddingTable::EmbeddingTable(std::vector<std::string> words, std::vector<float> rows,
                               std::int64_t dim, std::string origin)
    : EmbeddingTable(std::move(words), nullptr, dim, std::move(origin), nullptr) {
  if (static_cast<std::int64_t>(rows.size()) != size_ * dim_)
    throw Error("the numbers of words and vectors do not match")
        .at("{}", origin_)
        .expected("{} words x {} dimensions", size_, dim_)
        .got("{} numbers", rows.size());
  const auto owned = std::make_shared<const std::vector<float>>(std::move(rows));
  rows_ = owned->data();
  keeper_ = owned;
}

std::string_view EmbeddingTable::word(std::int64_t index) const { return (*words_)[index]; }

std::int64_t EmbeddingTable::find(std::string_view word) const {
  const std::int64_t row = words_->find(word);
  // A view of the first rows shares the words of the full table.
  return row < size_ ? row : -1;
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
  table.unseen_ = nullptr;  // its vectors do not match the new rows
  table.verify_rows_ = nullptr;
  return table;
}

EmbeddingTable EmbeddingTable::with_steps(const std::string& steps) const {
  EmbeddingTable table = *this;
  if (steps.empty()) return table;
  table.origin_ += ", " + steps;
  table.steps_ += (table.steps_.empty() ? "" : ",") + steps;
  return table;
}

void EmbeddingTable::verify(std::int64_t begin, std::int64_t end) const {
  if (verify_rows_) verify_rows_(begin, end);
}

void EmbeddingTable::verify() const {
  words_->verify();
  verify(0, size_);
}

const float* EmbeddingTable::verified_row(std::int64_t index) const {
  verify(index, index + 1);
  return row(index);
}

EmbeddingTable EmbeddingTable::with_verification(VerifyRows verify) const {
  EmbeddingTable table = *this;
  table.verify_rows_ = std::move(verify);
  return table;
}

EmbeddingTable EmbeddingTable::with_unseen(std::shared_ptr<const SubwordVectors> unseen) const {
  EmbeddingTable table = *this;
  table.unseen_ = std::move(unseen);
  return table;
}

}  // namespace wordbridge
