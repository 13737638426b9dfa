#include "tests/cli/cli_test.h"

// Conversion of vectors between formats, and the overlap between several embeddings.

namespace wordbridge {
namespace {

class ConvertTest : public CliTest {
 protected:
  ConvertTest() { write("v.txt", kText); }
  const std::string kText = "3 2\nking 1 0\nqueen 0.800000012 0.600000024\ncat 0 1\n";
};

TEST_F(ConvertTest, ThroughEveryFormAndBack) {
  const Arguments files = {"v.txt", "a.bin", "b.npy", "c.safetensors", "d.tsv", "e.wbv", "f.vec"};
  for (std::size_t i = 1; i < files.size(); ++i) succeed({"convert", files[i - 1], files[i]});
  EXPECT_EQ(content("f.vec"), kText);
  EXPECT_EQ(content("b.words"), "king\nqueen\ncat\n");
  succeed({"convert", "f.vec", "g", "--format", "glove", "--limit", "2"});
  EXPECT_EQ(content("g"), "king 1 0\nqueen 0.800000012 0.600000024\n");
}

TEST_F(ConvertTest, NothingIsReplacedUnasked) {
  write("w.txt", "mine");
  fail({"convert", "v.txt", "w.txt"}, {"already exists", "w.txt", "--overwrite"});
  EXPECT_EQ(content("w.txt"), "mine");
  succeed({"convert", "v.txt", "w.txt", "--overwrite"});
  EXPECT_EQ(content("w.txt"), kText);
  write("n.words", "mine");
  fail({"convert", "v.txt", "n.npy"}, {"already exists", "n.words"});
  EXPECT_EQ(content("n.words"), "mine");
}

TEST_F(ConvertTest, WhatIsWrongIsSaid) {
  fail({"convert", "v.txt", "w.xyz"}, {"unknown output format", "w.xyz", ".safetensors"}, 2);
  fail({"convert", "gone", "w.npy"}, {"can't open", "gone"});
  fail({"convert", "v.txt", "no folder/w.npy"}, {"no folder"});
  fail({"convert", "v.txt", "w.npy", "--format", "6"}, {"6 not in", "numpy"}, 2);
  EXPECT_FALSE(exists("w.npy"));
}

TEST_F(ConvertTest, ACopyNextToARunsVectorsIsNotTakenForThem) {
  std::filesystem::create_directory(folder_.path() / "run");
  write("run/vectors.txt", kText);
  write("w.txt", "other 1 0\n");
  succeed({"convert", "w.txt", "run/vectors.tsv"});
  EXPECT_THAT(succeed({"neighbors", "run", "king"}).out, testing::HasSubstr("queen"));
}

TEST_F(ConvertTest, OneOfSeveralMatricesIsNamed) {
  const std::string header = R"({"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},)"
                             R"("b":{"dtype":"F32","shape":[2,1],"data_offsets":[8,16]}})";
  const std::uint64_t size = header.size();
  const std::vector<float> values = {1, 2, 3, -4};
  write("s.safetensors", std::string(reinterpret_cast<const char*>(&size), sizeof size) + header +
                             std::string(reinterpret_cast<const char*>(values.data()), 16));
  write("s.words", "king\nqueen\n");
  write("pairs.tsv", "king\tqueen\t1\nking\tking\t2\n");
  fail({"vectors", "s.safetensors", "king"}, {"a F32 [2,1]; b F32 [2,1]", "--tensor"});
  EXPECT_EQ(succeed({"vectors", "s.safetensors", "king", "--tensor", "b"}).out, "king 3\n");
  succeed({"convert", "s.safetensors", "s.txt", "--tensor", "b"});
  EXPECT_EQ(content("s.txt"), "2 1\nking 3\nqueen -4\n");
  for (const Arguments& command :
       {Arguments{"neighbors", "s.safetensors", "king"},
        {"eval", "s.safetensors", "--similarity", "pairs.tsv", "--resamples", "0"},
        {"plot", "map", "s.safetensors", "--out", "map.svg"},
        {"report", "s.safetensors", "--out", "report.html"}}) {
    fail(command, {"--tensor"});
    Arguments named = command;
    named.insert(named.end(), {"--tensor", "b"});
    succeed(named);
  }
}

/// The steps are those of eval. Formats with metadata store them.
TEST_F(ConvertTest, PostProcessedVectors) {
  write("lexicon.txt", "king cat\n");
  const std::string steps = "retrofit:lexicon.txt,sweeps=1,unit=false,center";
  // king is halfway to cat, (0.5, 0.5), and cat halfway to that; minus the mean.
  succeed({"convert", "v.txt", "w.txt", "--postprocess", "retrofit:lexicon.txt,sweeps=1"});
  EXPECT_EQ(content("w.txt"), "3 2\nking 0.5 0.5\nqueen 0.800000012 0.600000024\ncat 0.25 0.75\n");
  write("pairs.tsv", "king\tqueen\t3\nking\tcat\t2\nqueen\tcat\t1\n");
  for (const char* const file : {"w.wbv", "w.safetensors"}) {
    succeed({"convert", "v.txt", file, "--postprocess", steps});
    succeed({"convert", file, std::string("again-") + file, "--postprocess", "normalize"});
    succeed({"eval", std::string("again-") + file, "--similarity", "pairs.tsv", "--resamples", "0",
             "--json", "e.json"});
    EXPECT_EQ(json("e.json").begin()->at("origin"),
              std::string("again-") + file + ", " + steps + ",normalize");
  }
  fail({"convert", "v.txt", "x.txt", "--postprocess", "retrofit:gone.txt"}, {"no such lexicon"});
  fail({"convert", "v.txt", "x.txt", "--postprocess", "centre"}, {"did you mean 'center'?"});
  write("other.txt", "queen pawn\n");
  fail({"convert", "v.txt", "x.txt", "--postprocess", "retrofit:other.txt"},
       {"no pair of words that both have vectors", "other.txt", "3 words"});
}

TEST_F(ConvertTest, OverlapOfNeighbours) {
  write("w.txt", "cat 0 1\nking 1 0\nqueen 0.6 0.8\n");
  const auto result = succeed({"eval", "v.txt", "w.txt", "--overlap", "1", "--json", "o.json"});
  // The nearest neighbour of queen is king in one embedding and cat in the other.
  EXPECT_THAT(result.out, testing::HasSubstr("| v.txt | 1.000 | 0.667 |"));
  EXPECT_NEAR(json("o.json").at("overlap").at("share")[0][1].get<double>(), 2.0 / 3, 1e-12);
  fail({"eval", "v.txt", "w.txt", "--overlap", "3"}, {"too few words in common"});
  fail({"eval", "v.txt", "--overlap", "1"}, {"at least two embeddings"});
}

}  // namespace
}  // namespace wordbridge
