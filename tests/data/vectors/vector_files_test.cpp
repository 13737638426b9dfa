#include "data/vectors/vector_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cfloat>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/io/container.h"
#include "core/rng.h"
#include "core/threads.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string bytes_of(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

std::vector<float> row_of(const EmbeddingTable& table, std::int64_t row) {
  return {table.row(row), table.row(row) + table.dim()};
}

std::vector<std::string> words_of(const EmbeddingTable& table) {
  std::vector<std::string> words;
  for (std::int64_t i = 0; i < table.size(); ++i) words.emplace_back(table.word(i));
  return words;
}

void expect_equal_bits(const EmbeddingTable& a, const EmbeddingTable& b) {
  ASSERT_EQ(words_of(a), words_of(b));
  ASSERT_EQ(a.dim(), b.dim());
  EXPECT_EQ(std::memcmp(a.data(), b.data(), sizeof(float) * a.size() * a.dim()), 0);
}

/// Floats of all kinds: random bits except NaN and infinity, and the ends of the range.
EmbeddingTable any_floats(std::int64_t size, std::int64_t dim) {
  Rng rng(1, "floats");
  std::vector<float> rows{0.0f,         -0.0f,         FLT_MAX, -FLT_MAX, FLT_MIN,
                          FLT_TRUE_MIN, -FLT_TRUE_MIN, 0.1f,    1.0f / 3, 16777217.0f};
  while (static_cast<std::int64_t>(rows.size()) < size * dim) {
    const auto bits = static_cast<std::uint32_t>(rng.next());
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isfinite(value)) rows.push_back(value);
  }
  std::vector<std::string> words{"</s>"};
  while (static_cast<std::int64_t>(words.size()) < size)
    words.push_back("wört" + std::to_string(words.size()));
  return EmbeddingTable(words, rows, dim, "test");
}

class RoundTrip : public testing::TestWithParam<std::tuple<VectorFormat, std::pair<int, int>>> {};

TEST_P(RoundTrip, IsExact) {
  const auto [format, shape] = GetParam();
  const TempFolder folder;
  const auto table = any_floats(shape.first, shape.second);
  write_vectors(table, folder / "vectors", format);
  const auto back = read_vectors(folder / "vectors");
  expect_equal_bits(back, table);
  EXPECT_EQ(back.origin(), (folder / "vectors").string());
  const auto some = read_vectors(folder / "vectors", 2);
  expect_equal_bits(some, table.first(2));
}

INSTANTIATE_TEST_SUITE_P(
    VectorFiles, RoundTrip,
    testing::Combine(testing::Values(VectorFormat::text, VectorFormat::binary, VectorFormat::mapped,
                                     VectorFormat::glove, VectorFormat::numpy,
                                     VectorFormat::safetensors, VectorFormat::projector),
                     testing::Values(std::pair(10, 1), std::pair(5, 2), std::pair(3, 5),
                                     std::pair(40000, 3), std::pair(700, 300))));

TEST(VectorFiles, DenormalAndTinyNumbersAreRead) {
  const TempFolder folder;
  const auto table = read_vectors(
      folder.write("v", "a 1e-45 1.17549421e-38 3.40282347e+38 1e-60 -1e-320 +2 .5 5.\n"));
  EXPECT_EQ(row_of(table, 0),
            (std::vector<float>{FLT_TRUE_MIN, 1.17549421e-38f, FLT_MAX, 0, -0.0f, 2, 0.5f, 5}));
}

TEST(VectorFiles, TextIsAsWord2vecWritesIt) {
  const TempFolder folder;
  const EmbeddingTable table({"a", "b"}, {0.5f, -1, 0.1f, 1e10f}, 2, "test");
  write_vectors(table, folder / "v", VectorFormat::text);
  EXPECT_EQ(slurp(folder / "v"), "2 2\na 0.5 -1\nb 0.100000001 1e+10\n");
  write_vectors(table, folder / "b", VectorFormat::binary);
  EXPECT_EQ(slurp(folder / "b"),
            "2 2\na " + bytes_of({0.5f, -1}) + "\nb " + bytes_of({0.1f, 1e10f}) + "\n");
}

