#include "eval/neighbors/overlap.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/error.h"
#include "core/rng.h"
#include "core/threads.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

EmbeddingTable table_of(const std::vector<std::string>& words, const std::vector<float>& rows) {
  return EmbeddingTable(words, rows, static_cast<std::int64_t>(rows.size() / words.size()), "test");
}

/// Points on the circle: a 0, b 10, c 100, d 120 degrees in the first table; a 0, b 10, c 15, d 170
/// in the second. Nearest neighbours of a, b, c, d: b, a, d, c in the first; b, c, b, c in the
/// second (b is nearer to c, 5 degrees, than to a).
TEST(OverlapTest, ByHand) {
  const auto one = table_of({"a", "b", "c", "d"}, {1, 0, .985f, .174f, -.174f, .985f, -.5f, .866f});
  const auto other =
      table_of({"x", "d", "c", "b", "a"}, {1, 1, -.985f, .174f, .966f, .259f, .985f, .174f, 1, 0});
  const Overlap overlap = neighborhood_overlap({one, other}, 1, 10);
  EXPECT_EQ(overlap.words, 4);
  EXPECT_NEAR(overlap.chance, 1.0 / 3, 1e-12);
  EXPECT_EQ(overlap.share[0][0], 1);
  EXPECT_EQ(overlap.share[1][1], 1);
  EXPECT_EQ(overlap.share[0][1], 0.5);  // a and d agree
  EXPECT_EQ(overlap.share[1][0], 0.5);
}

/// Rotated, mirrored and scaled vectors have the same neighbours; unrelated vectors have the
/// overlap expected by chance.
TEST(OverlapTest, OfTheSameIsOneAndOfUnrelatedChance) {
  Rng rng(1, "vectors");
  std::vector<std::string> words;
  std::vector<float> rows, turned, others;
  for (int w = 0; w < 400; ++w) {
    words.push_back(std::to_string(w));
    const auto x = static_cast<float>(rng.normal()), y = static_cast<float>(rng.normal()),
               z = static_cast<float>(rng.normal());
    rows.insert(rows.end(), {x, y, z});
    turned.insert(turned.end(), {3 * y, -3 * z, 3 * x});
    for (int i = 0; i < 3; ++i) others.push_back(static_cast<float>(rng.normal()));
  }
  std::vector<std::vector<double>> first;
  for (const int threads : {1, 3}) {
    set_threads(threads, [] {});
    const Overlap overlap = neighborhood_overlap(
        {table_of(words, rows), table_of(words, turned), table_of(words, others)}, 10, 300);
    EXPECT_EQ(overlap.words, 300);
    EXPECT_EQ(overlap.share[0][1], 1);
    EXPECT_NEAR(overlap.share[0][2], overlap.chance, 0.01);
    if (first.empty()) first = overlap.share;
    EXPECT_EQ(overlap.share, first);
  }
  set_threads(0);
}

TEST(OverlapTest, WordsWithoutADirectionAreLeftOutAndTooFewAreAnError) {
  const auto one = table_of({"a", "b", "c"}, {1, 0, 0, 1, 0, 0});
  EXPECT_EQ(neighborhood_overlap({one, one}, 1, 10).words, 2);
  const auto message = message_of<Error>([&] { neighborhood_overlap({one, one}, 2, 10); });
  EXPECT_NE(message.find("too few words in common"), std::string::npos) << message;
  EXPECT_THROW(neighborhood_overlap({one}, 1, 10), Error);
}

}  // namespace
}  // namespace wordbridge
