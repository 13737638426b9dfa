#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "core/error.h"
#include "data/vectors/vector_files.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::HasSubstr;

template <class T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::vector<float> rows_of(const EmbeddingTable& table) {
  return {table.data(), table.data() + table.size() * table.dim()};
}

/// An array as numpy.save writes it, in version 1 or 2 of the format.
std::string npy(const std::string& dictionary, const std::string& data, char version = 1) {
  std::string header = dictionary + std::string(20, ' ') + "\n";
  std::string start = "\x93NUMPY";
  start += version;
  start += '\0';
  const auto size = static_cast<std::uint32_t>(header.size());
  start.append(reinterpret_cast<const char*>(&size), version == 1 ? 2 : 4);
  return start + header + data;
}

std::string dictionary(const std::string& descr, const std::string& shape,
                       const std::string& fortran = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
}

std::string safetensors(const std::string& header, const std::string& data) {
  const std::uint64_t size = header.size();
  return std::string(reinterpret_cast<const char*>(&size), 8) + header + data;
}

std::string error_of(const std::filesystem::path& path) {
  return message_of<Error>([&] { read_vectors(path); });
}

TEST(NumpyVectors, SinglesDoublesAndHalves) {
  const TempFolder folder;
  folder.write("v.words", "a\nb c\r\n");
  const std::vector<float> expected = {0.5F, -2, 65504, 1};
  const auto read = [&](const std::string& content) {
    return rows_of(read_vectors(folder.write("v.npy", content)));
  };
  EXPECT_EQ(read(npy(dictionary("<f4", "(2, 2)"), bytes_of(expected))), expected);
  EXPECT_EQ(read(npy(dictionary("<f4", "(2, 2)"), bytes_of(expected), 2)), expected);
  EXPECT_EQ(read(npy(dictionary("<f8", "(2,2)"), bytes_of<double>({0.5, -2, 65504, 1}))), expected);
  const std::string halves =
      npy(dictionary("<f2", "(2, 2)"), bytes_of<std::uint16_t>({0x3800, 0xc000, 0x7bff, 0x3c00}));
  EXPECT_EQ(read(halves), expected);
  EXPECT_EQ(read_vectors(folder / "v.npy").word(1), "b c");
  EXPECT_EQ(read_vectors(folder / "v.npy", 1).size(), 1);
  // The smallest half-precision number: 2^-24.
  EXPECT_EQ(read(npy(dictionary("<f2", "(2, 1)"), bytes_of<std::uint16_t>({1, 0x8000}))),
            (std::vector<float>{0x1p-24F, -0.0F}));
}

/// The bytes of each number in reverse order.
template <class T>
std::string big_endian(const std::vector<T>& values) {
  std::string bytes = bytes_of(values);
  for (auto at = bytes.begin(); at != bytes.end(); at += sizeof(T))
    std::reverse(at, at + sizeof(T));
  return bytes;
}

TEST(NumpyVectors, BothByteOrdersAndBothOrdersOfNumbers) {
  // Rows (0.5, -2, 65504), (1, 2^-24, 3), as numpy.save writes them.
  const TempFolder folder;
  folder.write("v.words", "a\nb\n");
  const std::vector<float> rows = {0.5F, -2, 65504, 1, 0x1p-24F, 3};
  const std::vector<float> columns = {0.5F, 1, -2, 0x1p-24F, 65504, 3};
  const std::vector<double> wide(rows.begin(), rows.end());
  const std::vector<double> wide_columns(columns.begin(), columns.end());
  const std::vector<std::uint16_t> halves = {0x3800, 0xc000, 0x7bff, 0x3c00, 1, 0x4200};
  const std::vector<std::uint16_t> half_columns = {0x3800, 0x3c00, 0xc000, 1, 0x7bff, 0x4200};
  struct Case {
    std::string type, fortran, data;
  };
  const std::vector<Case> cases = {
      {"<f4", "True", bytes_of(columns)},       {">f4", "False", big_endian(rows)},
      {">f4", "True", big_endian(columns)},     {"<f8", "True", bytes_of(wide_columns)},
      {">f8", "False", big_endian(wide)},       {">f8", "True", big_endian(wide_columns)},
      {"<f2", "True", bytes_of(half_columns)},  {">f2", "False", big_endian(halves)},
      {">f2", "True", big_endian(half_columns)}};
  for (const auto& [type, fortran, data] : cases) {
    const auto path = folder.write("v.npy", npy(dictionary(type, "(2, 3)", fortran), data));
    EXPECT_EQ(rows_of(read_vectors(path)), rows) << type << ", Fortran: " << fortran;
    EXPECT_EQ(rows_of(read_vectors(path, 1)), std::vector<float>(rows.begin(), rows.begin() + 3));
  }
}