TEST(VectorFiles, MappedRowsAreNotCopied) {
  const TempFolder folder;
  write_vectors(any_floats(100, 7), folder / "v.wbv", VectorFormat::mapped);
  const auto table = read_vectors(folder / "v.wbv");
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(table.data()) % 64, 0u) << "as aligned in the file";
  std::filesystem::remove(folder / "v.wbv");
  expect_equal_bits(table, any_floats(100, 7));
}

TEST(VectorFiles, SameForAnyNumberOfThreads) {
  const TempFolder folder;
  const auto table = any_floats(20000, 3);
  std::string first;
  for (const int count : {1, 3}) {
    set_threads(count);
    write_vectors(table, folder / "v", VectorFormat::text);
    if (first.empty()) first = slurp(folder / "v");
    EXPECT_EQ(slurp(folder / "v"), first);
    expect_equal_bits(read_vectors(folder / "v"), table);
  }
  set_threads(0);
}

TEST(VectorFiles, ReadsTextOfManyKinds) {
  const TempFolder folder;
  const std::vector<std::string> contents = {
      "2 3\na 1 2 3\nb 4 5 6\n",          // word2vec
      "2 3\na 1 2 3 \nb 4 5 6 \n",        // fastText, with trailing spaces
      "a 1 2 3\nb 4 5 6",                 // no header, no line end at the end
      "2 3\r\na 1 2 3\r\nb 4 5 6\r\n",    // Windows line ends
      "2 3\na\t1\t2\t3\nb\t4\t5\t6\n\n",  // tabs, an empty line at the end
      "a  1.0 2e0  3\nb 4 0.5e1 6.00\n",
  };
  for (const auto& content : contents) {
    const auto table = read_vectors(folder.write("v", content));
    EXPECT_EQ(words_of(table), (std::vector<std::string>{"a", "b"})) << content;
    EXPECT_EQ(row_of(table, 0), (std::vector<float>{1, 2, 3})) << content;
    EXPECT_EQ(row_of(table, 1), (std::vector<float>{4, 5, 6})) << content;
  }
}

TEST(VectorFiles, WordsMayBeNumbersOrHoldBlanks) {
  const TempFolder folder;
  const auto table = read_vectors(folder.write("v", "1984 1 2\n. . . 3 4\nat name@x.com 5 6\n"));
  EXPECT_EQ(words_of(table), (std::vector<std::string>{"1984", ". . .", "at name@x.com"}));
  EXPECT_EQ(row_of(table, 1), (std::vector<float>{3, 4}));
  EXPECT_EQ(row_of(table, 2), (std::vector<float>{5, 6}));
}

