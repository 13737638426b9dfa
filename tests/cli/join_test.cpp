#include "tests/cli/cli_test.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class JoinCommandTest : public CliTest {
 protected:
  JoinCommandTest() {
    write("a.txt", "king 3 4\nqueen 0 2\ncat 5 0\ndog 1 1\n");
    write("b.txt", "cat 1 0\nking 0 1\ndog 1 -1\nqueen 1 2\nfish 2 1\n");
    write("pairs.tsv", "king\tqueen\t9\ncat\tdog\t8\nking\tcat\t1\ncat\tqueen\t2\n");
  }
};

TEST_F(JoinCommandTest, WritesVectorsWithTheirRecipe) {
  succeed({"join", "a.txt", "b.txt", "-o", "ab.txt"});
  EXPECT_THAT(content("ab.txt"), HasSubstr("4 4"));
  EXPECT_THAT(content("ab.txt"), HasSubstr("dog "));
  succeed({"join", "a.txt", "b.txt", "--method", "gpa", "--words", "all", "-o", "ab.wbv", "--after",
           "normalize"});
  EXPECT_THAT(succeed({"vectors", "ab.wbv", "fish"}).out, HasSubstr("fish"));
  succeed({"eval", "ab.wbv", "--similarity", "pairs.tsv", "--json", "e.json"});
  EXPECT_THAT(content("e.json"), HasSubstr("join:gpa,words=all of a.txt + b.txt,normalize"));
}

TEST_F(JoinCommandTest, SeveralMethodsWithScoresSideBySide) {
  const auto result =
      succeed({"-q", "join", "a.txt", "b.txt", "--method", "svd", "--method", "average", "--dim",
               "2", "-o", "joins", "--similarity", "pairs.tsv", "--resamples", "0"});
  EXPECT_THAT(result.out, AllOf(HasSubstr("a.txt"), HasSubstr("b.txt"), HasSubstr("svd"),
                                HasSubstr("average"), HasSubstr("pairs Spearman")));
  EXPECT_TRUE(fs::exists(folder_ / "joins/svd.wbv"));
  EXPECT_TRUE(fs::exists(folder_ / "joins/average.wbv"));
}

TEST_F(JoinCommandTest, NamesWeightsAndComparison) {
  const auto result = succeed({"join", "first=a.txt", "b.txt", "--weights", "2,1", "--method",
                               "average", "--method", "concatenation", "-o", "joins",
                               "--similarity", "pairs.tsv", "--compare", "--resamples", "100"});
  EXPECT_THAT(result.out, testing::ContainsRegex(" first +b.txt +average +concatenation"));
  for (const char* const pair : {"first", "average", "concatenation"})
    EXPECT_THAT(result.out, testing::ContainsRegex(std::string(pair) + ".*b.txt|b.txt.*" + pair));
  EXPECT_THAT(result.out, HasSubstr("Holm"));
  succeed({"join", "a.txt", "b.txt", "--weights", "2", "--weights", "1", "--method", "average",
           "-o", "same.wbv"});
  EXPECT_EQ(content("joins/average.wbv"), content("same.wbv"));
  fail({"join", "x=a.txt", "x=b.txt", "-o", "x.txt"}, {"two inputs have the same name", "b.txt"},
       2);
  fail({"join", "a.txt", "b.txt", "-o", "x.txt", "--compare"}, {"no scores to compare"}, 2);
  fail({"join", "n=a.txt", "b.txt", "-o", "a.txt", "--overwrite"}, {"would replace an input"}, 2);
}

TEST_F(JoinCommandTest, WarnsOfVectorsOfZero) {
  write("z.txt", "king 1 0\nqueen 0 0\ncat 0 0\ndog 1 1\n");
  EXPECT_THAT(succeed({"join", "a.txt", "z.txt", "-o", "x.txt"}).err,
              HasSubstr("z.txt: 2 vectors are zero, and joined as zeros"));
}

TEST_F(JoinCommandTest, WarnsOfTooFewSharedWords) {
  write("c.txt", "king 1 0\n");
  for (const char* const method : {"gpa", "procrustes"})
    EXPECT_THAT(
        succeed({"join", "a.txt", "c.txt", "--method", method, "-o", "x.txt", "--overwrite"}).err,
        HasSubstr("1 shared word for 2 dimensions: the rotations are not determined"));
}

