#include "data/counts/cooccurrence.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "core/index.h"
#include "core/io/hash.h"
#include "core/rng.h"
#include "core/threads.h"
#include "data/corpus/open_corpus.h"
#include "data/corpus/subsampling.h"
#include "data/counts/counts_file.h"
#include "data/counts/weights.h"
#include "tests/support/memory.h"
#include "tests/support/temp_folder.h"

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

CountOptions window_of(std::int64_t window, CountWeighting weighting = CountWeighting::flat,
                       bool cross = false) {
  CountOptions options;
  options.window = window;
  options.weighting = weighting;
  options.cross_documents = cross;
  return options;
}

/// Positions that subsampling keeps.
std::vector<std::int64_t> naive_sample(const IdStream& stream, double sample, std::uint64_t seed) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(stream.types), 0), kept;
  for (std::int64_t i = 0; i < stream.tokens; ++i) ++counts[at(stream.ids[i])];
  const std::uint64_t key = Rng(seed, "counts").next();
  for (std::int64_t i = 0; i < stream.tokens; ++i) {
    const double share = used_share(sample, stream.tokens, counts[at(stream.ids[i])]);
    const auto draw = static_cast<double>(mix(key, static_cast<std::uint64_t>(i)) >> 32);
    if (draw < std::floor(share * 4294967296.0)) kept.push_back(i);
  }
  return kept;
}

/// Counts every pair of positions, directly from the definition.
Cells naive_counts(const IdStream& stream, const CountOptions& options, std::uint64_t seed = 0) {
  Cells cells;
  const auto document = [&](std::int64_t position) {
    const auto& starts = stream.documents;
    return std::upper_bound(starts.begin(), starts.end(), position) - starts.begin() - 1;
  };
  const auto kept = naive_sample(stream, options.sample, seed);
  const auto size = static_cast<std::int64_t>(kept.size());
  if (options.context == CountContext::document) {
    for (const std::int64_t i : kept) cells[{stream.ids[i], document(i)}] += 1;
    return cells;
  }
  const std::int64_t limit = options.max_contexts > 0 ? options.max_contexts : stream.types;
  for (std::int64_t i = 0; i < size; ++i) {
    for (std::int64_t j = 0; j < size; ++j) {
      const std::int64_t distance = std::abs(i - j);
      const std::int64_t row = stream.ids[kept[at(i)]];
      std::int64_t column = stream.ids[kept[at(j)]];
      if (distance == 0 || distance > options.window || column >= limit) continue;
      if (!options.cross_documents && document(kept[at(i)]) != document(kept[at(j)])) continue;
      if (options.sides == CountSides::left && j > i) continue;
      if (options.sides == CountSides::right && j < i) continue;
      if (options.sides == CountSides::apart && j > i) column += limit;
      const auto d = static_cast<double>(distance), w = static_cast<double>(options.window);
      cells[{row, column}] += options.weighting == CountWeighting::flat       ? 1.0
                              : options.weighting == CountWeighting::harmonic ? 1 / d
                                                                              : (w - d + 1) / w;
    }
  }
  return cells;
}

