#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/threads.h"
#include "data/vectors/fasttext/fasttext_model.h"
#include "data/vectors/vector_files.h"
#include "tests/support/temp_folder.h"

// Models in the format that the program fastText writes, built byte by byte.

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

template <class T>
std::string bytes(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

/// One dimension. Row i of the input is 2^i, so a sum determines its rows.
struct Model {
  std::int32_t version = 12, kind = 2, bucket = 7, minn = 1, maxn = 1;  // kind 2: skipgram
  std::vector<std::string> words = {"a", "b"}, labels;
  std::int64_t pruned = -1;
  std::string pairs;

  std::string options() const {
    std::string text;
    for (const std::int32_t value : {1, 5, 5, 1, 5, 1, 2, kind, bucket, minn, maxn, 100})
      text += bytes(value);
    return text + bytes(1e-4);
  }
  std::string dictionary() const {
    const auto count = [](const auto& list) { return static_cast<std::int32_t>(list.size()); };
    std::string text = bytes(count(words) + count(labels)) + bytes(count(words)) +
                       bytes(count(labels)) + bytes<std::int64_t>(100);
    if (version > 0) text += bytes(pruned);
    for (const auto& word : words) text += word + '\0' + bytes<std::int64_t>(9) + '\0';
    for (const auto& label : labels) text += label + '\0' + bytes<std::int64_t>(9) + '\1';
    return text + pairs;
  }
  static std::string matrix(std::int64_t rows) {
    std::string text = bytes(rows) + bytes<std::int64_t>(1);
    for (std::int64_t i = 0; i < rows; ++i) text += bytes(std::ldexp(1.0F, static_cast<int>(i)));
    return text;
  }
  std::string start() const {
    return version > 0 ? std::string("\xba\x16\x4f\x2f") + bytes(version) : std::string();
  }
  std::string dense() const {
    const std::string flag = version > 0 ? std::string(1, '\0') : std::string();
    const auto rows = static_cast<std::int64_t>(words.size());
    return start() + options() + dictionary() + flag + matrix(rows + bucket) + flag + matrix(rows);
  }
};

class FastTextVectors : public testing::Test {
 protected:
  EmbeddingTable read(const std::string& content, std::int64_t limit = 0) const {
    return read_vectors(folder_.write("m.bin", content), limit);
  }
  /// Value of the word's vector as if it were out of the vocabulary; -1 if it has no vector.
  static float unseen(const EmbeddingTable& table, std::string_view word) {
    float value = 0;
    return table.unseen()->vector_of(word, &value) ? value : -1;
  }
  const TempFolder folder_;
};

// FNV-1a of "a", modulo 7: 0xe40c292c -> 5, "b": 0xe70c2de5 -> 6, "<a": 0x68f6dc6e -> 4,
// "a>": 0x1124a756 -> 3, "<a>": 0x8c9cd1f0 -> 2. Bucket b has row 2 + b.

TEST_F(FastTextVectors, MeanOfTheWordsRowAndItsNgrams) {
  const auto table = read(Model().dense());
  ASSERT_EQ(table.size(), 2);
  ASSERT_EQ(table.dim(), 1);
  EXPECT_EQ(table.word(1), "b");
  EXPECT_EQ(table.row(0)[0], (1 + 128) / 2.0F)
      << "its row 0 and bucket 5; '<' and '>' are not n-grams";
  EXPECT_EQ(table.row(1)[0], (2 + 256) / 2.0F);
  EXPECT_EQ(unseen(table, "ab"), (128 + 256) / 2.0F);
  EXPECT_EQ(unseen(table, "aab"), static_cast<float>(1.0 / 3) * (128 + 128 + 256));
  EXPECT_EQ(unseen(table, "a"), 64.5F) << "a word of the vocabulary has its full vector";
  EXPECT_EQ(unseen(table, ""), -1);

  Model longer;
  longer.maxn = 3;
  EXPECT_FLOAT_EQ(read(longer.dense()).row(0)[0], (1 + 64 + 16 + 128 + 32) / 5.0F);
  longer.minn = 2;
  EXPECT_FLOAT_EQ(read(longer.dense()).row(0)[0], (1 + 64 + 16 + 32) / 4.0F);
  longer.minn = 6;
  longer.maxn = 6;
  EXPECT_EQ(read(longer.dense()).row(0)[0], 1) << "the word has no n-gram of that length";
}

TEST_F(FastTextVectors, CharactersAreCodePointsAndBytesAreSigned) {
  // "é" is c3 a9; with signed bytes 0x3cfa68c1 -> 0, with unsigned ones it would be 2.
  EXPECT_EQ(unseen(read(Model().dense()), "é"), 4);
  // Ill-formed: a stray continuation byte belongs to the preceding character.
  EXPECT_EQ(unseen(read(Model().dense()), "\xa9"), -1);
}

TEST_F(FastTextVectors, TheEndOfTheSentenceHasNoNgrams) {
  Model model;
  model.words = {"a", "</s>"};
  EXPECT_EQ(read(model.dense()).row(1)[0], 2);
  EXPECT_EQ(unseen(read(Model().dense()), "</s>"), -1);
  model.version = 0;
  EXPECT_NE(read(model.dense()).row(1)[0], 2) << "except in files without a magic number";
}

TEST_F(FastTextVectors, AnEmptyWordIsDroppedWithAWarning) {
  // As gensim may store one. Its row and the buckets keep their places.
  Model model;
  model.words = {"a", "", "b"};
  testing::internal::CaptureStderr();
  const auto table = read(model.dense());
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("dropped 1 row of an empty word (row 2)"));
  ASSERT_EQ(table.size(), 2);
  EXPECT_EQ(table.word(1), "b");
  EXPECT_EQ(table.row(0)[0], (1 + 256) / 2.0F);
  EXPECT_EQ(table.row(1)[0], (4 + 512) / 2.0F);
  EXPECT_EQ(unseen(table, "ab"), (256 + 512) / 2.0F);

  testing::internal::CaptureStderr();
  const FastTextContents contents = read_fasttext_model(folder_ / "m.bin");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("an empty word (entry 2"));
  EXPECT_THAT(contents.vocabulary.words(), ElementsAre("a", "b"));
  EXPECT_EQ(*contents.input(0), 1);
  EXPECT_EQ(*contents.input(1), 4);
  EXPECT_EQ(*contents.input(2), 8) << "the first bucket";
  EXPECT_EQ(*contents.output(1), 4);
}

