// Words that some formats can't store: they are refused before anything is written, or read back.
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

using testing::HasSubstr;

/// Words as found in published files, and worse.
std::vector<std::string> hostile_words() {
  const auto raw = [](const char* text, std::size_t size) { return std::string(text, size); };
  return {"word",
          "new york",
          ". . .",
          "iPhone 6",
          "catch 22",
          "1984",
          "3",
          "0",
          "-1",
          "1e5",
          "nan",
          "inf",
          "0x10",
          "+",
          "-",
          ".",
          "#",
          ":",
          "\"",
          "\"a,b\"",
          "a,b",
          "<unk>",
          "</s>",
          "a\tb",
          "\ta",
          "a\t",
          " a",
          "a ",
          "  ",
          "\t",
          "a\rb",
          "a\r",
          "\r",
          "a\nb",
          "a\n",
          "\n",
          "\v",
          "\f",
          "a\x01",
          "\x1f\x8b\x08",
          "PK\x03\x04",
          "BZh91AY&SY",
          "\x93NUMPY",
          "\xba\x16\x4f\x2f",
          "WBRIDGE",
          "\x80\x04\x95",
          "\xEF\xBB\xBF",
          "\xEF\xBB\xBFthe",
          "\xff\xfe",
          "\xfe\xff",
          "\xff",
          "\xc3",
          "\xc2\xa0",
          "a\xc2\xa0"
          "b",
          "\xc2\xa0\xc2\xa0",
          "\xe2\x80\x83",
          "\xe3\x80\x80",
          "\xe2\x80\xa8",
          "\xe2\x96\x81the",
          "\xf0\x9f\x98\x80",
          raw("\0", 1),
          raw("a\0b", 3),
          raw("\x02\0\0\0\0\0\0\0{}", 10),
          raw("\0\0\xfe\xff", 4)};
}

/// Writes the table in the format. True if it was refused and nothing was left behind; otherwise
/// expects that it is read back bit for bit.
bool refuses(const EmbeddingTable& table, VectorFormat format, const std::string& label) {
  const TempFolder folder;
  const auto path = folder / "v";
  try {
    write_vectors(table, path, format);
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("can't be stored in this")) << label;
    EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << label;
    return true;
  }
  try {
    const EmbeddingTable back = read_vectors(path);
    EXPECT_EQ(back.size(), table.size()) << label;
    EXPECT_EQ(back.dim(), table.dim()) << label;
    if (back.size() != table.size() || back.dim() != table.dim()) return false;
    for (std::int64_t i = 0; i < table.size(); ++i) EXPECT_EQ(back.word(i), table.word(i)) << label;
    EXPECT_EQ(std::memcmp(back.data(), table.data(), sizeof(float) * table.size() * table.dim()), 0)
        << label;
  } catch (const Error& error) {
    ADD_FAILURE() << label << ": written, but not read back: " << error.what();
  }
  return false;
}

class WordsInFormats : public testing::TestWithParam<VectorFormat> {};

TEST_P(WordsInFormats, AreReadBackOrRefused) {
  const std::string name = vector_format(GetParam()).name;
  for (const auto& word : hostile_words()) {
    for (const std::int64_t dim : {1, 2}) {
      for (const std::vector<std::string>& words :
           {std::vector<std::string>{word}, {word, "king2", "queen"}}) {
        if (dim == 2 && words.size() == 1) continue;
        // Whole numbers in one dimension may look like a header.
        std::vector<float> rows;
        for (std::size_t i = 0; i < words.size() * static_cast<std::size_t>(dim); ++i)
          rows.push_back(static_cast<float>(i + 1) / static_cast<float>(dim));
        refuses(EmbeddingTable(words, rows, dim, "test"), GetParam(),
                name + ", dim " + std::to_string(dim) + ": " + testing::PrintToString(words));
      }
    }
  }
}

TEST_P(WordsInFormats, OrdinaryWordsAreNotRefused) {
  std::vector<std::string> words;
  for (const auto& word : hostile_words())
    if (word.find_first_of(" \t\r\n") == word.npos && word[0] > 32 && word != "word")
      words.push_back(word);
  words.insert(words.begin(), "word");
  std::vector<float> rows(words.size() * 2, 0.5F);
  EXPECT_FALSE(refuses(EmbeddingTable(words, rows, 2, "test"), GetParam(), "ordinary"));
}

INSTANTIATE_TEST_SUITE_P(All, WordsInFormats,
                         testing::Values(VectorFormat::text, VectorFormat::binary,
                                         VectorFormat::mapped, VectorFormat::glove,
                                         VectorFormat::numpy, VectorFormat::safetensors,
                                         VectorFormat::projector),
                         [](const auto& test) { return vector_format(test.param).name; });

TEST(RefusedWords, AreNamed) {
  const TempFolder folder;
  const auto message = [&](const std::string& word, float value, VectorFormat format) {
    return message_of<Error>([&] {
      write_vectors(EmbeddingTable({word, "b"}, {value, 1}, 1, ""), folder / "v", format);
    });
  };
  EXPECT_THAT(message("1984", 5, VectorFormat::glove),
              testing::AllOf(HasSubstr("read as another"), HasSubstr("'1984'"),
                             HasSubstr("--format text")));
  EXPECT_THAT(message("\xc2\xa0", 5, VectorFormat::projector), HasSubstr("row 1"));
  EXPECT_THAT(message("a ", 5, VectorFormat::numpy), HasSubstr("'a '"));
  float digits = 0;
  std::memcpy(&digits, "1.25", sizeof digits);
  EXPECT_THAT(message_of<Error>([&] {
                write_vectors(EmbeddingTable({"a", "b"}, {digits, digits}, 1, ""), folder / "v",
                              VectorFormat::binary);
              }),
              HasSubstr("read as another"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace wordbridge
