#include <array>

#include "tests/cli/cli_test.h"

// Invalid vector files and benchmarks.

namespace wordbridge {
namespace {

class BadVectorsTest : public CliTest {
 protected:
  BadVectorsTest() { write("good.txt", "3 2\nking 1 0\nqueen 0.8 0.6\ncat 0 1\n"); }

  void fail_on(const std::string& vectors, const std::vector<std::string>& parts) const {
    write("vectors", vectors);
    fail({"eval", "good.txt", "vectors", "--neighbors", "king", "--report", "report.md"}, parts);
    EXPECT_FALSE(exists("report.md"));
  }

  /// word2vec's binary format of rows with two numbers each.
  static std::string binary(const std::string& header,
                            const std::vector<std::pair<std::string, std::array<float, 2>>>& rows) {
    std::string text = header + "\n";
    for (const auto& [word, values] : rows) {
      text += word + " ";
      text.append(reinterpret_cast<const char*>(values.data()), sizeof values);
      text += "\n";
    }
    return text;
  }
};

TEST_F(BadVectorsTest, AMissingFileIsNamed) {
  fail({"neighbors", "gone.bin", "king"}, {"can't open", "gone.bin"});
}

TEST_F(BadVectorsTest, ATruncatedBinaryFileHasItsRow) {
  const std::string whole = binary("2 2", {{"king", {1, 0.1f}}, {"queen", {0.1f, 1}}});
  write("whole", whole);
  succeed({"neighbors", "whole", "king"});
  fail_on(whole.substr(0, whole.size() - 4),
          {"truncated", "vectors: row 2", "2 rows of 2", "1 complete"});
}

TEST_F(BadVectorsTest, ABinaryFileThatIsTooLongIsRefused) {
  fail_on(binary("1 2", {{"king", {1, 0.1f}}, {"queen", {0.1f, 1}}}),
          {"longer than its header indicates", "vectors: byte"});
}

TEST_F(BadVectorsTest, ATruncatedTextFileHasItsLine) {
  fail_on("3 2\nking 1 0\nqueen 0.8\n", {"vectors:3", "2"});
  fail_on("3 2\nking 1 0\nqueen 0.8 0.6\n", {"vectors", "3", "2"});
}

TEST_F(BadVectorsTest, AWrongHeaderIsRefused) {
  fail_on("0 2\nking 1 0\n", {"invalid header", "vectors:1", "'0 2'"});
  fail_on("3 5\nking 1 0\nqueen 0 1\ncat 1 1\n", {"vectors:2", "5"});
}

TEST_F(BadVectorsTest, AWrongNumberOfColumnsHasItsLine) {
  fail_on("king 1 0\nqueen 0 1\ncat 1 1 1\n", {"vectors:3", "2", "3"});
}

TEST_F(BadVectorsTest, NotANumberHasItsLine) {
  fail_on("3 2\nking 1 0\nqueen 0 x\ncat 1 1\n", {"vectors:3", "x"});
  fail_on("3 2\nking 1 0\nqueen 0 nan\ncat 1 1\n", {"vectors:3", "nan"});
  fail_on("3 2\nking 1 inf\nqueen 0 1\ncat 1 1\n", {"vectors:2", "inf"});
}

TEST_F(BadVectorsTest, AnEmptyFileIsRefused) { fail_on("", {"is empty", "vectors"}); }

TEST_F(BadVectorsTest, ADamagedMappedFileIsRefused) {
  succeed({"train", "small.yaml", "model.type=pca", "vectors=mapped", "--out", "run"});
  std::string mapped = content("run/vectors.wbv");
  fail_on(mapped.substr(0, 300), {"damaged", "truncated", "300"});
  mapped[mapped.size() / 2] ^= 1;
  fail_on(mapped, {"damaged", "checksum", "vectors"});
}

TEST_F(BadVectorsTest, AMappedFileIsVerifiedWhereItIsRead) {
  std::string text = "400 100\n";  // 160,000 bytes of rows: three pieces
  for (int row = 0; row < 400; ++row) {
    text += "w" + std::to_string(row);
    for (int i = 0; i < 100; ++i) text += i == row % 100 ? " 1" : " 0.5";
    text += "\n";
  }
  write("vectors.txt", text);
  succeed({"convert", "vectors.txt", "vectors.wbv"});
  std::string mapped = content("vectors.wbv");
  mapped[150000] ^= 1;  // in a row near 340
  write("damaged.wbv", mapped);
  EXPECT_EQ(succeed({"vectors", "damaged.wbv", "w0"}).out,
            succeed({"vectors", "vectors.wbv", "w0"}).out);
  const std::vector<std::string> parts = {"damaged", "checksum", "damaged.wbv"};
  fail({"vectors", "damaged.wbv", "w0", "--verify"}, parts);
  fail({"vectors", "damaged.wbv", "w340"}, parts);
  fail({"neighbors", "damaged.wbv", "w0"}, parts);
  fail({"analogy", "damaged.wbv", "w0", "w1", "w2"}, parts);
  fail({"convert", "damaged.wbv", "other.txt"}, parts);
  EXPECT_FALSE(exists("other.txt"));
  succeed({"vectors", "vectors.wbv", "w0", "--verify"});
}

TEST_F(BadVectorsTest, AFolderWithoutVectorsIsExplained) {
  std::filesystem::create_directory(folder_ / "run");
  fail({"eval", "run", "--neighbors", "king"}, {"no word vectors", "run", "wordbridge resume run"});
}

TEST_F(BadVectorsTest, AnUnknownWordGetsTheNearestName) {
  const auto result =
      fail({"neighbors", "good.txt", "quen"}, {"word not found", "good.txt", "'quen'", "'queen'"});
  EXPECT_EQ(result.out, "");
  fail({"analogy", "good.txt", "king", "queen", "dog"}, {"word not found", "'dog'"});
  fail({"analogy", "good.txt", "king", "queen"}, {"three words"}, 2);
  fail({"neighbors", "good.txt", "king queen"}, {"expression", "king queen"});
}

TEST_F(BadVectorsTest, ABadLineOfABenchmarkIsNamed) {
  write("pairs.tsv", "king\tqueen\t5\nking\tcat\n");
  fail({"eval", "good.txt", "--similarity", "pairs.tsv"}, {"pairs.tsv:2", "3 columns", "king"});
  write("pairs.tsv", "king\tqueen\t5\nking\tcat\tmuch\n");
  fail({"eval", "good.txt", "--similarity", "pairs.tsv"}, {"pairs.tsv:2", "'much'"});
  write("questions.txt", ": family\nking queen cat cat\nking queen cat\n");
  fail({"eval", "good.txt", "--analogy", "questions.txt"}, {"questions.txt:3", "four words"});
}

}  // namespace
}  // namespace wordbridge