TEST_F(FastTextVectors, OldFormsAreRead) {
  for (const std::int32_t version : {0, 11, 12}) {
    Model model;
    model.version = version;
    EXPECT_EQ(read(model.dense()).row(0)[0], 64.5F) << version;
    model.kind = 3;
    EXPECT_EQ(read(model.dense()).row(0)[0], version == 12 ? 64.5F : 1)
        << "earlier supervised models had no n-grams";
  }
}

TEST_F(FastTextVectors, LabelsAreNoWords) {
  Model model;
  model.kind = 3;
  model.labels = {"__label__a"};
  const auto table = read(model.dense());
  EXPECT_EQ(table.size(), 2);
  EXPECT_EQ(table.find("__label__a"), -1);
}

TEST_F(FastTextVectors, WithoutNgramsUnseenWordsHaveNoVector) {
  Model model;
  model.bucket = 0;
  model.maxn = 0;
  model.minn = 0;
  const auto table = read(model.dense());
  EXPECT_EQ(table.row(1)[0], 2);
  EXPECT_EQ(unseen(table, "ab"), -1);
}

TEST_F(FastTextVectors, TheFirstWordsOfAModel) {
  const auto table = read(Model().dense(), 1);
  EXPECT_EQ(table.size(), 1);
  EXPECT_EQ(table.find("b"), -1);
  EXPECT_EQ(unseen(table, "b"), 129) << "as in the full model";
  EXPECT_EQ(unseen(read(Model().dense()).first(1), "ab"), 192) << "a view keeps the source";
  EXPECT_EQ(read_vectors(folder_.write("v.txt", "a 1\n")).unseen(), nullptr);
}

/// A quantiser of one column in one part: centroid i is i.
std::string codebook(std::int32_t dim = 1, float scale = 1) {
  std::string text = bytes(dim) + bytes<std::int32_t>(1) + bytes(dim) + bytes(dim);
  for (int i = 0; i < 256 * dim; ++i) text += bytes(scale * static_cast<float>(i));
  return text;
}

std::string quantised(const std::string& codes, bool norms) {
  std::string text(1, norms ? '\1' : '\0');
  text += bytes(static_cast<std::int64_t>(codes.size())) + bytes<std::int64_t>(1) +
          bytes(static_cast<std::int32_t>(codes.size())) + codes + codebook();
  if (norms) text += std::string(codes.size(), '\2') + codebook(1, 0.25F);
  return text;
}

