#include <sstream>

#include "tests/cli/cli_test.h"

// Words that contain blanks, commas and signs, words that are missing, and words that only a
// fastText model has, in all commands that take words.

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class WordsTest : public CliTest {
 protected:
  WordsTest() {
    write("v.txt",
          "6 2\nking 1 0\nnew york 0 1\n. . . 1 1\nrome 0.2 1\n1,000 0.9 0.1\nC++ 0.5 0.6\n");
    write("p.tsv", "king\trome\t1\nking\tnew york\t2\n. . .\tking\t3\n");
  }

  /// The words listed below the line `title`.
  static std::vector<std::string> listed(const std::string& out, const std::string& title) {
    std::vector<std::string> words;
    std::istringstream lines(out);
    bool is_below = false;
    for (std::string line; std::getline(lines, line);) {
      if (line.rfind("  ", 0) != 0)
        is_below = line == title;
      else if (is_below)
        words.push_back(line.substr(10));
    }
    return words;
  }

  /// A model with the words a and b, n-grams of one and two characters, no buckets but these; row i
  /// is (i, 1).
  static std::string model() {
    const auto bytes = [](auto value) {
      return std::string(reinterpret_cast<const char*>(&value), sizeof value);
    };
    std::string text = "\xba\x16\x4f\x2f" + bytes(12);
    for (const int value : {2, 5, 5, 1, 5, 1, 2, 2, 7, 1, 1, 100}) text += bytes(value);
    text += bytes(1e-4) + bytes(2) + bytes(2) + bytes(0) + bytes(std::int64_t{9}) +
            bytes(std::int64_t{-1});
    for (const char word : {'a', 'b'}) text += std::string{word, '\0'} + bytes(0.0) + '\0';
    text += '\0' + bytes(std::int64_t{9}) + bytes(std::int64_t{2});
    for (int i = 0; i < 9; ++i) text += bytes(static_cast<float>(i)) + bytes(1.0F);
    return text + '\0' + bytes(std::int64_t{2}) + bytes(std::int64_t{2}) + bytes(0.0) + bytes(0.0);
  }
};

TEST_F(WordsTest, AreLookedUpBeforeTheyAreParsed) {
  const auto near = succeed({"neighbors", "v.txt", "new york", ". . .", "1,000", "C++",
                             "new york - king + . . .", "-k1"})
                        .out;
  EXPECT_THAT(near, HasSubstr("new york\n   0.981  rome\n"));
  EXPECT_EQ(listed(near, ". . .")[0], "C++");
  EXPECT_EQ(listed(near, "1,000")[0], "king");
  EXPECT_EQ(listed(near, "C++")[0], ". . .");
  EXPECT_EQ(listed(near, "new york - king + . . .")[0], "rome");
}

/// rome - new york + king: 0.196 + 1 and 0.981 - 1, that is (1.196, -0.019); 1,000 is the nearest.
TEST_F(WordsTest, OfAnAnalogyAreNoExpressions) {
  const auto out = succeed({"analogy", "v.txt", "new york", "rome", "king", "-k1"}).out;
  EXPECT_EQ(listed(out, "new york : rome :: king : ?"), std::vector<std::string>{"1,000"});
  fail({"analogy", "v.txt", "king + rome", "rome", "king"}, {"word not found", "'king + rome'"});
}

TEST_F(WordsTest, MayContainCommasInLists) {
  succeed(
      {"plot", "map", "v.txt", "--words", "1,000", "--words", "king,new york,C++", "-o", "m.svg"});
  for (const char* const word : {">1,000<", ">king<", ">new york<", ">C++<"})
    EXPECT_THAT(content("m.svg"), HasSubstr(word));
  succeed({"report", "v.txt", "--words", "1,000", "--words", "new york,. . .", "-o", "r.md"});
  for (const char* const word : {"of 1,000:\n", "of new york:\n", "of . . .:\n"})
    EXPECT_THAT(content("r.md"), HasSubstr(word));
  succeed({"eval", "v.txt", "--neighbors", "1,000", "--neighbors", "new york", "--json", "e.json"});
  const auto scores = json("e.json")["v.txt"]["scores"];
  EXPECT_EQ(scores[0]["neighbors"][0]["word"], "king");
  EXPECT_EQ(scores[1]["neighbors"][0]["word"], "rome");
}