TEST(VectorFiles, ReadsBinaryWithAndWithoutNewlines) {
  const TempFolder folder;
  const std::string a = bytes_of({1, 2}), b = bytes_of({3, 4});
  for (const auto& content :
       {"2 2\na " + a + "\nb " + b + "\n", "2 2\na " + a + "b " + b, "2 2\na " + a + "\nb " + b}) {
    const auto table = read_vectors(folder.write("v", content));
    EXPECT_EQ(words_of(table), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(row_of(table, 1), (std::vector<float>{3, 4}));
  }
}

TEST(VectorFiles, BinaryThatLooksLikeTextIsTold) {
  // One dimension; each byte of the vector is a printable character.
  const TempFolder folder;
  float value = 0;
  std::memcpy(&value, "ab>?", sizeof value);
  const auto table = read_vectors(folder.write("v", "1 1\nword ab>?"));
  EXPECT_EQ(row_of(table, 0), std::vector<float>{value});
}

TEST(VectorFiles, BinaryWhoseFirstRowIsAlsoTextIsTold) {
  // The bytes of the first vector are those of a number in text.
  const TempFolder folder;
  float digits = 0;
  std::memcpy(&digits, "1.25", sizeof digits);
  const auto table = read_vectors(folder.write("v", "2 1\na 1.25\nb " + bytes_of({3}) + "\n"));
  EXPECT_EQ(row_of(table, 0), std::vector<float>{digits});
  EXPECT_EQ(row_of(table, 1), std::vector<float>{3});
}

TEST(VectorFiles, TextThatFitsBinaryIsTold) {
  // Each number has as many characters as a float has bytes.
  const TempFolder folder;
  const auto table = read_vectors(folder.write("v", "2 1\na 1.25\nb 2.50\n"));
  EXPECT_EQ(row_of(table, 0), std::vector<float>{1.25f});
  EXPECT_EQ(row_of(table, 1), std::vector<float>{2.5f});
}

TEST(VectorFiles, ReadsCompressed) {
  const TempFolder folder;
  const auto table = any_floats(300, 5);
  write_vectors(table, folder / "v", VectorFormat::binary);
  ASSERT_EQ(std::system(("gzip -k " + (folder / "v").string()).c_str()), 0);
  expect_equal_bits(read_vectors(folder / "v.gz"), table);

  std::string damaged = slurp(folder / "v.gz");
  damaged.resize(damaged.size() / 2);
  EXPECT_THAT(message_of<Error>([&] { read_vectors(folder.write("half.gz", damaged)); }),
              HasSubstr("half.gz"));
  write_vectors(table, folder / "m", VectorFormat::mapped);
  ASSERT_EQ(std::system(("gzip -k " + (folder / "m").string()).c_str()), 0);
  EXPECT_THAT(message_of<Error>([&] { read_vectors(folder / "m.gz"); }), HasSubstr("decompress"));
}

TEST(VectorFiles, FirstVectorOfAWordIsKept) {
  const TempFolder folder;
  testing::internal::CaptureStderr();
  const auto table = read_vectors(folder.write("v", "5 1\na 1\nb 2\na 3\nb 4\nc 5\n"));
  const auto warnings = testing::internal::GetCapturedStderr();
  EXPECT_EQ(words_of(table), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(table.row(0)[0], 1);
  EXPECT_EQ(table.row(1)[0], 2);
  EXPECT_EQ(table.row(2)[0], 5);
  EXPECT_THAT(warnings, AllOf(HasSubstr("dropped 2 rows"), HasSubstr("'a', row 3")));
}

TEST(VectorFiles, OddWordsAreKeptWithAWarning) {
  const TempFolder folder;
  const auto read = [&](const std::string& content) {
    testing::internal::CaptureStderr();
    const auto table = read_vectors(folder.write("v", content));
    return std::pair(words_of(table), testing::internal::GetCapturedStderr());
  };
  const auto [words, warning] = read("a 1\nb\xff 2\n\xc3 3\nc\x01 4\n");
  EXPECT_EQ(words, (std::vector<std::string>{"a", "b\xff", "\xc3", "c\x01"}));
  EXPECT_THAT(warning,
              AllOf(HasSubstr("3 words have invalid UTF-8 or"), HasSubstr("'b\\xFF', row 2")));
  EXPECT_EQ(read("é 1\nn\u00a0bsp 2\n").second, "");
}

TEST(VectorFiles, ABlankInAWordOfABinaryFileIsNoticed) {
  const TempFolder folder;
  const std::string one = bytes_of({1, 1}), two = bytes_of({2, 2});
  // The word ends at its space, so its vector starts too early and ends before the real one.
  EXPECT_THAT(
      message_of<Error>(
          [&] { read_vectors(folder.write("v", "2 2\nNew York " + one + "\nb " + two + "\n")); }),
      AllOf(HasSubstr("line break"), HasSubstr("row 2, byte 16"), HasSubstr("the first space")));
  testing::internal::CaptureStderr();
  read_vectors(folder.write("v", "2 2\nNew York " + one + "b " + two));
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("1 word has invalid UTF-8 or"), HasSubstr("control characters"),
                    HasSubstr("row 2")));
}

TEST(VectorFiles, AByteOrderMarkIsNoPartOfAWord) {
  const TempFolder folder;
  for (const char* const content : {"\xEF\xBB\xBFx 1 2\n",
                                    "\xEF\xBB\xBF"
                                    "1 2\nx 1 2\n"})
    EXPECT_EQ(words_of(read_vectors(folder.write("v", content))), std::vector<std::string>{"x"});
}

