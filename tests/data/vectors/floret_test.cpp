#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "core/error.h"
#include "data/vectors/vector_files.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::HasSubstr;

/// Written by the program floret (2c19d15): -mode floret -hashCount 3 -bucket 12 -minn 2 -maxn 4.
const std::string kHeader = "12 3 2 4 3 2166136261 < >\n";
const std::string kRows =
    "0 0.68986 -10.118 17.533 \n1 7.9722 19.987 -20.791 \n2 -19.177 2.5828 -19.377 \n"
    "3 23.634 10.813 5.2585 \n4 -5.4489 9.953 -25.982 \n5 1.2531 4.2279 -11.578 \n"
    "6 -15.505 -4.3458 -9.1856 \n7 12.905 7.782 10.793 \n8 -11.159 -5.4484 2.0481 \n"
    "9 -18.784 -8.4141 20.355 \n10 5.6078 0.76817 19.063 \n11 16.861 -22.807 45.55 \n";

struct Printed {
  std::string word;
  std::vector<float> vector;
};
/// `floret print-word-vectors` of that model.
const std::vector<Printed> kPrinted = {
    {"fox", {-0.37943F, 2.3888F, -0.53907F}},
    {"unseen", {-1.7393F, -0.060683F, 1.0658F}},
    {"wörter", {-0.1349F, -0.046626F, 3.542F}},
    {"北京", {-0.89031F, -0.32479F, 1.8831F}},
    {"a", {-4.0256F, 2.5182F, -4.412F}},
    {"aVeryLongWordOfMoreThanSixteenBytes", {-0.81456F, 0.97234F, 1.417F}}};

void expect_vector(const float* found, const std::vector<float>& expected) {
  for (std::size_t d = 0; d < expected.size(); ++d) EXPECT_NEAR(found[d], expected[d], 2e-4);
}

TEST(FloretVectors, AreThoseOfTheProgram) {
  const TempFolder folder;
  std::string words = "</s>\n";
  for (const auto& [word, vector] : kPrinted) words += word + "\n";
  const auto path = folder.write("v.floret", kHeader + kRows);
  const auto alone = read_vectors(path);
  EXPECT_EQ(alone.size(), 0);
  EXPECT_EQ(alone.dim(), 3);
  std::vector<float> row(3);
  for (const auto& [word, vector] : kPrinted) {
    ASSERT_TRUE(alone.unseen()->vector_of(word, row.data()));
    expect_vector(row.data(), vector);
  }
  EXPECT_FALSE(alone.unseen()->vector_of("</s>", row.data()));
  EXPECT_FALSE(alone.unseen()->vector_of("", row.data()));
  // With the words of the vectors that floret also writes, and of a list, which comes first.
  folder.write("v.vec", "3 3\n</s> 0 0 1 \nunseen 0 0 0 \nfox 1 2 3 \n");
  const auto with_vectors = read_vectors(path);
  ASSERT_EQ(with_vectors.size(), 2);
  EXPECT_EQ(with_vectors.word(1), "fox");
  expect_vector(with_vectors.row(0), kPrinted[1].vector);
  expect_vector(with_vectors.row(1), kPrinted[0].vector);
  folder.write("v.words", words);
  EXPECT_EQ(read_vectors(path).size(), 6);
  const auto first = read_vectors(path, 2);
  ASSERT_EQ(first.size(), 2);
  expect_vector(first.row(1), kPrinted[1].vector);
}

TEST(FloretVectors, DamagedTables) {
  const TempFolder folder;
  const auto error = [&](const std::string& content) {
    const auto path = folder.write("v.floret", content);
    return message_of<Error>([&] { read_vectors(path); });
  };
  EXPECT_THAT(error("12 3 2 4 9 1 < >\n" + kRows), HasSubstr("hashes from 1 to 4"));
  EXPECT_THAT(error("0 3 2 4 1 1 < >\n"), HasSubstr("rows from 1"));
  EXPECT_THAT(error("13 3 2 4 3 1 < >\n" + kRows), HasSubstr("expected: 13 rows"));
  EXPECT_THAT(error("12 2 2 4 3 1 < >\n" + kRows), HasSubstr("v.floret:2"));
  EXPECT_THAT(error("2 1 2 4 3 1 < >\n0 1\n2 1\n"), HasSubstr("wrong number"));
  EXPECT_THAT(error("2 1 2 4 3 1 < >\n0 1\n0 2\n"), HasSubstr("wrong number"));
  EXPECT_THAT(error("1 1 2 4 3 1 < >\n0 nan\n"), HasSubstr("not finite"));
}

TEST(FloretVectors, EmptyLinesOfTheListAreNotWords) {
  const TempFolder folder;
  const auto path = folder.write("v.floret", kHeader + kRows);
  folder.write("v.words", "fox\r\n\r\nunseen\r\n");
  const auto table = read_vectors(path);
  ASSERT_EQ(table.size(), 2);
  EXPECT_EQ(table.word(1), "unseen");
  expect_vector(table.row(1), kPrinted[1].vector);
}

}  // namespace
}  // namespace wordbridge