TEST_F(WordsTest, OfStandardInputMayContainBlanks) {
  options_.input = "new york\r\nking  rome\n\n. . .\nC++";
  EXPECT_EQ(succeed({"vectors", "v.txt"}).out,
            "new york 0 1\nking 1 0\nrome 0.200000003 1\n. . . 1 1\nC++ 0.5 0.600000024\n");
}

TEST_F(WordsTest, ThatAreMissingLoseNoOtherResult) {
  const auto near = fail({"neighbors", "v.txt", "kin", "rome", "x - y"},
                         {"word not found", "'kin'", "did you mean 'king'?", "'x'",
                          "no neighbours for 2 of 3 words", "'kin', 'x - y'"});
  EXPECT_EQ(listed(near.out, "rome")[0], "new york");
  const auto scores = succeed({"eval", "v.txt", "--similarity", "p.tsv", "--neighbors", "gone",
                               "--neighbors", "rome", "--json", "e.json", "--csv", "e.csv"});
  EXPECT_THAT(scores.out, AllOf(HasSubstr("(3/3)"), HasSubstr("unknown"), HasSubstr("new york")));
  EXPECT_THAT(scores.err, HasSubstr("warning: 'gone' is not in v.txt: no neighbours"));
  EXPECT_TRUE(exists("e.json") && exists("e.csv"));
  const auto plot = succeed({"plot", "map", "v.txt", "--words", "king,quen,rome", "-o", "m.svg"});
  EXPECT_THAT(plot.err, AllOf(HasSubstr("warning: "), HasSubstr("'quen'")));
  EXPECT_THAT(content("m.svg"), AllOf(HasSubstr(">king<"), HasSubstr(">rome<")));
  succeed({"report", "v.txt", "--words", "gone,rome", "-o", "r.md"});
  EXPECT_THAT(content("r.md"), AllOf(HasSubstr("of gone:\n\n- v.txt: not in the vocabulary"),
                                     HasSubstr("of rome:\n\n- v.txt: new york")));
}

/// "a" has bucket 5, "b" 6: rows 7 and 8. The vectors of a, b, ab and ba are (3.5, 1), (4.5, 1),
/// (7.5, 1) and (7.5, 1).
TEST_F(WordsTest, ThatAModelHasNotSeenAreMade) {
  write("m.bin", model());
  const auto near = succeed({"neighbors", "m.bin", "ab"});
  EXPECT_EQ(near.out, "ab\n   0.996  b\n   0.989  a\n");
  EXPECT_THAT(near.err, HasSubstr("'ab' is not in the table; its vector is computed from"));
  EXPECT_THAT(succeed({"neighbors", "m.bin", "a"}).err, Not(HasSubstr("n-grams")));
  fail({"neighbors", "m.bin", "ab", "--unknown", "error"}, {"word not found", "'ab'"});
  const auto answer = succeed({"analogy", "m.bin", "ab", "ba", "a"});
  EXPECT_EQ(answer.out, "ab : ba :: a : ?\n   0.998  b\n");
  EXPECT_THAT(answer.err, AllOf(HasSubstr("'ab' is not"), HasSubstr("'ba' is not")));
  const Arguments eval = {"eval", "m.bin", "--neighbors", "ab", "--json", "e.json"};
  EXPECT_THAT(succeed(eval).out, HasSubstr("unknown"));
  auto with = eval;
  with.insert(with.end(), {"--unknown", "subword"});
  EXPECT_THAT(succeed(with).out, HasSubstr("b, a (vector from subwords)"));
  EXPECT_EQ(json("e.json")["m.bin"]["scores"][0]["made"], true);
}

}  // namespace
}  // namespace wordbridge