TEST(VectorFiles, AnEmptyWordThatCouldBeADisplacedRowIsRefused) {
  const TempFolder folder;
  const std::vector<float> rows{1, 2};
  ContainerWriter writer("vectors", nlohmann::json::object());
  writer.add("words", "a\n");
  writer.add("rows", DType::f32, {2, 1}, rows.data());
  writer.write(folder / "mapped");
  folder.write("v.metadata.tsv", "a\n\nb\n");
  folder.write("v.tsv", "1\n2\n3\n");
  for (const char* const name : {"mapped", "v.tsv"})
    EXPECT_THAT(message_of<Error>([&] { read_vectors(folder / name); }),
                AllOf(HasSubstr("no word"), HasSubstr(std::string(name) + ": row 2")));
}

TEST(VectorFiles, ACertainlyEmptyWordIsDroppedWithAWarning) {
  const TempFolder folder;
  const std::string header =
      R"({"__metadata__":{"words":"[\"a\",\"\",\"b\"]"},"e":{"dtype":"F32","shape":[3,1],"data_offsets":[0,12]}})";
  const std::uint64_t size = header.size();
  folder.write("safe", std::string(reinterpret_cast<const char*>(&size), sizeof size) + header +
                           bytes_of({1, 2, 3}));
  folder.write("binary", "3 1\na " + bytes_of({1}) + " " + bytes_of({2}) + "b " + bytes_of({3}));
  for (const char* const name : {"safe", "binary"}) {
    testing::internal::CaptureStderr();
    const auto table = read_vectors(folder / name);
    EXPECT_THAT(testing::internal::GetCapturedStderr(),
                HasSubstr(std::string(name) + ": dropped 1 row of an empty word (row 2)"));
    EXPECT_EQ(words_of(table), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(row_of(table, 1), std::vector<float>{3});
  }
}

TEST(VectorFiles, AWordMayEndInThousandsWithAComma) {
  const TempFolder folder;
  const auto table = read_vectors(folder.write("v", "about 1,000 0.5 2\nb 3 4\n"));
  EXPECT_EQ(words_of(table), (std::vector<std::string>{"about 1,000", "b"}));
}

TEST(VectorFiles, MemoryIsAskedForOnlyIfTheFileCouldFillIt) {
  const TempFolder folder;
  // Sizes come from the header, or from a first line that is much longer than the others.
  EXPECT_THAT(message_of<Error>([&] {
                read_vectors(folder.write("v", "9000000000000 2\na " + bytes_of({1, 2}) + "\n"));
              }),
              AllOf(HasSubstr("truncated"), HasSubstr("row 2"), HasSubstr("1 complete row in")));
  std::string wide = "a";
  for (int i = 0; i < 200000; ++i) wide += " 1";
  wide += "\nb 1";
  for (int i = 0; i < 300000; ++i) wide += "\nc";
  EXPECT_THAT(message_of<Error>([&] { read_vectors(folder.write("v", wide)); }),
              AllOf(HasSubstr("v:2"), HasSubstr("1 column after 'b'")));
}

struct Defect {
  std::string content;
  std::vector<std::string> said;
};