TEST(NumpyVectors, ALargeArrayInFortranOrder) {
  // More rows than are copied at a time.
  constexpr std::int64_t kRows = 50000, kDim = 7;
  const TempFolder folder;
  std::string words;
  std::vector<float> columns(kRows * kDim);
  for (std::int64_t i = 0; i < kRows; ++i) {
    words += "w" + std::to_string(i) + "\n";
    for (std::int64_t k = 0; k < kDim; ++k)
      columns[static_cast<std::size_t>(k * kRows + i)] = static_cast<float>(i * kDim + k);
  }
  folder.write("v.words", words);
  const auto table = read_vectors(
      folder.write("v.npy", npy(dictionary("<f4", "(50000, 7)", "True"), bytes_of(columns))));
  for (std::int64_t i = 0; i < kRows * kDim; ++i)
    ASSERT_EQ(table.data()[i], static_cast<float>(i)) << i;
  columns[static_cast<std::size_t>(2 * kRows + 40000)] = std::nanf("");
  EXPECT_THAT(error_of(folder.write(
                  "v.npy", npy(dictionary("<f4", "(50000, 7)", "True"), bytes_of(columns)))),
              HasSubstr("row 40001, column 3"));
}

TEST(NumpyVectors, TheListOfWordsIsATextFile) {
  const TempFolder folder;
  const auto path =
      folder.write("v.npy", npy(dictionary("<f4", "(2, 1)"), bytes_of<float>({1, 2})));
  const auto words = [&](const std::string& list) {
    folder.write("v.words", list);
    const auto table = read_vectors(path);
    return std::vector<std::string>{std::string(table.word(0)), std::string(table.word(1))};
  };
  const std::vector<std::string> expected{"king", "new york"};
  EXPECT_EQ(words("\xEF\xBB\xBFking\nnew york\n"), expected);
  EXPECT_EQ(words("king \r\nnew york\t\r\n\r\n \n"), expected);
  testing::internal::CaptureStderr();
  EXPECT_EQ(words("king\t-3.2\nnew york\t-4\n"), expected);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("v.words: the words are its first"));
  folder.write("v.words", std::string("\xfe\xff\0k", 4));
  EXPECT_THAT(error_of(path), AllOf(HasSubstr("UTF-16"), HasSubstr("v.words")));
}

