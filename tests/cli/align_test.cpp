#include <cmath>
#include <sstream>

#include "core/rng.h"
#include "tests/cli/cli_test.h"

// Vectors mapped into another space.

namespace wordbridge {
namespace {

using testing::HasSubstr;

constexpr int kWords = 60;

/// Words of three dimensions; those of b.txt are rotated, in other order, and have capitals.
class AlignTest : public CliTest {
 protected:
  AlignTest() {
    Rng rng(1, "align test");
    std::string a = std::to_string(kWords) + " 3\n", b = a, turned_names = a, pairs;
    std::vector<std::string> lines;
    for (int i = 0; i < kWords; ++i) {
      const double x = rng.normal() + 1, y = rng.normal(), z = 2 * rng.normal();
      const std::string word = "w" + std::to_string(i);
      // A turn by 0.8 and -0.6, then an exchange of axes.
      const std::string turned = fmt(0.8 * x - 0.6 * y) + fmt(z) + fmt(0.6 * x + 0.8 * y) + "\n";
      a += word + fmt(x) + fmt(y) + fmt(z) + "\n";
      lines.push_back("W" + std::to_string(i) + turned);
      turned_names += word + turned;
      pairs += word + " W" + std::to_string(i) + "\n";
    }
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) b += *line;
    write("a.txt", a);
    write("b.txt", b);
    write("same.txt", turned_names);
    write("pairs.txt", pairs);
  }
  static std::string fmt(double value) {
    std::ostringstream text;
    text.precision(9);
    text << " " << value;
    return text.str();
  }
  /// The numbers of a file of vectors, by word.
  std::map<std::string, std::vector<double>> vectors(const std::string& name) const {
    std::istringstream lines(content(name));
    std::map<std::string, std::vector<double>> vectors;
    std::string line, word;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
      std::istringstream fields(line);
      fields >> word;
      for (double value = 0; fields >> value;) vectors[word].push_back(value);
    }
    return vectors;
  }
  void expect_near(const std::vector<double>& a, const std::vector<double>& b,
                   double tolerance) const {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], tolerance);
  }
};

TEST_F(AlignTest, ARotatedCopyIsFound) {
  const std::string before = content("b.txt");
  for (const char* const steps : {"normalize", "normalize,center,normalize"}) {
    succeed({"align", "a.txt", "b.txt", "-o", "out.txt", "--dictionary", "pairs.txt", "--steps",
             steps, "--overwrite"});
    auto found = vectors("out.txt"), expected = vectors("b.txt");
    for (int i = 0; i < kWords; ++i) {
      const std::string number = std::to_string(i);
      expect_near(found["w" + number], expected["W" + number], 1e-5);
    }
  }
  EXPECT_EQ(content("b.txt"), before);
  // Identical words, and words of the dictionary in lower case.
  succeed({"align", "a.txt", "same.txt", "-o", "identical.txt"});
  const auto lower = succeed({"align", "a.txt", "same.txt", "-o", "lower.txt", "--dictionary",
                              "pairs.txt", "--lower-case"});
  EXPECT_THAT(lower.err, HasSubstr("60 of 60 pairs"));
  EXPECT_EQ(content("identical.txt"), content("lower.txt"));
}

TEST_F(AlignTest, TheRecipeIsStored) {
  succeed({"align", "a.txt", "b.txt", "-o", "out.wbv", "--target-out", "target.wbv", "--dictionary",
           "pairs.txt", "--whiten", "--reweight", "0.5", "--dewhiten", "--refine", "1"});
  const std::string recipe =
      ",dictionary=pairs.txt,pairs=60,steps=normalize+center+normalize,whiten,reweight=0.5,"
      "dewhiten,"
      "refine=1,refine-words=20000";
  EXPECT_THAT(content("out.wbv"), HasSubstr("align:b.txt" + recipe));
  EXPECT_THAT(content("target.wbv"), HasSubstr("align-target-of:a.txt" + recipe));
}