TEST_F(FastTextVectors, QuantisedAndPruned) {
  Model model;
  model.kind = 3;
  const std::string codes = "\x0a\x14\1\2\3\4\5\6\7";
  const auto file = [&](const std::string& input) {
    return model.start() + model.options() + model.dictionary() + '\1' + input + '\0' +
           Model::matrix(2);
  };
  EXPECT_EQ(read(file(quantised(codes, false))).row(0)[0], (10 + 6) / 2.0F);
  EXPECT_EQ(read(file(quantised(codes, true))).row(0)[0], 4) << "norms of a half";

  model.pruned = 1;
  model.pairs = bytes<std::int32_t>(5) + bytes<std::int32_t>(0);
  const auto pruned = read(file(quantised("\x0a\x14\x08", false)));
  EXPECT_EQ(pruned.row(0)[0], 9);
  EXPECT_EQ(pruned.row(1)[0], 20) << "its n-gram was pruned";
  EXPECT_EQ(unseen(pruned, "ab"), 8);
  EXPECT_EQ(unseen(pruned, "bb"), -1);

  const std::string good = file(quantised("\x0a\x14\x08", true));
  for (std::size_t size = 0; size < good.size(); size += size < 300 ? 1 : 41)
    EXPECT_THROW(read(good.substr(0, size)), Error) << size;
  model.pairs = bytes<std::int32_t>(5) + bytes<std::int32_t>(1);
  EXPECT_THAT(message_of<Error>([&] { read(file(quantised("\x0a\x14\x08", false))); }),
              HasSubstr("rows below 1"));
}

TEST_F(FastTextVectors, CutShortAnywhere) {
  for (const std::int32_t version : {0, 12}) {
    Model model;
    model.version = version;
    model.labels = {"__label__x"};
    const std::string good = model.dense();
    read(good);
    for (std::size_t size = 0; size < good.size(); ++size)
      EXPECT_THROW(read(good.substr(0, size)), Error) << version << ": " << size;
    EXPECT_THAT(message_of<Error>([&] { read(good + "x"); }),
                AllOf(HasSubstr("longer"), HasSubstr("1 more bytes")));
  }
  EXPECT_THAT(message_of<Error>([&] { read(Model().dense().substr(0, 150)); }),
              AllOf(HasSubstr("truncated"), HasSubstr("m.bin: byte 131")));
}

TEST_F(FastTextVectors, NumbersThatLie) {
  const std::string good = Model().dense();
  const auto with = [&](std::size_t at, const std::string& value) {
    std::string content = good;
    return content.replace(at, value.size(), value);
  };
  constexpr std::int32_t kHuge = std::numeric_limits<std::int32_t>::max();
  const auto message = [&](const std::string& content) {
    return message_of<Error>([&] { read(content); });
  };
  EXPECT_THAT(message(with(4, bytes(13))), AllOf(HasSubstr("version"), HasSubstr("13")));
  EXPECT_THAT(message(with(8, bytes(kHuge))), HasSubstr("options"));
  EXPECT_THAT(message(with(8, bytes(2))),
              AllOf(HasSubstr("does not match its header"), HasSubstr("9 x 2")));
  EXPECT_THAT(message(with(8 + 4 * 7, bytes(4))), HasSubstr("options"));
  EXPECT_THAT(message(with(8 + 4 * 8, bytes(kHuge))), HasSubstr("does not match its header"));
  EXPECT_THAT(message(with(8 + 4 * 10, bytes(-1))), HasSubstr("options"));
  const std::size_t dictionary = 8 + 56;
  EXPECT_THAT(message(with(dictionary, bytes(kHuge) + bytes(kHuge))),
              AllOf(HasSubstr("dictionary"), HasSubstr("2147483647 words")));
  EXPECT_THAT(message(with(dictionary, bytes(0) + bytes(0))), HasSubstr("dictionary"));
  EXPECT_THAT(message(with(dictionary + 20, bytes(std::int64_t{1} << 60))),
              HasSubstr("dictionary"));
  EXPECT_THAT(message(with(dictionary + 20, bytes<std::int64_t>(0))), HasSubstr("pruned"));
  const std::size_t first_kind = dictionary + 28 + 2 + 8;
  EXPECT_THAT(message(with(first_kind, "\1")), AllOf(HasSubstr("kind 1"), HasSubstr("'a'")));
  const std::size_t input = dictionary + 28 + 2 * 11;
  EXPECT_THAT(message(with(input, "\2")), HasSubstr("0 or 1"));
  EXPECT_THAT(message(with(input + 1, bytes(std::int64_t{1} << 59))), HasSubstr("truncated"));
  EXPECT_THAT(message(with(input + 1, bytes(std::int64_t{1} << 62))), HasSubstr("invalid matrix"));
  EXPECT_THAT(message(with(input + 17, bytes(std::nanf("")))),
              AllOf(HasSubstr("row 1"), HasSubstr("'a'"), HasSubstr("not finite")));
}