TEST(NumpyVectors, IsWrittenAsNumpyReadsIt) {
  const TempFolder folder;
  const EmbeddingTable table({"a", "b"}, {1, 2, 3, 4, 5, 6}, 3, "test");
  write_vectors(table, folder / "v.npy", VectorFormat::numpy);
  const std::string content = slurp(folder / "v.npy");
  EXPECT_EQ(content.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
  EXPECT_EQ((content.size() - 24) % 64, 0U);
  EXPECT_THAT(content, HasSubstr("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"));
  EXPECT_EQ(slurp(folder / "v.words"), "a\nb\n");
}

TEST(NumpyVectors, WhatIsWrongIsSaid) {
  const TempFolder folder;
  const std::string two = bytes_of<float>({1, 2});
  const auto message = [&](const std::string& content) {
    return error_of(folder.write("v.npy", content));
  };
  const std::string good = dictionary("<f4", "(2, 1)");
  EXPECT_THAT(message(npy(good, two)), HasSubstr("expected: v.words, v.vocab or v.txt"));
  folder.write("v.vocab", "a\nb\n");
  EXPECT_THAT(message(npy(good, two.substr(0, 7))),
              AllOf(HasSubstr("does not match its header"), HasSubstr("expected: 8 bytes"),
                    HasSubstr("7 bytes")));
  EXPECT_THAT(message(npy(dictionary("<f4", "(1, 2)"), two)),
              AllOf(HasSubstr("numbers of words and vectors do not match"),
                    HasSubstr("expected: 1 word,")));
  EXPECT_THAT(message(npy(dictionary("<i8", "(2, 1)"), two)), HasSubstr("floating-point"));
  EXPECT_THAT(message(npy(dictionary(">i4", "(2, 1)"), two)), HasSubstr("'>i4'"));
  EXPECT_THAT(message(npy(dictionary("|f4", "(2, 1)"), two)), HasSubstr("'|f4'"));
  EXPECT_THAT(message(npy(dictionary("<f4", "(2,)"), two)), HasSubstr("a two-dimensional array"));
  EXPECT_THAT(message(npy(dictionary("<f4", "(999999999999999999, 9)"), two)),
              HasSubstr("invalid shape"));
  EXPECT_THAT(message(npy(good, two).substr(0, 20)), HasSubstr("beyond the end of the file"));
  EXPECT_THAT(message(npy(dictionary("<f4", "(2, 1, 1)"), two)),
              HasSubstr("a two-dimensional array"));
  EXPECT_THAT(message(npy(dictionary("<f4", "(2, x)"), two)), HasSubstr("got:      (2, x)"));
  EXPECT_THAT(message(npy(dictionary("<f4", "(2, 1"), two)), HasSubstr("a two-dimensional array"));
  EXPECT_THAT(message(npy("{'shape': (2, 1), 'descr' '<f4'}", two)), HasSubstr("floating-point"));
  const std::string nan = bytes_of<std::uint32_t>({0, 0x7fc00000});
  EXPECT_THAT(message(npy(good, nan)), HasSubstr("row 2, column 1"));
}

TEST(SafetensorsVectors, WordsOfTheMetadataOrBesideIt) {
  const TempFolder folder;
  const std::string header =
      R"({"__metadata__":{"words":"[\"a\",\"b\"]"},"e":{"dtype":"BF16","shape":[2,2],"data_offsets":[0,8]}})";
  const std::string data = bytes_of<std::uint16_t>({0x3f80, 0xc000, 0x3f00, 0});
  const auto table = read_vectors(folder.write("v", safetensors(header, data)));
  EXPECT_EQ(rows_of(table), (std::vector<float>{1, -2, 0.5F, 0}));
  EXPECT_EQ(table.word(1), "b");
  const std::string bare = R"({"e":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}})";
  folder.write("w.txt", "x\ny\n");
  EXPECT_EQ(read_vectors(folder.write("w", safetensors(bare, bytes_of<float>({1, 2})))).word(0),
            "x");
}