TEST_F(AlignTest, ScoresOfTranslations) {
  write("test.txt", "w1 W1\nw1 W2\nw2 W2\nw3 W4\nw4 nothing\nnothing W5\n");
  const auto result = succeed({"align", "a.txt", "b.txt", "--dictionary", "pairs.txt", "--test",
                               "test.txt", "--json", "scores.json"});
  EXPECT_THAT(result.out,
              HasSubstr("test.txt: 5 source words; 4 of them have a vector, 3 also a translation"));
  EXPECT_THAT(result.err, HasSubstr("4 pairs of pairs.txt left out"));
  EXPECT_THAT(result.err, HasSubstr("56 of 56 pairs in pairs.txt known to both"));
  const auto scores = json("scores.json");
  EXPECT_EQ(scores.at("pairs_left_out_for_test"), 4);
  EXPECT_EQ(scores.at("pairs")[0], 56);
  EXPECT_EQ(scores.at("test").at("scored"), 3);
  // w1 and w2 are right; W4 is not the translation of w3.
  const auto& first = scores.at("test").at("scores")[0];
  EXPECT_EQ(first.at("k"), 1);
  EXPECT_NEAR(first.at("cosine").at("mean").get<double>(), 2.0 / 3, 1e-12);
  EXPECT_NEAR(first.at("difference").at("mean").get<double>(), 0, 1e-12);
  // The held-out words do not depend on the order of the dictionary.
  std::string turned;
  for (int i = kWords - 1; i >= 0; --i)
    turned += "w" + std::to_string(i) + "\tW" + std::to_string(i) + "\n";
  write("turned.txt", turned);
  const auto share = [&](const std::string& dictionary) {
    return succeed({"align", "a.txt", "b.txt", "--dictionary", dictionary, "--test-share", "0.3",
                    "--json", dictionary + ".json"});
  };
  share("pairs.txt");
  share("turned.txt");
  auto one = json("pairs.txt.json"), other = json("turned.txt.json");
  EXPECT_EQ(one.at("test").at("scores"), other.at("test").at("scores"));
  EXPECT_EQ(one.at("pairs"), other.at("pairs"));
  EXPECT_EQ(one.at("pairs")[0].get<int>() + one.at("test").at("scored").get<int>(), kWords);
  EXPECT_EQ(one.at("test").at("scores")[0].at("csls").at("mean"), 1.0);
}

