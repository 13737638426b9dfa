#include "train/batch_sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <vector>

#include "data/corpus/open_corpus.h"

namespace wordbridge {
namespace {

std::vector<std::int64_t> all_of(const BatchSampler& sampler) {
  std::vector<std::int64_t> order;
  for (std::int64_t i = 0; i < sampler.batches(); ++i) {
    const auto batch = sampler.batch(i);
    order.insert(order.end(), batch.begin(), batch.end());
  }
  return order;
}

TEST(BatchSamplerTest, EachPositionOnceAnEpoch) {
  const BatchSampler sampler({10, 33}, 5, 1, 0);
  EXPECT_EQ(sampler.batches(), 5);
  EXPECT_EQ(sampler.batch(4).size(), 3u);
  auto order = all_of(sampler);
  EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  for (std::size_t i = 0; i < order.size(); ++i)
    EXPECT_EQ(order[i], 10 + static_cast<std::int64_t>(i));
  EXPECT_EQ(order.size(), 23u);
}

TEST(BatchSamplerTest, OrderDependsOnSeedAndEpochAlone) {
  const auto order = [](std::uint64_t seed, std::int64_t epoch) {
    return all_of(BatchSampler({0, 100}, 7, seed, epoch));
  };
  EXPECT_EQ(order(1, 2), order(1, 2));
  EXPECT_NE(order(1, 2), order(1, 3));
  EXPECT_NE(order(1, 2), order(2, 2));
}

TEST(FillContextsTest, NearestFirstAndStartSymbolBeforeTheStream) {
  VocabularyOptions vocabulary;
  vocabulary.min_count = 1;
  vocabulary.count_over = CountOver::all;
  SplitOptions split;
  split.train = 1, split.valid = 0, split.test = 0;
  const Corpus corpus = corpus_from_tokens({"a", "b", "c", "d"}, vocabulary, split);
  const auto id = [&](const char* word) { return corpus.vocabulary().find(word); };
  std::vector<std::int64_t> ids(6), targets(2);
  fill_contexts(corpus, {3, 1}, 3, ids.data(), targets.data());
  EXPECT_EQ(ids, (std::vector<std::int64_t>{id("c"), id("b"), id("a"), id("a"), corpus.start_id(),
                                            corpus.start_id()}));
  EXPECT_EQ(targets, (std::vector<std::int64_t>{id("d"), id("b")}));
}

TEST(BatchSamplerTest, StreamsAreRunsOfConsecutiveItems) {
  using Batches = std::vector<std::vector<std::int64_t>>;
  const auto batches_of = [](std::int64_t count, std::int64_t streams) {
    const auto sampler = BatchSampler::in_streams(count, streams);
    Batches batches;
    for (std::int64_t i = 0; i < sampler.batches(); ++i) batches.push_back(sampler.batch(i));
    return batches;
  };
  EXPECT_EQ(batches_of(7, 3), (Batches{{0, 3, 5}, {1, 4, 6}, {2}}));
  EXPECT_EQ(batches_of(6, 3), (Batches{{0, 2, 4}, {1, 3, 5}}));
  EXPECT_EQ(batches_of(5, 3), (Batches{{0, 2, 4}, {1, 3}}));
  EXPECT_EQ(batches_of(2, 5), (Batches{{0, 1}}));
  EXPECT_EQ(batches_of(3, 1), (Batches{{0}, {1}, {2}}));
}

TEST(SequenceWindowsTest, IdsAndTargetsByHand) {
  std::vector<std::int32_t> stream;
  for (std::int32_t i = 0; i < 12; ++i) stream.push_back(10 + i);
  const SequenceWindows windows({2, 9}, 4, 1);
  EXPECT_EQ(windows.step(), 3);
  EXPECT_EQ(windows.count(), 3);
  EXPECT_EQ(windows.most_shift(), 2);
  std::vector<std::int64_t> ids(12), targets(12);
  windows.fill(stream.data(), 7, {0, 2, 1}, ids.data(), targets.data());
  EXPECT_EQ(ids, (std::vector<std::int64_t>{10, 11, 12, 13, 16, 17, 18, 7, 13, 14, 15, 16}));
  EXPECT_EQ(targets, (std::vector<std::int64_t>{-1, 12, 13, 14, -1, 18, -1, -1, -1, 15, 16, 17}));
  // The beginning of the stream is known by one start word.
  const SequenceWindows first({0, 12}, 6, 4);
  ids.resize(6), targets.resize(6);
  first.fill(stream.data(), 7, {1}, ids.data(), targets.data());
  EXPECT_EQ(ids, (std::vector<std::int64_t>{7, 10, 11, 12, 13, 14}));
  EXPECT_EQ(targets, (std::vector<std::int64_t>{-1, -1, 12, 13, -1, -1}));
}

TEST(SequenceWindowsTest, EachWordIsPredictedOnceAnEpochWithOtherBorders) {
  std::vector<std::int32_t> stream(100);
  for (std::size_t i = 0; i < stream.size(); ++i) stream[i] = static_cast<std::int32_t>(i);
  std::set<std::int64_t> starts;
  for (std::int64_t epoch = 0; epoch < 10; ++epoch) {
    const auto windows = training_windows({20, 83}, {8, 3, 4}, 1, epoch);
    EXPECT_EQ(windows.count(), 13);  // 63 words, 5 in each
    starts.insert(windows.start(0));
    std::vector<std::int64_t> predicted;
    for (std::int64_t i = 0; i < windows.count(); ++i) {
      std::vector<std::int64_t> ids(8), targets(8);
      windows.fill(stream.data(), 0, {i}, ids.data(), targets.data());
      for (std::size_t t = 0; t < 8; ++t)
        if (targets[t] >= 0) {
          predicted.push_back(targets[t]);
          EXPECT_EQ(ids[t], targets[t] - 1);
        }
    }
    std::vector<std::int64_t> all(63);
    std::iota(all.begin(), all.end(), 20);
    EXPECT_EQ(predicted, all) << epoch;
  }
  EXPECT_EQ(starts, (std::set<std::int64_t>{18, 19, 20}));
}

}  // namespace
}  // namespace wordbridge
