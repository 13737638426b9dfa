#include "data/counts/cooccurrence.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <utility>

#include "core/rng.h"
#include "core/threads.h"
#include "data/corpus/open_corpus.h"

namespace wordbridge {
namespace {

using Cells = std::map<std::pair<std::int64_t, std::int64_t>, double>;

Cells cells_of(const SparseMatrix& matrix) {
  EXPECT_EQ(matrix.begin.size(), static_cast<std::size_t>(matrix.rows) + 1);
  EXPECT_EQ(matrix.begin.back(), matrix.nonzeros());
  EXPECT_EQ(matrix.column.size(), matrix.value.size());
  Cells cells;
  for (std::size_t i = 0; i < static_cast<std::size_t>(matrix.rows); ++i) {
    for (auto k = static_cast<std::size_t>(matrix.begin[i]);
         k < static_cast<std::size_t>(matrix.begin[i + 1]); ++k) {
      if (static_cast<std::int64_t>(k) > matrix.begin[i]) {
        EXPECT_LT(matrix.column[k - 1], matrix.column[k]);
      }
      EXPECT_GE(matrix.column[k], 0);
      EXPECT_LT(matrix.column[k], matrix.cols);
      cells[{static_cast<std::int64_t>(i), matrix.column[k]}] = matrix.value[k];
    }
  }
  return cells;
}

IdStream stream_of(const std::vector<std::int32_t>& ids, std::int64_t types,
                   std::vector<std::int64_t> documents = {0}) {
  IdStream stream;
  stream.ids = ids.data();
  stream.tokens = static_cast<std::int64_t>(ids.size());
  stream.types = types;
  stream.documents = std::move(documents);
  return stream;
}

CountOptions window_of(std::int64_t window,
                              CountWeighting weighting = CountWeighting::flat,
                              bool cross = false) {
  CountOptions options;
  options.window = window;
  options.weighting = weighting;
  options.cross_documents = cross;
  return options;
}

/// Counts every pair of positions, directly from the definition.
Cells naive_windows(const IdStream& stream, const CountOptions& options) {
  Cells cells;
  const auto document = [&](std::int64_t at) {
    std::size_t number = 0;
    while (number < stream.documents.size() && stream.documents[number] <= at) ++number;
    return number;
  };
  for (std::int64_t i = 0; i < stream.tokens; ++i) {
    for (std::int64_t j = 0; j < stream.tokens; ++j) {
      const std::int64_t distance = std::abs(i - j);
      if (distance == 0 || distance > options.window) continue;
      if (!options.cross_documents && document(i) != document(j)) continue;
      cells[{stream.ids[i], stream.ids[j]}] += options.weighting == CountWeighting::flat
                                                   ? 1.0
                                                   : 1.0 / static_cast<double>(distance);
    }
  }
  return cells;
}

std::vector<std::int32_t> random_ids(std::int64_t tokens, std::int64_t types) {
  Rng rng(3, "test");
  std::vector<std::int32_t> ids(static_cast<std::size_t>(tokens));
  for (auto& id : ids) {
    id = static_cast<std::int32_t>(static_cast<double>(types) * std::pow(rng.uniform(), 3));
  }
  return ids;
}

TEST(Cooccurrence, FlatWindowByHand) {
  // a b c a, two words on each side: a-b at distances 1 and 2, a-c at 2 and 1, b-c at 1.
  const std::vector<std::int32_t> ids = {0, 1, 2, 0};
  const SparseMatrix counts = count_cooccurrences(stream_of(ids, 3), window_of(2));
  EXPECT_EQ(counts.rows, 3);
  EXPECT_EQ(counts.cols, 3);
  const Cells expected = {{{0, 1}, 2}, {{0, 2}, 2}, {{1, 0}, 2},
                          {{1, 2}, 1}, {{2, 0}, 2}, {{2, 1}, 1}};
  EXPECT_EQ(cells_of(counts), expected);
}

TEST(Cooccurrence, HarmonicWindowByHand) {
  const std::vector<std::int32_t> ids = {0, 1, 2, 0};
  const Cells three = cells_of(
      count_cooccurrences(stream_of(ids, 3), window_of(3, CountWeighting::harmonic)));
  // a co-occurs with itself at distance 3, once on each side.
  EXPECT_DOUBLE_EQ(three.at({0, 0}), 2.0 / 3.0);
  EXPECT_DOUBLE_EQ(three.at({0, 1}), 1.0 + 1.0 / 2.0);
  EXPECT_DOUBLE_EQ(three.at({1, 2}), 1.0);
}

TEST(Cooccurrence, WindowsEndWithDocumentsUnlessToldOtherwise) {
  const std::vector<std::int32_t> ids = {0, 1, 2, 3};
  const IdStream stream = stream_of(ids, 4, {0, 2});
  const Cells inside = {{{0, 1}, 1}, {{1, 0}, 1}, {{2, 3}, 1}, {{3, 2}, 1}};
  EXPECT_EQ(cells_of(count_cooccurrences(stream, window_of(1))), inside);
  Cells across = inside;
  across[{1, 2}] = across[{2, 1}] = 1;
  EXPECT_EQ(cells_of(count_cooccurrences(stream, window_of(1, CountWeighting::flat, true))),
            across);
}

TEST(Cooccurrence, DocumentsByHand) {
  const std::vector<std::int32_t> ids = {0, 1, 0, 1, 1, 2};
  CountOptions options;
  options.context = CountContext::document;
  const SparseMatrix counts = count_cooccurrences(stream_of(ids, 3, {0, 3, 5}), options);
  EXPECT_EQ(counts.cols, 3);
  const Cells expected = {{{0, 0}, 2}, {{1, 0}, 1}, {{1, 1}, 2}, {{2, 2}, 1}};
  EXPECT_EQ(cells_of(counts), expected);
}

TEST(Cooccurrence, OnlyTheFirstContexts) {
  const std::vector<std::int32_t> ids = {0, 1, 2, 0};
  CountOptions options = window_of(2);
  options.max_contexts = 1;
  const SparseMatrix counts = count_cooccurrences(stream_of(ids, 3), options);
  EXPECT_EQ(counts.cols, 1);
  const Cells expected = {{{1, 0}, 2}, {{2, 0}, 2}};
  EXPECT_EQ(cells_of(counts), expected);
}

TEST(Cooccurrence, AgreesWithTheDefinitionOnRandomText) {
  const auto ids = random_ids(700, 60);
  const IdStream stream = stream_of(ids, 64, {0, 1, 2, 90, 91, 400});
  for (const bool cross : {false, true}) {
    const auto flat = window_of(4, CountWeighting::flat, cross);
    EXPECT_EQ(cells_of(count_cooccurrences(stream, flat)), naive_windows(stream, flat));
    const auto harmonic = window_of(7, CountWeighting::harmonic, cross);
    const Cells cells = cells_of(count_cooccurrences(stream, harmonic));
    const Cells expected = naive_windows(stream, harmonic);
    ASSERT_EQ(cells.size(), expected.size());
    for (const auto& [cell, value] : expected) EXPECT_NEAR(cells.at(cell), value, 1e-12);
  }
}

TEST(Cooccurrence, SameBitsOnAnyNumberOfThreads) {
  const auto ids = random_ids(50000, 3000);
  const IdStream stream = stream_of(ids, 3000, {0, 100, 20000});
  std::vector<SparseMatrix> counts;
  for (const int count : {1, 2, 7}) {
    set_threads(count);
    counts.push_back(count_cooccurrences(stream, window_of(5, CountWeighting::harmonic)));
  }
  set_threads(0);
  for (const SparseMatrix& other : counts) {
    EXPECT_EQ(other.begin, counts[0].begin);
    EXPECT_EQ(other.column, counts[0].column);
    EXPECT_EQ(other.value, counts[0].value);
  }
}

TEST(Cooccurrence, CountsTheTrainingSplitOnly) {
  const std::vector<std::string> tokens = {"a", "b", "a", "b", "c", "a", "b", "a", "c", "c"};
  VocabularyOptions vocabulary;
  vocabulary.min_count = 1;
  vocabulary.count_over = CountOver::all;
  SplitOptions split;
  split.by = SplitBy::tokens;
  split.train = 4;
  split.valid = 3;
  split.test = 3;
  const Corpus corpus = corpus_from_tokens(tokens, vocabulary, split);
  const IdStream stream = training_stream(corpus);
  EXPECT_EQ(stream.tokens, 4);
  EXPECT_EQ(stream.documents, std::vector<std::int64_t>{0});
  const auto a = corpus.vocabulary().find("a"), b = corpus.vocabulary().find("b");
  const Cells expected = {{{a, b}, 3}, {{b, a}, 3}};
  EXPECT_EQ(cells_of(count_cooccurrences(stream, window_of(1))), expected);
}

TEST(Cooccurrence, ExpectedNonzerosAreOfTheRightSize) {
  const auto ids = random_ids(100000, 4000);
  const IdStream stream = stream_of(ids, 4000, {0, 10000, 50000, 60000});
  const auto windows = static_cast<double>(count_cooccurrences(stream, window_of(3)).nonzeros());
  EXPECT_NEAR(expected_nonzeros(stream, window_of(3)) / windows, 1, 0.15);
  CountOptions options;
  options.context = CountContext::document;
  const auto cells = static_cast<double>(count_cooccurrences(stream, options).nonzeros());
  EXPECT_NEAR(expected_nonzeros(stream, options) / cells, 1, 0.15);
}

}  // namespace
}  // namespace wordbridge