TEST(SafetensorsVectors, WhatIsWrongIsSaid) {
  const TempFolder folder;
  folder.write("v.txt", "a\nb\n");
  const auto message = [&](const std::string& header, const std::string& data) {
    return error_of(folder.write("v", safetensors(header, data)));
  };
  const std::string one = R"("e":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]})";
  const std::string data = bytes_of<float>({1, 2});
  EXPECT_THAT(message("{" + one + "}", data.substr(0, 5)),
              AllOf(HasSubstr("truncated"), HasSubstr("8 bytes"), HasSubstr("got:      5")));
  EXPECT_THAT(
      message("{" + one + "," + R"("f":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}})", data),
      AllOf(HasSubstr("one matrix"), HasSubstr("e F32 [2,1]; f F32 [2,1]"), HasSubstr("--tensor")));
  EXPECT_THAT(message(R"({"e":{"dtype":"I64","shape":[1,1],"data_offsets":[0,8]}})", data),
              AllOf(HasSubstr("one matrix"), HasSubstr("e I64 [1,1]")));
  EXPECT_THAT(message(R"({"e":{"dtype":"F32","shape":[2,-1],"data_offsets":[0,8]}})", data),
              HasSubstr("can't be read as word vectors"));
  EXPECT_THAT(message(R"({"e":{"dtype":"F32","shape":[2,1],"data_offsets":[8,0]}})", data),
              HasSubstr("can't be read as word vectors"));
  EXPECT_THAT(message(R"({"e":{"dtype":"F32",)", data), HasSubstr("invalid JSON"));
  EXPECT_THAT(message("[1]", data), Not(HasSubstr("json.exception")));
  EXPECT_THAT(message("{" + one + "," + one + "}", data),
              AllOf(HasSubstr("a key occurs twice"), HasSubstr("'e'")));
  const std::string whole = safetensors("{" + one + "}", data);
  for (const std::size_t size : {std::size_t{10}, std::size_t{30}})
    EXPECT_THAT(error_of(folder.write("cut", whole.substr(0, size))),
                AllOf(HasSubstr("truncated"), HasSubstr("cut")));
  EXPECT_THAT(message(R"({"e":{"dtype":7,"shape":[2,1],"data_offsets":[0,8]}})", data),
              HasSubstr("e 7 [2,1]"));
  EXPECT_THAT(message(R"({"e":{"dtype":"F32","shape":{"a":1,"b":2},"data_offsets":[0,8]}})", data),
              HasSubstr("one matrix"));
  EXPECT_THAT(message_of<Error>([&] {
                write_vectors(EmbeddingTable({"\xff"}, {1}, 1, "test"), folder / "w",
                              VectorFormat::safetensors);
              }),
              HasSubstr("valid UTF-8"));
  EXPECT_FALSE(std::filesystem::exists(folder / "w"));
}

TEST(SafetensorsVectors, OneOfSeveralMatricesIsNamed) {
  const TempFolder folder;
  folder.write("v.words", "a\nb\n");
  const std::string in = R"("in":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]})";
  const std::string out = R"("out":{"dtype":"F32","shape":[2,1],"data_offsets":[8,16]})";
  const std::string ids = R"("ids":{"dtype":"I64","shape":[1,1],"data_offsets":[8,16]})";
  const std::string data = bytes_of<float>({1, 2, 3, 4});
  const auto both = folder.write("v", safetensors("{" + in + "," + out + "}", data));
  EXPECT_EQ(rows_of(read_vectors(both, 0, "in")), (std::vector<float>{1, 2}));
  EXPECT_EQ(rows_of(read_vectors(both, 0, "out")), (std::vector<float>{3, 4}));
  EXPECT_THAT(message_of<Error>([&] { read_vectors(both, 0, "other"); }),
              AllOf(HasSubstr("'other'"), HasSubstr("in F32 [2,1]; out")));
  // A matrix of indices is not one of word vectors.
  const auto one = folder.write("v", safetensors("{" + in + "," + ids + "}", data));
  EXPECT_EQ(rows_of(read_vectors(one)), (std::vector<float>{1, 2}));
  EXPECT_THAT(message_of<Error>([&] { read_vectors(one, 0, "ids"); }),
              HasSubstr("F32, F64, F16 or BF16"));
  const auto text = folder.write("t", "a 1\n");
  testing::internal::CaptureStderr();
  read_vectors(text, 0, "in");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("--tensor in has no effect"));
}

TEST(ProjectorVectors, BlanksLineEndsAndByteOrderMarks) {
  const TempFolder folder;
  folder.write("v.metadata.tsv", "\xEF\xBB\xBFking \r\nqueen\t\r\n\r\n");
  for (const char* const content : {"1\t4 \n2\t3\t\n",
                                    "\xEF\xBB\xBF"
                                    "1\t4\r\n2\t3 \r\n\r\n"}) {
    const auto table = read_vectors(folder.write("v.tsv", content));
    EXPECT_EQ(rows_of(table), (std::vector<float>{1, 4, 2, 3})) << content;
    EXPECT_EQ(table.word(0), "king");
    EXPECT_EQ(table.word(1), "queen");
  }
}

