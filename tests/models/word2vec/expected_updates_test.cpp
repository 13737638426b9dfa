#include "models/word2vec/expected_updates.h"

#include <gmock/gmock.h>

namespace wordbridge {
namespace {

using testing::ElementsAre;
using testing::FloatNear;

const std::vector<double> kShares = {0.5, 0.3, 0.2}, kNoise = {0.4, 0.4, 0.2};

TEST(ExpectedUpdatesTest, SkipGram) {
  Word2vecOptions options;
  options.window = 5;
  options.negatives = 2;
  // 5 + 1 pairs per word: window sizes from 1 to 5, on both sides.
  const auto updates = expected_updates(options, kShares, kNoise, OutputRows(3), {}, {});
  EXPECT_THAT(updates.words,
              ElementsAre(FloatNear(3.0f, 1e-6f), FloatNear(1.8f, 1e-6f), FloatNear(1.2f, 1e-6f)));
  // 6 (share + 2 noise)
  EXPECT_THAT(updates.contexts,
              ElementsAre(FloatNear(7.8f, 1e-6f), FloatNear(6.6f, 1e-6f), FloatNear(3.6f, 1e-6f)));
  EXPECT_TRUE(updates.ngrams.empty());
  options.window_type = Word2vecOptions::WindowType::fixed;
  EXPECT_NEAR(expected_updates(options, kShares, kNoise, OutputRows(3), {}, {}).words[0], 5, 1e-6);
  options.architecture = Word2vecOptions::Architecture::cbow;
  EXPECT_NEAR(expected_updates(options, kShares, kNoise, OutputRows(3), {}, {}).words[0], 0.5,
              1e-6);
}

TEST(ExpectedUpdatesTest, EveryWordUpdatesTheRootOfATree) {
  Word2vecOptions options;
  options.window = 1;
  options.output = Word2vecOptions::Output::hierarchical;
  const OutputRows tree = OutputRows::tree({5, 3, 2});
  const auto updates = expected_updates(options, kShares, {}, tree, {}, {});
  // 1 + 1 pairs per word; the nodes in the order in which they are built: {1, 2}, then all.
  EXPECT_THAT(updates.contexts, ElementsAre(FloatNear(1.0f, 1e-6f), FloatNear(2.0f, 1e-6f)));
}

TEST(ExpectedUpdatesTest, NgramsAreUpdatedWithTheirWords) {
  Word2vecOptions options;
  options.window = 1;
  CharacterNgrams ngrams;
  ngrams.min_length = ngrams.max_length = 3;
  ngrams.buckets = 1000;
  // "<a>" is the only one of its word; "<b>" is in no other word; "<ab" and "ab>".
  const Subwords parts({"a", "b", "ab"}, ngrams, 6);
  const auto updates = expected_updates(options, kShares, kNoise, OutputRows(3), parts, {});
  float sum = 0;
  for (const float update : updates.ngrams) sum += update;
  EXPECT_EQ(updates.ngrams.size(), 4);
  EXPECT_NEAR(sum, 2 * (0.5 + 0.3 + 2 * 0.2), 1e-6);
}

}  // namespace
}  // namespace wordbridge