TEST_F(AlignTest, WhatIsWrongIsSaid) {
  const auto with = [](Arguments more) {
    Arguments all = {"align", "a.txt", "b.txt"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  fail(with({}), {"nothing to write and nothing to print", "--test"}, 2);
  fail(with({"-o", "out.txt"}), {"no pair of words has vectors in both", "identical words"});
  fail({"align", "a.txt", "same.txt", "-o", "out.txt", "--dictionary", "pairs.txt"},
       {"no pair of words has vectors in both", "pairs.txt", "the first word of 60",
        "second word of 0", "--lower-case"});
  write("bad.txt", "w1 W1\nw2\n");
  fail(with({"-o", "out.txt", "--dictionary", "bad.txt"}), {"not a pair of words", "bad.txt:2"});
  fail(with({"-o", "b.txt", "--dictionary", "pairs.txt"}), {"would replace an input"}, 2);
  fail(with({"-o", "pairs.txt", "--dictionary", "pairs.txt"}), {"would replace an input"}, 2);
  write("out.txt", "mine");
  fail(with({"-o", "out.txt", "--dictionary", "pairs.txt"}), {"already exists", "--overwrite"});
  fail(with({"-o", "out.xyz", "--dictionary", "pairs.txt"}), {"unknown output format"}, 2);
  fail(with({"-o", "new.txt", "--dictionary", "pairs.txt", "--whiten"}),
       {"change both spaces", "--target-out"}, 2);
  write("two.txt", "w1 W1\nw2 W2\n");
  fail(with({"--dictionary", "two.txt", "--whiten", "--test", "pairs.txt"}),
       {"all words of the dictionary are tested", "two.txt", "--test-share"});
  write("test.txt", "w7 W7\n");
  fail(with({"--dictionary", "two.txt", "--whiten", "--test", "test.txt"}),
       {"can't be whitened", "rank 3", "rank 2"});
  EXPECT_THAT(succeed(with({"--dictionary", "two.txt", "--test", "test.txt"})).err,
              HasSubstr("2 pairs for 3 dimensions: the map is not determined"));
  write("test.txt", "x W7\nw3 y\n");
  fail(with({"--dictionary", "two.txt", "--test", "test.txt"}),
       {"no word of the test dictionary", "test.txt", "2 source words, 1 of them"});
  write("zero.txt", "3 3\nW1 1 2 3\nW2 0 0 0\nW3 1 0 0\n");
  EXPECT_THAT(succeed({"align", "a.txt", "zero.txt", "-o", "z.txt", "--dictionary", "two.txt"}).err,
              HasSubstr("zero.txt: 1 vector is zero; it is neither aligned nor found"));
}

TEST_F(AlignTest, ChangedWords) {
  write("c.txt", content("same.txt") + "new 1 2 3\n");
  std::string text = content("c.txt");
  const auto row = text.find("w7 ");
  text.replace(row + 3, text.find('\n', row) - row - 3, "1 -5 -1");
  text.replace(0, 2, "61");
  write("c.txt", text);
  const auto result = succeed({"align", "a.txt", "c.txt", "--steps", "normalize", "--changes", "2",
                               "--json", "changes.json"});
  EXPECT_THAT(result.out, HasSubstr("60 words in both"));
  const auto changes = json("changes.json").at("changes");
  EXPECT_EQ(changes.size(), 60U);
  EXPECT_EQ(changes[0].at("word"), "w7");
  EXPECT_LT(changes[1].at("cosine_distance").get<double>(), 0.01);
  fail({"align", "a.txt", "b.txt", "--dictionary", "pairs.txt", "--changes", "2"},
       {"no word is in both tables"});
}

/// Each source is aligned as if it were the only one.
TEST_F(AlignTest, SeveralSourcesToOneTarget) {
  write("c.txt", content("same.txt").replace(0, 2, "61") + "W1 1 2 3\n");
  std::filesystem::create_directory(folder_ / "other");
  write("other/a.txt", content("c.txt"));
  std::string few;
  for (int i = 0; i < 40; ++i)
    few += "w" + std::to_string(i) + " W" + std::to_string(i / 2 * 2) + "\n";
  write("few.txt", few);
  const auto both = [&](Arguments more) {
    Arguments all = {"align", "a.txt", "second=other/a.txt", "b.txt"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  const auto result = succeed(both({"-o", "out", "--dictionary", "pairs.txt", "--dictionary",
                                    "few.txt", "--test-share", "0.3", "--json", "both.json"}));
  succeed({"align", "a.txt", "b.txt", "-o", "a.wbv", "--dictionary", "pairs.txt", "--test-share",
           "0.3", "--json", "a.json"});
  succeed({"align", "other/a.txt", "b.txt", "-o", "c.wbv", "--dictionary", "few.txt",
           "--test-share", "0.3", "--json", "c.json"});
  EXPECT_EQ(content("out/a.wbv"), content("a.wbv"));
  EXPECT_EQ(content("out/second.wbv"), content("c.wbv"));
  EXPECT_NE(content("a.wbv"), content("c.wbv"));
  EXPECT_EQ(json("both.json").at("sources").at("a"), json("a.json"));
  EXPECT_EQ(json("both.json").at("sources").at("second"), json("c.json"));
  EXPECT_THAT(result.out, testing::ContainsRegex(" a +second\n"));
  EXPECT_THAT(result.out, testing::ContainsRegex("source words +[0-9]+ +[0-9]+\n"));
  EXPECT_THAT(result.out,
              testing::ContainsRegex("P@1 by cosine \\[95 %\\] +1\\.000 \\[.*\\] +0\\."));
  // The prepared target is the same for all.
  succeed(both({"-o", "prepared", "--target-out", "target.txt", "--dictionary", "pairs.txt",
                "--format", "text"}));
  succeed({"align", "a.txt", "b.txt", "-o", "a2.txt", "--target-out", "target2.txt", "--dictionary",
           "pairs.txt"});
  EXPECT_EQ(content("prepared/a.txt"), content("a2.txt"));
  EXPECT_EQ(content("target.txt"), content("target2.txt"));

  const auto changes = succeed({"align", "a.txt", "x=same.txt", "c.txt", "--changes", "1"}).out;
  EXPECT_THAT(changes, HasSubstr("a: 60 words in both"));
  EXPECT_THAT(changes, HasSubstr("x: 60 words in both"));

  fail({"align", "a.txt", "other/a.txt", "b.txt", "-o", "new"},
       {"two sources have the same name", "a.txt", "NAME=other/a.txt"}, 2);
  fail({"align", "x/y=a.txt", "c.txt", "b.txt", "-o", "new"}, {"not the name of a file", "x/y"}, 2);
  fail({"align", "a.txt", "c.txt", "same.txt", "b.txt", "-o", "new", "--dictionary", "pairs.txt",
        "--dictionary", "few.txt"},
       {"the number of dictionaries", "3 sources", "sources, in their order"}, 2);
  fail(both({"-o", "new", "--target-out", "t.txt", "--whiten"}), {"in another way", "one SOURCE"},
       2);
  fail(both({"--changes", "3", "--source-seeds", "c.txt"}), {"belong to one source"}, 2);
  fail(both({"-o", "out", "--dictionary", "pairs.txt"}), {"already exists", "--overwrite"});
  EXPECT_FALSE(exists("new"));
}

TEST_F(AlignTest, OtherDimensions) {
  write("flat.txt", "3 2\nW1 1 2\nW2 0 1\nW3 2 2\n");
  succeed({"align", "a.txt", "flat.txt", "-o", "out.txt", "--dictionary", "pairs.txt"});
  EXPECT_EQ(content("out.txt").substr(0, 5), "60 2\n");
  fail({"align", "a.txt", "flat.txt", "-o", "x.txt", "--target-out", "y.txt", "--dictionary",
        "pairs.txt", "--whiten"},
       {"vectors of one dimension"});
}

TEST_F(AlignTest, SharesThatLeaveNothingAreNamed) {
  write("one.txt", "w1 W1\n");
  fail({"align", "a.txt", "b.txt", "--dictionary", "one.txt", "--test-share", "0.99"},
       {"the share holds out all words", "0.99 of one.txt", "0 to align by, 1 to test with"});
  fail({"align", "a.txt", "b.txt", "--dictionary", "pairs.txt", "--test-share", "1e-9"},
       {"the share holds out no word", "60 to align by, 0 to test with"});
}

TEST_F(AlignTest, NumbersOutOfRangeAreNamed) {
  const char* const share = "must be in [0, 0.99], got ";
  for (const std::string value : {"nan", "-1", "1", "inf"})
    fail({"align", "a.txt", "same.txt", "--test-share", value}, {share + value}, 2);
  fail({"align", "a.txt", "same.txt", "-o", "o.txt", "--target-out", "t.txt", "--reweight", "nan"},
       {"must be in [0, 10], got nan"}, 2);
  fail({"align", "a.txt", "same.txt", "-o", "o.txt", "--refine", "1", "--refine-words", "0"},
       {"must be >= 1, got 0"}, 2);
}

TEST_F(AlignTest, WarnsOfTooFewPairsInEachRound) {
  const auto result = succeed(
      {"align", "a.txt", "same.txt", "-o", "o.txt", "--refine", "1", "--refine-words", "2"});
  EXPECT_THAT(result.err, HasSubstr("for 3 dimensions: the map is not determined"));
}

TEST_F(AlignTest, ARunIsTestedOnce) {
  write("copy.txt", content("a.txt"));
  fail({"align", "a.txt", "same.txt", "--changes", "3", "--source-seeds", "copy.txt", "./a.txt"},
       {"a run is given twice", "./a.txt"}, 2);
  fail({"align", "x=a.txt", "same.txt", "--changes", "3", "--target-seeds", "a.txt"},
       {"a run is given twice", "a.txt"}, 2);
}

}  // namespace
}  // namespace wordbridge