TEST(VectorFiles, SaysWhatIsWrong) {
  const TempFolder folder;
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = HUGE_VALF;
  const std::string a = bytes_of({1, 2}), b = bytes_of({3, 4});
  const std::vector<Defect> defects = {
      {"", {"empty"}},
      {" \n\n", {"empty"}},
      {"3 0\n", {"v:1", "'3 0'", "at least 1"}},
      {"0 5\n", {"v:1", "'0 5'"}},
      {"-1 5\na 1 2 3 4 5\n", {"v:1", "'-1 5'"}},
      {"9223372036854775807 9223372036854775807\n", {"v:1"}},
      {"Lorem ipsum dolor sit amet\n", {"no word vectors", "v:1", "Lorem ipsum"}},
      {"word\n", {"no word vectors", "v:1"}},
      {"3 5\ndummy 0.1 0.2 0.3 0.4 0.5 \n", {"v:3", "3 rows of 5", "got:      1 row"}},
      {"1 2\na 1 2\nb 3 4\n", {"v:4", "1 row of 2", "2 rows"}},
      {"2 3\na 1 2 3\nb 1 2\n", {"v:3", "columns", "a word and 3 numbers", "2 columns after 'b'"}},
      {"a 1 2\nb 3 4\nc 5 6 7\n", {"v:3", "a word and 2 numbers", "3 columns"}},
      {"a 1 2\n\nc 5 6\n", {"v:2", "no word"}},
      {"a 1 2\n 5 6\n", {"v:2", "no word"}},
      {"a 1 2\nb 5 x6\n", {"v:2, column 3", "not a number", "'x6'"}},
      {"a 0,1 2\nb 0,3 4\n", {"v:1, column 2", "decimal comma", "'0,1'"}},
      {"a 0,1 0,2\nb 0,3 0,4\n", {"v:1, column 2", "decimal comma", "'0,1'"}},
      {"a 1 2\nb 3 -4,5e-1\n", {"v:2, column 3", "decimal comma", "'-4,5e-1'"}},
      {"2 2\na 1 2\nb 3,25 4\n", {"v:3, column 2", "decimal comma", "'3,25'"}},
      {"a 1 2\nb 5 6,5\n", {"v:2, column 3", "'6,5'"}},
      {"a 1 2\nb nan 6\n", {"v:2, column 2", "not finite"}},
      {"2 2\na 1 2\nb 5 -inf\n", {"v:3, column 3", "not finite", "-inf"}},
      {"a 1 1e39\n", {"v:1, column 3", "not finite"}},
      {"3 1000000000\na 1 2\n", {"v:2", "1000000000 numbers", "2 columns"}},
      {"2 2\na " + a + "\nb " + b.substr(0, 7),
       {"row 2, byte 14", "truncated", "1 complete row in"}},
      {"3 2\na " + a + "\nb " + b, {"row 3", "3 rows of 2", "2 complete rows"}},
      {"1 2\na " + a + "\nb " + b, {"byte 14", "longer", "1 row of 2", "11 more bytes"}},
      {"2 2\na " + a + "b " + bytes_of({3, nan}), {"row 2, byte 20", "not finite", "'b'"}},
      {"1 2\na " + bytes_of({inf, 1}), {"row 1, byte 6", "inf"}},
  };
  for (const auto& defect : defects) {
    const auto message =
        message_of<Error>([&] { read_vectors(folder.write("v", defect.content)); });
    for (const auto& part : defect.said)
      EXPECT_THAT(message, HasSubstr(part)) << "for: " << defect.content;
  }
  EXPECT_THROW(read_vectors(folder / "missing"), Error);
}

TEST(VectorFiles, ErrorIsTheFirstOneOnAnyNumberOfThreads) {
  const TempFolder folder;
  std::string content;
  for (int i = 0; i < 5000; ++i)
    content += "w" + std::to_string(i) + (i % 1000 == 777 ? " x\n" : " 1\n");
  const auto path = folder.write("v", content);
  for (const int count : {1, 4}) {
    set_threads(count);
    EXPECT_THAT(message_of<Error>([&] { read_vectors(path); }), HasSubstr("v:778"));
  }
  set_threads(0);
}

TEST(VectorFiles, AContainerMustAgreeWithItself) {
  const TempFolder folder;
  const std::vector<float> rows{1, 2, 3, 4};
  ContainerWriter writer("vectors", nlohmann::json::object());
  writer.add("words", "a\nb\nc");
  writer.add("rows", DType::f32, {2, 2}, rows.data());
  writer.write(folder / "v");
  EXPECT_THAT(message_of<Error>([&] { read_vectors(folder / "v"); }),
              AllOf(HasSubstr("3 rows"), HasSubstr("got")));
  ContainerWriter other("corpus", nlohmann::json::object());
  other.add("words", "a");
  other.write(folder / "other");
  EXPECT_THAT(message_of<Error>([&] { read_vectors(folder / "other"); }), HasSubstr("vectors"));
}