TEST_F(FastTextVectors, SameForAnyNumberOfThreads) {
  Model model;
  model.words.clear();
  for (int i = 0; i < 60; ++i) model.words.push_back("w" + std::to_string(i));
  std::vector<float> first;
  for (const int count : {1, 3}) {
    set_threads(count);
    const auto table = read(model.dense());
    const std::vector<float> rows(table.data(), table.data() + table.size());
    if (first.empty()) first = rows;
    EXPECT_EQ(rows, first);
  }
  set_threads(0);
}

/// Vectors that `fasttext print-word-vectors` (0.9.2) prints for the published files, with five
/// digits.
class PublicFastText : public testing::Test {
 protected:
  void SetUp() override {
    const char* mirror = std::getenv("WORDBRIDGE_MIRROR");
    if (!mirror) GTEST_SKIP() << "no local data mirror (WORDBRIDGE_MIRROR)";
    folder_ = std::filesystem::path(mirror) / "vector-formats";
  }
  static void expect_printed(const EmbeddingTable& table, const std::string& word, bool seen,
                             const std::vector<double>& printed) {
    std::vector<float> row(static_cast<std::size_t>(table.dim()));
    ASSERT_EQ(table.find(word) >= 0, seen) << word;
    ASSERT_TRUE(table.unseen()->vector_of(word, row.data())) << word;
    ASSERT_EQ(row.size(), printed.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
      EXPECT_NEAR(row[i], printed[i], half_a_unit(printed[i])) << word << " " << i;
      if (seen) {
        EXPECT_EQ(row[i], table.row(table.find(word))[i]) << word;
      }
    }
  }
  static double half_a_unit(double printed) {
    return 0.5001 * std::pow(10, std::floor(std::log10(std::abs(printed))) - 4);
  }
  std::filesystem::path folder_;
};

TEST_F(PublicFastText, IsAsTheProgramPrintsIt) {
  const auto lee = read_vectors(folder_ / "lee_fasttext_new.bin");
  EXPECT_EQ(lee.size(), 1763);
  expect_printed(lee, "the", true,
                 {-0.33022, -0.31812, 0.10051, -1.0401, 0.087806, -0.76704, 0.39969, -0.19609,
                  -0.13398, 0.30554});
  expect_printed(lee, "преступление", false,
                 {-0.21388, -0.19124, 0.21565, -0.94436, -0.036688, -0.89844, 0.42484, 0.12093,
                  -0.23982, 0.12234});
  expect_printed(lee, "</s>", true,
                 {-0.05794, -0.076554, 2.4925e-05, -0.50568, -0.29976, -0.39977, 0.26805, -0.099168,
                  -0.27452, 0.23988});
  const auto toy = read_vectors(folder_ / "toy-model.bin");
  EXPECT_EQ(toy.size(), 22);
  expect_printed(toy, "the", true, {0.068811, 0.26619, 0.026622, -0.2588, -0.00044401});
  expect_printed(toy, "night", false, {0.065828, 0.052476, -0.013122, -0.10007, 0.034306});
  const auto crime = read_vectors(folder_ / "crime-and-punishment.bin");
  EXPECT_EQ(crime.size(), 291);
  expect_printed(crime, "преступление", false,
                 {0.0032452, 0.038679, 0.038127, 0.070736, 0.0090495});
  expect_printed(crime, "</s>", true, {0.19648, 0.14884, 0.069312, 0.0363, -0.09718});
}

TEST_F(PublicFastText, BinaryIsAsTheTextBesideIt) {
  for (const char* const name : {"lee_fasttext", "toy-model", "crime-and-punishment"}) {
    const auto binary = read_vectors(folder_ / (std::string(name) + ".bin"));
    const auto text = read_vectors(folder_ / (std::string(name) + ".vec"));
    ASSERT_EQ(binary.size(), text.size()) << name;
    for (std::int64_t i = 0; i < text.size(); ++i) {
      ASSERT_EQ(binary.word(i), text.word(i)) << name;
      for (std::int64_t j = 0; j < text.dim(); ++j) {
        const double printed = text.row(i)[j];
        ASSERT_NEAR(binary.row(i)[j], printed, half_a_unit(printed) * 1.01)
            << name << ": " << text.word(i);
      }
    }
  }
  const auto czech = read_vectors(folder_ / "non_ascii_fasttext.bin");
  EXPECT_EQ(czech.size(), 171);
  EXPECT_GE(czech.find("který"), 0);
}

}  // namespace
}  // namespace wordbridge