#ifdef WB_HAS_TORCH
TEST_F(JoinCommandTest, TrainsAutoencoders) {
  const auto result =
      succeed({"join",     "a.txt",   "b.txt", "--method",    "aaeme",    "--method", "caeme",
               "--method", "gpa",     "--dim", "3",           "--epochs", "4",        "--seed",
               "5",        "--words", "all",   "--agreement", "2",        "-o",       "joins"});
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("aaeme.wbv: 5 words x 3"), HasSubstr("caeme.wbv: 5 words x 6"),
                    HasSubstr("gpa.wbv: 5 words x 2"), HasSubstr("reconstructed"),
                    HasSubstr("agreement has no effect with these methods")));
  EXPECT_THAT(result.err, testing::Not(HasSubstr("epochs has no effect")));
  // The same bytes from a single method.
  succeed({"join", "a.txt", "b.txt", "--method", "aaeme", "--dim", "3", "--epochs", "4", "--seed",
           "5", "--words", "all", "-o", "one.wbv"});
  EXPECT_EQ(content("one.wbv"), content("joins/aaeme.wbv"));
  EXPECT_THAT(content("one.wbv"), HasSubstr("aaeme,dim=3,words=all,epochs=4,seed=5"));
  EXPECT_THAT(succeed({"join", "a.txt", "b.txt", "--epochs", "4", "-o", "x.txt"}).err,
              HasSubstr("epochs has no effect with the method concatenation"));
  fail({"join", "a.txt", "b.txt", "--method", "aaeme", "--noise", "1", "-o", "y.txt"}, {"[0, 1)"},
       2);
  fail({"join", "a.txt", "b.txt", "--method", "aaeme", "--learning-rate", "1e30", "-o", "y.txt"},
       {"not finite", "lower learning_rate"});
  EXPECT_FALSE(fs::exists(folder_ / "y.txt"));
}

TEST_F(JoinCommandTest, AutoencodersAreModelsAndSweeps) {
  write("text.txt", "the king and the cat\nthe king and a queen and a king\n");
  const std::vector<std::string> model = {"data.path=text.txt", "data.vocabulary.min_count=1",
                                          "model.type=join", "model.join.inputs=[a.txt, b.txt]",
                                          "model.join.dim=2"};
  const auto with = [&](const char* command, const char* method, const char* out) {
    std::vector<std::string> arguments = {command};
    arguments.insert(arguments.end(), model.begin(), model.end());
    arguments.insert(arguments.end(), {method, "--out", out});
    return arguments;
  };
  succeed(with("train", "model.join.method=daeme", "run"));
  EXPECT_THAT(content("run/vectors.txt"), HasSubstr("queen "));
  succeed(with("sweep", "model.join.method=average,aaeme", "swept"));
  EXPECT_TRUE(fs::exists(folder_ / "swept/method=aaeme/vectors.txt"));
}
#endif

TEST_F(JoinCommandTest, RefusesWhatItCantDo) {
  fail({"join", "a.txt", "-o", "x.txt"}, {"two inputs"}, 2);
  fail({"join", "a.txt", "b.txt", "-o", "a.txt", "--overwrite"}, {"would replace an input"}, 2);
  fail({"join", "a.txt", "b.txt", "-o", "b.unknown"}, {"unknown output format"}, 2);
  fail({"join", "a.txt", "b.txt", "-o", "x.txt", "--method", "svd", "--dim", "9"},
       {"too many dimensions", "at most 4"});
  EXPECT_FALSE(fs::exists(folder_ / "x.txt"));
  write("x.txt", "mine");
  fail({"join", "a.txt", "b.txt", "-o", "x.txt"}, {"already exists", "--overwrite"});
  EXPECT_EQ(content("x.txt"), "mine");
}

TEST_F(JoinCommandTest, IsAModelOfTheWordsOfAText) {
  write("text.txt", "the king and the cat\nthe king and a queen and a king\n");
  succeed({"train", "data.path=text.txt", "data.vocabulary.min_count=1", "model.type=join",
           "model.join.inputs=[a.txt, b.txt]", "model.join.method=svd", "model.join.dim=2", "--out",
           "run"});
  const auto vectors = content("run/vectors.txt");
  EXPECT_THAT(vectors, AllOf(HasSubstr("king "), HasSubstr("cat "), HasSubstr("queen ")));
  EXPECT_THAT(vectors, testing::Not(HasSubstr("dog")));
  EXPECT_THAT(content("run/summary.json"), HasSubstr("coverage"));
  fail({"train", "data.path=text.txt", "model.type=join", "model.join.inputs=[a.txt]"},
       {"two inputs", "model.join"});
  fail({"train", "data.path=text.txt", "data.vocabulary.min_count=1", "model.type=join",
        "model.join.inputs=[a.txt, gone.txt]", "--out", "none"},
       {"gone.txt"});
}

}  // namespace
}  // namespace wordbridge