TEST(VectorFiles, WhatCannotBeReadBackIsNotWritten) {
  const TempFolder folder;
  const EmbeddingTable blank({"a", "New York"}, {1, 2}, 1, "test");
  for (const auto format : {VectorFormat::text, VectorFormat::binary})
    EXPECT_THAT(message_of<Error>([&] { write_vectors(blank, folder / "v", format); }),
                AllOf(HasSubstr("row 2"), HasSubstr("New York")));
  write_vectors(blank, folder / "mapped", VectorFormat::mapped);
  EXPECT_EQ(read_vectors(folder / "mapped").find("New York"), 1);

  for (const auto format : {VectorFormat::text, VectorFormat::binary, VectorFormat::mapped}) {
    const EmbeddingTable broken({"a", "b\nc"}, {1, 2}, 1, "test");
    EXPECT_THROW(write_vectors(broken, folder / "v", format), Error);
    const EmbeddingTable infinite({"a", "b"}, {1, HUGE_VALF}, 1, "test");
    EXPECT_THAT(message_of<Error>([&] { write_vectors(infinite, folder / "v", format); }),
                AllOf(HasSubstr("row 2"), HasSubstr("'b'")));
    const EmbeddingTable none({}, std::vector<float>{}, 3, "test");
    EXPECT_THROW(write_vectors(none, folder / "v", format), Error);
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "v"));
}

class PublicVectors : public testing::Test {
 protected:
  void SetUp() override {
    const char* mirror = std::getenv("WORDBRIDGE_MIRROR");
    if (!mirror) GTEST_SKIP() << "no local data mirror (WORDBRIDGE_MIRROR)";
    folder_ = std::filesystem::path(mirror) / "vector-formats";
  }
  EmbeddingTable read(const std::string& name, std::int64_t size, std::int64_t dim) const {
    auto table = read_vectors(folder_ / name);
    EXPECT_EQ(table.size(), size) << name;
    EXPECT_EQ(table.dim(), dim) << name;
    return table;
  }
  std::filesystem::path folder_;
};

TEST_F(PublicVectors, HaveTheirSizes) {
  const auto c = read("word2vec-c-267x5.bin", 267, 5);
  EXPECT_EQ(c.word(0), "</s>");
  read("euclidean_vectors.bin", 2747, 10);
  read("word2vec_pre_kv_c", 1750, 10);
  read("EN.1-10.cbow1_wind5_hs0_neg10_size300_smpl1e-05.txt", 20, 300);
  const auto glove = read("test_glove.txt", 76, 50);
  EXPECT_EQ(glove.word(0), "the");
  EXPECT_FLOAT_EQ(glove.row(0)[0], 0.418f);
  read("lee_fasttext.vec", 1762, 10);
  read("toy-model.vec", 22, 5);
  EXPECT_GE(read("crime-and-punishment.vec", 291, 5).find("</s>"), 0);
}

TEST_F(PublicVectors, TextAndBinaryAgree) {
  const auto binary = read("high_precision.kv.bin", 2, 2);
  const auto text = read("high_precision.kv.txt", 2, 2);
  ASSERT_EQ(words_of(binary), words_of(text));
  // The values of the binary file had been rounded to half precision.
  for (std::int64_t i = 0; i < 4; ++i) EXPECT_NEAR(binary.data()[i], text.data()[i], 1e-6);
}

TEST_F(PublicVectors, WrongHeaderIsRefused) {
  EXPECT_THAT(
      message_of<Error>([&] { read_vectors(folder_ / "pretrained.vec"); }),
      AllOf(HasSubstr("3 rows of 5"), HasSubstr("got:      1 row"), HasSubstr("pretrained.vec:3")));
  EXPECT_THROW(read_vectors(folder_ / "lee.cor"), Error);
}

TEST_F(PublicVectors, OriginalBinaryIsWrittenBackByteForByte) {
  const TempFolder temporary;
  const auto table = read("word2vec-c-267x5.bin", 267, 5);
  write_vectors(table, temporary / "v", VectorFormat::binary);
  EXPECT_EQ(slurp(temporary / "v"), slurp(folder_ / "word2vec-c-267x5.bin"));
}

}  // namespace
}  // namespace wordbridge
