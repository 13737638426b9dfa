#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
                    HasSubstr("expected: 1 words")));
  EXPECT_THAT(message(npy(dictionary("<i8", "(2, 1)"), two)), HasSubstr("floating-point"));
  EXPECT_THAT(message(npy(dictionary("<f4", "(2, 1)", "True"), two)),
              HasSubstr("numpy.ascontiguousarray"));
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
      AllOf(HasSubstr("one matrix"), HasSubstr("e, f")));
  EXPECT_THAT(message(R"({"e":{"dtype":"I64","shape":[1,1],"data_offsets":[0,8]}})", data),
              HasSubstr("F32, F64, F16 or BF16"));
  EXPECT_THAT(message(R"({"e":{"dtype":"F32","shape":[2,-1],"data_offsets":[0,8]}})", data),
              HasSubstr("can't be read as word vectors"));
  EXPECT_THAT(message(R"({"e":{"dtype":"F32","shape":[2,1],"data_offsets":[8,0]}})", data),
              HasSubstr("can't be read as word vectors"));
  EXPECT_THAT(message(R"({"e":{"dtype":"F32",)", data), HasSubstr("not a JSON object"));
  EXPECT_THAT(message(R"({"e":{"dtype":7,"shape":[2,1],"data_offsets":[0,8]}})", data),
              HasSubstr("F32, F64, F16 or BF16"));
  EXPECT_THAT(message(R"({"e":{"dtype":"F32","shape":{"a":1,"b":2},"data_offsets":[0,8]}})", data),
              HasSubstr("one matrix"));
  EXPECT_THAT(message_of<Error>([&] {
                write_vectors(EmbeddingTable({"\xff"}, {1}, 1, "test"), folder / "w",
                              VectorFormat::safetensors);
              }),
              HasSubstr("valid UTF-8"));
  EXPECT_FALSE(std::filesystem::exists(folder / "w"));
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
  EXPECT_THAT(error_of(folder.write("v.tsv", "1\t2\n\n")), HasSubstr("v.tsv:2"));
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
