#include "tests/cli/cli_test.h"

// The command `vectors`: vectors of words, including words that only a fastText model has, and
// static models.

namespace wordbridge {
namespace {

class VectorsTest : public CliTest {
 protected:
  VectorsTest() { write("v.txt", "king 1 0\nqueen 0.8 0.600000024\n"); }

  template <class T>
  static std::string bytes(T value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
  }

  /// A model with the words a and b, n-grams of one character and 7 buckets; row i is i.
  static std::string model() {
    std::string text = "\xba\x16\x4f\x2f" + bytes(12);
    for (const int value : {1, 5, 5, 1, 5, 1, 2, 2, 7, 1, 1, 100}) text += bytes(value);
    text += bytes(1e-4) + bytes(2) + bytes(2) + bytes(0) + bytes(std::int64_t{9}) +
            bytes(std::int64_t{-1});
    for (const char word : {'a', 'b'}) text += std::string{word, '\0'} + bytes(0.0) + '\0';
    text += '\0' + bytes(std::int64_t{9}) + bytes(std::int64_t{1});
    for (int i = 0; i < 9; ++i) text += bytes(static_cast<float>(i));
    return text + '\0' + bytes(std::int64_t{2}) + bytes(std::int64_t{1}) + bytes(0.0);
  }
};

TEST_F(VectorsTest, PrintsThemBitForBit) {
  EXPECT_EQ(succeed({"vectors", "v.txt", "queen", "king"}).out,
            "queen 0.800000012 0.600000024\nking 1 0\n");
}

TEST_F(VectorsTest, WordsMayComeFromStandardInput) {
  options_.input = "king\n queen  king";
  EXPECT_EQ(succeed({"vectors", "v.txt"}).out,
            "king 1 0\nqueen 0.800000012 0.600000024\nking 1 0\n");
}

TEST_F(VectorsTest, AWordWithoutAVectorIsAnError) {
  const auto result = fail({"vectors", "v.txt", "dog", "king", "cat"},
                           {"no vector", "v.txt", "dog cat", "only fastText models"});
  EXPECT_EQ(result.out, "king 1 0\n");
}

TEST_F(VectorsTest, UnseenWordsOfAModelAreMadeAndNamed) {
  write("m.bin", model());
  // "a" has bucket 5, "b" 6: rows 7 and 8.
  const auto result = succeed({"vectors", "m.bin", "a", "ab"});
  EXPECT_EQ(result.out, "a 3.5\nab 7.5\n");
  EXPECT_THAT(result.err, testing::HasSubstr("1 of 2 words"));
  EXPECT_THAT(result.err, testing::HasSubstr("subwords: ab"));
  EXPECT_EQ(fail({"vectors", "m.bin", "ab", "--unknown", "error"}, {"no vector", "ab"}).out, "");
  fail({"vectors", "m.bin", "a", "--unknown", "zero"}, {"--unknown"}, 2);
  succeed({"convert", "m.bin", "m.txt"});
  EXPECT_EQ(content("m.txt"), "2 1\na 3.5\nb 4.5\n");
}

TEST_F(VectorsTest, StaticModelsAreTables) {
  succeed({"convert", "v.txt", "m", "--format", "model2vec"});
  EXPECT_EQ(succeed({"vectors", "m", "queen"}).out, "queen 0.800000012 0.600000024\n");
  EXPECT_THAT(succeed({"neighbors", "m", "king"}).out, testing::HasSubstr("queen"));
  write("pairs.tsv", "king\tqueen\t1\nking\tking\t2\nqueen\tqueen\t3\n");
  EXPECT_THAT(succeed({"eval", "m", "--similarity", "pairs.tsv"}).out, testing::HasSubstr("(3/3)"));
  succeed({"report", "m", "--out", "m.html"});
  fail({"convert", "v.txt", "m", "--format", "model2vec"}, {"already exists", "--overwrite"});
  fail({"convert", "m", "m", "--format", "model2vec", "--overwrite"}, {"replace an input"}, 2);
  succeed({"convert", "v.txt", "m", "--format", "model2vec", "--overwrite"});
  succeed({"convert", "m", "back.txt"});
  EXPECT_EQ(content("back.txt"), "2 2\nking 1 0\nqueen 0.800000012 0.600000024\n");
  write("other/notes.txt", "mine");
  fail({"convert", "v.txt", "other", "--format", "model2vec", "--overwrite"},
       {"the folder holds other files", "a static model"});
  fail({"convert", "v.txt", "v.txt", "--format", "model2vec", "--overwrite"},
       {"a file has its name"});
}

}  // namespace
}  // namespace wordbridge