void expect_near(const Cells& cells, const Cells& expected, const std::string& label) {
  ASSERT_EQ(cells.size(), expected.size()) << label;
  for (const auto& [cell, value] : expected)
    ASSERT_NEAR(cells.at(cell), value, 1e-9 * value + 1e-9) << label;
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
  const Cells three =
      cells_of(count_cooccurrences(stream_of(ids, 3), window_of(3, CountWeighting::harmonic)));
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

TEST(Cooccurrence, HarmonicSumsAreExact) {
  // a b c a b c a b c: b follows a at distance 1, three times; b precedes a at distance 2, twice.
  const std::vector<std::int32_t> ids = {0, 1, 2, 0, 1, 2, 0, 1, 2};
  const Cells two =
      cells_of(count_cooccurrences(stream_of(ids, 3), window_of(2, CountWeighting::harmonic)));
  EXPECT_EQ(two.at({0, 1}), 4);
  // a a a a, window 3: six pairs, 3 at distance 1, 2 at 2, 1 at 3, each counted from both ends.
  const std::vector<std::int32_t> same = {0, 0, 0, 0};
  const Cells three =
      cells_of(count_cooccurrences(stream_of(same, 1), window_of(3, CountWeighting::harmonic)));
  EXPECT_EQ(three.at({0, 0}), 2 * (3 + 1 + 1.0 / 3));
}

TEST(Cooccurrence, DynamicWindowByHand) {
  const std::vector<std::int32_t> ids = {0, 1, 2, 3};
  const Cells cells =
      cells_of(count_cooccurrences(stream_of(ids, 4), window_of(3, CountWeighting::dynamic)));
  EXPECT_EQ(cells.at({0, 1}), 1);
  EXPECT_EQ(cells.at({0, 2}), 2.0 / 3);
  EXPECT_EQ(cells.at({0, 3}), 1.0 / 3);
}

TEST(Cooccurrence, SidesByHand) {
  const std::vector<std::int32_t> ids = {0, 1, 2};
  CountOptions options = window_of(1);
  options.sides = CountSides::left;
  const Cells left = {{{1, 0}, 1}, {{2, 1}, 1}};
  EXPECT_EQ(cells_of(count_cooccurrences(stream_of(ids, 3), options)), left);
  options.sides = CountSides::right;
  const Cells right = {{{0, 1}, 1}, {{1, 2}, 1}};
  EXPECT_EQ(cells_of(count_cooccurrences(stream_of(ids, 3), options)), right);
  options.sides = CountSides::apart;
  const SparseMatrix apart = count_cooccurrences(stream_of(ids, 3), options);
  EXPECT_EQ(apart.cols, 6);
  const Cells both = {{{0, 4}, 1}, {{1, 0}, 1}, {{1, 5}, 1}, {{2, 1}, 1}};
  EXPECT_EQ(cells_of(apart), both);
}

/// All combinations of the options.
std::vector<CountOptions> all_options() {
  std::vector<CountOptions> all;
  for (const bool cross : {false, true})
    for (const double sample : {0.0, 0.01})
      for (const std::int64_t max_contexts : {0, 17})
        for (const std::int64_t window : {1, 7, 30})
          for (const auto weighting :
               {CountWeighting::flat, CountWeighting::harmonic, CountWeighting::dynamic})
            for (const auto sides :
                 {CountSides::both, CountSides::left, CountSides::right, CountSides::apart}) {
              CountOptions options = window_of(window, weighting, cross);
              options.sample = sample;
              options.max_contexts = max_contexts;
              options.sides = sides;
              all.push_back(options);
            }
  for (const double sample : {0.0, 0.01}) {
    CountOptions options;
    options.context = CountContext::document;
    options.sample = sample;
    all.push_back(options);
  }
  return all;
}

TEST(Cooccurrence, EveryCombinationOfOptionsAgreesWithTheDefinition) {
  const auto ids = random_ids(240, 60);
  const IdStream stream = stream_of(ids, 64, {0, 1, 2, 90, 91, 160});
  set_threads(1);
  std::size_t number = 0;
  for (const CountOptions& options : all_options()) {
    const Cells expected = naive_counts(stream, options, 5);
    // One chunk, chunks shorter than the window, and chunks that end with and within documents.
    for (const std::int64_t chunk_tokens : {0, 13, 89}) {
      CountResources resources;
      resources.chunk_tokens = chunk_tokens;
      const SparseMatrix counts = count_cooccurrences(stream, options, 5, resources);
      const std::string label = fmt::format("combination {}, chunks of {}", number, chunk_tokens);
      EXPECT_EQ(counts.cols, context_columns(stream, options)) << label;
      ASSERT_NO_FATAL_FAILURE(expect_near(cells_of(counts), expected, label));
    }
    ++number;
  }
  set_threads(0);
}

TEST(Cooccurrence, SubsamplingKeepsRareWordsAndDependsOnTheSeed) {
  const auto ids = random_ids(20000, 500);
  const IdStream stream = stream_of(ids, 500);
  CountOptions options = window_of(1);
  options.sides = CountSides::right;
  options.sample = 1e-3;
  const auto sum = [&](std::uint64_t seed) {
    double total = 0;
    for (const double x : count_cooccurrences(stream, options, seed).value) total += x;
    return total;
  };
  EXPECT_EQ(sum(1), static_cast<double>(naive_sample(stream, 1e-3, 1).size()) - 1);
  EXPECT_LT(sum(1), 15000);
  EXPECT_NE(sum(1), sum(2));
}

TEST(Cooccurrence, SameBytesForAnyMemoryAndNumberOfThreads) {
  const TempFolder folder;
  const auto ids = random_ids(12000, 1000);
  const IdStream stream = stream_of(ids, 1000, {0, 100, 5000});
  for (const auto& options :
       {window_of(5, CountWeighting::harmonic), window_of(25, CountWeighting::harmonic)}) {
    std::vector<std::string> files;
    for (const int count : {1, 2, 7}) {
      for (const double memory : {1e12, 150e3, 1e3}) {
        set_threads(count);
        CountResources resources;
        resources.memory = memory;
        resources.folder = folder.path();
        CountsFile file(folder / "counts", {{"text", 1}}, context_columns(stream, options),
                        integer_weights(options).one, folder.path());
        count_cooccurrences(stream, options, 0, resources, file);
        file.finish();
        files.push_back(slurp(folder / "counts"));
      }
    }
    for (const auto& other : files) EXPECT_TRUE(other == files[0]);
  }
  set_threads(0);
}

TEST(Cooccurrence, SubsamplingMayDropEveryToken) {
  const std::vector<std::int32_t> ids = {0, 1, 2, 0, 1, 1, 2, 0};
  for (const auto context : {CountContext::window, CountContext::document}) {
    CountOptions options;
    options.context = context;
    options.sample = 1e-12;
    for (const std::int64_t chunk_tokens : {0, 1}) {
      CountResources resources;
      resources.chunk_tokens = chunk_tokens;
      const SparseMatrix none =
          count_cooccurrences(stream_of(ids, 3, {0, 4}), options, 1, resources);
      EXPECT_EQ(none.rows, 3);
      EXPECT_EQ(none.cols, context == CountContext::window ? 3 : 2);
      EXPECT_TRUE(cells_of(none).empty());
    }
  }
}

TEST(Cooccurrence, MemoryStaysWithinItsLimit) {
  const TempFolder folder;
  const auto ids = random_ids(700000, 20000);
  const IdStream stream = stream_of(ids, 20000);
  const CountOptions options = window_of(10, CountWeighting::harmonic);
  std::vector<double> peaks;
  std::vector<std::string> sums;
  for (const double memory : {16e6, 1e12}) {
    CountResources resources;
    resources.memory = memory;
    resources.folder = folder.path();
    forget_peak_memory();
    const double before = wordbridge::memory("VmRSS");
    CountsFile file(folder / "counts", {}, context_columns(stream, options),
                    integer_weights(options).one, folder.path());
    count_cooccurrences(stream, options, 0, resources, file);
    file.finish();
    peaks.push_back(wordbridge::memory("VmHWM") - before);
    sums.push_back(sha256_of_file(folder / "counts"));
  }
  EXPECT_EQ(sums[0], sums[1]);
  if (!kMemoryIsMeasured) GTEST_SKIP() << "the address sanitizer keeps freed memory";
  EXPECT_LT(peaks[0], 16e6);
  EXPECT_GT(peaks[1], 32e6);
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
  for (const auto sides : {CountSides::left, CountSides::apart}) {
    CountOptions of_sides = window_of(3);
    of_sides.sides = sides;
    of_sides.max_contexts = 300;
    const auto counted = static_cast<double>(count_cooccurrences(stream, of_sides).nonzeros());
    EXPECT_NEAR(expected_nonzeros(stream, of_sides) / counted, 1, 0.15);
  }
  CountOptions options;
  options.context = CountContext::document;
  const auto cells = static_cast<double>(count_cooccurrences(stream, options).nonzeros());
  EXPECT_NEAR(expected_nonzeros(stream, options) / cells, 1, 0.15);
}

}  // namespace
}  // namespace wordbridge
