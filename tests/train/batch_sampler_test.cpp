#include "train/batch_sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

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

}  // namespace
}  // namespace wordbridge