TEST(ProjectorVectors, TheWordsAreTheFirstColumnThatIsNotOfNumbers) {
  const TempFolder folder;
  folder.write("v.tsv", "1\t2\n3\t4\n");
  folder.write("metadata.tsv", "index\tword\tcount\n0\tking\t3\n1\t1984\t1\n");
  EXPECT_EQ(read_vectors(folder / "v.tsv").word(0), "king");
  EXPECT_EQ(read_vectors(folder / "v.tsv").word(1), "1984");
  folder.write("metadata.tsv", "year\tcount\n1984\t3\n1985\t1\n");
  EXPECT_EQ(read_vectors(folder / "v.tsv").word(0), "1984");
}

TEST(ProjectorVectors, WordsWithNumbersInATextFileAreNotItsRows) {
  // Next to the metadata of other vectors. The first line alone could be three numbers of a
  // projector.
  const TempFolder folder;
  folder.write("metadata.tsv", "x\ny\n");
  const auto table = read_vectors(folder.write("v.txt", "1984\t1\t2\nking\t3\t4\n"));
  EXPECT_EQ(table.word(0), "1984");
  EXPECT_EQ(table.dim(), 2);
}

TEST(ProjectorVectors, WithAndWithoutColumnsOfMetadata) {
  const TempFolder folder;
  folder.write("metadata.tsv", "word\tcount\na b\t3\nc\t1\n");
  const auto table = read_vectors(folder.write("v.tsv", "1\t2.5\n-3\t4e1\n"));
  EXPECT_EQ(rows_of(table), (std::vector<float>{1, 2.5F, -3, 40}));
  EXPECT_EQ(table.word(0), "a b");
  folder.write("v.metadata.tsv", "x\ny\n");
  EXPECT_EQ(read_vectors(folder / "v.tsv").word(0), "x");
  EXPECT_THAT(error_of(folder.write("v.tsv", "1\t2\n3\n")), HasSubstr("v.tsv:2"));
  EXPECT_THAT(error_of(folder.write("v.tsv", "1\t2\n3\tx\n")), HasSubstr("'x'"));
  EXPECT_THAT(error_of(folder.write("v.tsv", "1\t2\n3\tnan\n")), HasSubstr("'nan'"));
  EXPECT_THAT(error_of(folder.write("v.tsv", "1\t2\n3\t4\t5\n")),
              AllOf(HasSubstr("v.tsv:2"), HasSubstr("got:      3")));
  EXPECT_THAT(error_of(folder.write("v.tsv", "1\t2\n3\t\n")), HasSubstr("v.tsv:2"));
  EXPECT_THAT(error_of(folder.write("v.tsv", "1\t2\n\n3\t4\n")), HasSubstr("expected: 2 lines"));
  EXPECT_THAT(error_of(folder.write("v.tsv", "1\t2\n")), HasSubstr("expected: 2 lines"));
}

TEST(VectorForms, WordsThatAFormCannotHoldAreRefused) {
  const TempFolder folder;
  const EmbeddingTable blank({"a b"}, {1, 2}, 2, "test");
  for (const auto format : {VectorFormat::mapped, VectorFormat::numpy, VectorFormat::safetensors,
                            VectorFormat::projector}) {
    write_vectors(blank, folder / "v", format);
    EXPECT_EQ(read_vectors(folder / "v").word(0), "a b");
  }
  for (const auto format : {VectorFormat::text, VectorFormat::glove, VectorFormat::binary})
    EXPECT_THROW(write_vectors(blank, folder / "w", format), Error);
  const EmbeddingTable line({"a\nb"}, {1, 2}, 2, "test");
  EXPECT_THROW(write_vectors(line, folder / "w", VectorFormat::numpy), Error);
}

}  // namespace
}  // namespace wordbridge
