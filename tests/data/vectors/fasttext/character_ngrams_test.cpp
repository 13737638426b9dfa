#include "data/vectors/fasttext/character_ngrams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wordbridge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::int32_t> buckets_of(std::string_view word, const CharacterNgrams& ngrams) {
  std::vector<std::int32_t> buckets = {-7};
  character_ngrams(word, ngrams, buckets);
  return buckets;
}

// The program fastText (0.9.2) finds the same rows: `fasttext print-ngrams` of a model with `-minn
// 3 -maxn 3 -bucket 2000000` prints the input rows at these positions after the words' rows.
TEST(CharacterNgrams, TrigramsOfAWord) {
  EXPECT_THAT(buckets_of("where", {3, 3, 2000000}),
              ElementsAre(167652, 420941, 1473420, 1529033, 867498))
      << "<wh whe her ere re>";
  EXPECT_THAT(buckets_of("where", {7, 9, 1000}), ElementsAre(596)) << "<where>";
  EXPECT_THAT(buckets_of("where", {3, 6, 2000000}), SizeIs(5 + 4 + 3 + 2));
}

TEST(CharacterNgrams, LoneMarksAreNone) {
  EXPECT_THAT(buckets_of("aba", {1, 2, 1000}), ElementsAre(750, 220, 946, 77, 708, 220, 806))
      << "<a a ab b ba a a>; no lone < or >, and a appears twice";
  EXPECT_THAT(buckets_of("", {1, 1, 1000}), IsEmpty());
  EXPECT_THAT(buckets_of("", {1, 2, 1000}), SizeIs(1)) << "<> has length 2";
}

TEST(CharacterNgrams, CharactersAreCodePoints) {
  EXPECT_THAT(buckets_of("日本é", {1, 2, 1000}), ElementsAre(687, 749, 409, 417, 189, 777, 781))
      << "<日 日 日本 本 本é é é>";
  // A stray continuation byte belongs to the mark before it, which is still not an n-gram.
  EXPECT_THAT(buckets_of("\xa9", {1, 1, 1000}), IsEmpty());
}

TEST(CharacterNgrams, NoneWithoutBucketsOrLengths) {
  EXPECT_THAT(buckets_of("where", {3, 6, 0}), IsEmpty());
  EXPECT_THAT(buckets_of("where", {0, 0, 1000}), IsEmpty());
  EXPECT_THAT(buckets_of("where", {6, 3, 1000}), IsEmpty());
  EXPECT_THAT(buckets_of("where", {8, 8, 1000}), IsEmpty());
}

}  // namespace
}  // namespace wordbridge
