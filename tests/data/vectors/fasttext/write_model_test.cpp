#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/rng.h"
#include "data/vectors/fasttext/fasttext_model.h"
#include "data/vectors/vector_files.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// A model whose matrices are in memory. An empty row of a bucket means zeros.
struct Model {
  FastTextSettings settings;
  std::vector<std::string> words;
  std::vector<std::int64_t> counts;
  std::vector<std::vector<float>> input, output;

  FastTextContents contents() const {
    const auto rows_of = [](const std::vector<std::vector<float>>& rows) -> MatrixRows {
      return [&rows](std::int64_t i) {
        const auto& row = rows[static_cast<std::size_t>(i)];
        return row.empty() ? nullptr : row.data();
      };
    };
    return {settings, Vocabulary(words, counts, ""), rows_of(input), rows_of(output)};
  }
};

/// Two words, three buckets.
Model small_model() {
  Model model;
  model.settings.dim = 2;
  model.settings.ngrams = {1, 2, 3};
  model.words = {"a", "b"};
  model.counts = {3, 7};
  model.input = {{1, 2}, {3, 4}, {5, 6}, {}, {7, 8}};
  model.output = {{-1, -2}, {-3, -4}};
  return model;
}

/// Words with various kinds of characters, and random rows.
Model random_model() {
  Model model;
  model.settings.dim = 7;
  model.settings.ngrams = {2, 4, 50};
  model.words = {"the", "of", "où", "日本", "naïve", "where", "x"};
  model.counts = {90, 50, 50, 20, 9, 9, 0};
  Rng rng(1, "rows");
  const auto random_rows = [&](std::size_t size) {
    std::vector<std::vector<float>> rows(size, std::vector<float>(7));
    for (auto& row : rows) {
      for (auto& value : row) value = static_cast<float>(rng.uniform() - 0.5);
    }
    return rows;
  };
  model.input = random_rows(57);
  model.input[30].clear();
  model.output = random_rows(7);
  return model;
}

template <class T>
std::string bytes(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}
std::string bytes_of(const std::vector<float>& values) {
  std::string text;
  for (const float value : values) text += bytes(value);
  return text;
}

class FastTextWriter : public testing::Test {
 protected:
  std::string written(const Model& model) const {
    write_fasttext_model(model.contents(), file_);
    return slurp(file_);
  }
  std::string message(const Model& model) const {
    return message_of<Error>([&] { write_fasttext_model(model.contents(), file_); });
  }
  const TempFolder folder_;
  const std::filesystem::path file_ = folder_ / "model.bin";
};

TEST_F(FastTextWriter, ByteByByte) {
  std::string expected = "\xba\x16\x4f\x2f" + bytes(12);
  // dim, window, epochs, min count, negatives, word n-grams, ns, skip-gram, buckets, minn, maxn.
  for (const std::int32_t value : {2, 5, 5, 5, 5, 1, 2, 2, 3, 1, 2, 100}) expected += bytes(value);
  expected += bytes(1e-4) + bytes(2) + bytes(2) + bytes(0) + bytes<std::int64_t>(10) +
              bytes<std::int64_t>(-1);
  // The more frequent word comes first.
  expected += std::string("b\0", 2) + bytes<std::int64_t>(7) + '\0';
  expected += std::string("a\0", 2) + bytes<std::int64_t>(3) + '\0';
  expected += '\0' + bytes<std::int64_t>(5) + bytes<std::int64_t>(2) +
              bytes_of({3, 4, 1, 2, 5, 6, 0, 0, 7, 8});
  expected += '\0' + bytes<std::int64_t>(2) + bytes<std::int64_t>(2) + bytes_of({-3, -4, -1, -2});
  EXPECT_EQ(written(small_model()), expected);
}

TEST_F(FastTextWriter, SettingsOfOtherModels) {
  Model model = small_model();
  model.settings.architecture = FastTextSettings::Architecture::cbow;
  model.settings.loss = FastTextSettings::Loss::hierarchical_softmax;
  model.settings.ngrams = {3, 6, 0};
  model.settings.window = 2;
  model.settings.epochs = 3;
  model.settings.min_count = 4;
  model.settings.sample = 0.5;
  model.counts[0] = 0;
  std::string expected;
  for (const std::int32_t value : {2, 2, 3, 4, 0, 1, 1, 1, 0, 0, 0, 100}) expected += bytes(value);
  const std::string file = written(model);
  EXPECT_EQ(file.substr(8, 56), expected + bytes(0.5)) << "no negatives, no lengths of n-grams";
  EXPECT_THAT(file, HasSubstr(std::string("a\0", 2) + bytes<std::int64_t>(1)))
      << "a count of 0 becomes 1";
  EXPECT_EQ(file.substr(file.size() - 16), bytes_of({-1, -2, -3, -4}))
      << "rows of inner nodes keep their order";
}

TEST_F(FastTextWriter, OurReaderGivesTheMeansBack) {
  written(small_model());
  const auto table = read_vectors(file_);
  ASSERT_EQ(table.size(), 2);
  EXPECT_EQ(table.word(0), "b");
  // FNV-1a modulo 3: <a 0x68f6dc6e -> 2, a 0xe40c292c -> 1 (zeros), a> 0x1124a756 -> 0.
  EXPECT_EQ(table.row(1)[0], (1 + 7 + 0 + 5) / 4.0F);
  EXPECT_EQ(table.row(1)[1], (2 + 8 + 0 + 6) / 4.0F);
  // Also ab 0x4d2505ca -> 0, b 0xe70c2de5 -> 1, b> 0x932c2fc1 -> 2.
  float row[2];
  ASSERT_TRUE(table.unseen()->vector_of("ab", row));
  EXPECT_FLOAT_EQ(row[0], (7 + 0 + 5 + 0 + 7) / 5.0F);
}

TEST_F(FastTextWriter, WithoutBucketsRowsAreVectors) {
  Model model = small_model();
  model.settings.ngrams.buckets = 0;
  written(model);
  const auto table = read_vectors(file_);
  EXPECT_THAT(std::vector<float>(table.row(0), table.row(0) + 4), ElementsAre(3, 4, 1, 2));
  float row[2];
  EXPECT_FALSE(table.unseen()->vector_of("ab", row));
}

TEST_F(FastTextWriter, RowsAreAskedForOnceInOrder) {
  std::vector<std::int64_t> asked;
  FastTextContents contents = small_model().contents();
  const std::vector<float> row(2);
  contents.input = [&](std::int64_t i) {
    asked.push_back(i);
    return row.data();
  };
  contents.output = contents.input;
  write_fasttext_model(contents, file_);
  EXPECT_THAT(asked, ElementsAre(1, 0, 2, 3, 4, 1, 0));
}

TEST_F(FastTextWriter, WhatItRefuses) {
  for (const char end : {' ', '\v', '\f', '\0'}) {
    Model model = small_model();
    model.words[1] = std::string("b") + end + "c";
    EXPECT_THAT(message(model), AllOf(HasSubstr("without whitespace"), HasSubstr("word 2")))
        << int{end};
  }
  Model model = small_model();
  model.input[3] = {1, std::numeric_limits<float>::infinity()};
  EXPECT_THAT(message(model), AllOf(HasSubstr("not finite"), HasSubstr("input, row 4")));
  model = small_model();
  model.output[0][1] = std::nanf("");
  EXPECT_THAT(message(model), AllOf(HasSubstr("not finite"), HasSubstr("output, row 1")));
  model = small_model();
  model.settings.ngrams.buckets = std::numeric_limits<std::int32_t>::max();
  EXPECT_THAT(message(model), AllOf(HasSubstr("too large"), HasSubstr("2147483649")));
  EXPECT_THAT(message_of<Error>([] { write_fasttext_model({}, "nothing.bin"); }),
              HasSubstr("no vectors"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path())) << "nothing is left behind";
}

TEST_F(FastTextWriter, AFullDiskIsAnError) {
  EXPECT_THAT(
      message_of<Error>([] { write_fasttext_model(small_model().contents(), "/dev/full"); }),
      AllOf(HasSubstr("/dev/full"), HasSubstr("the disk is full")));
}

// Tests with other programs, if installed.

const std::vector<std::string> kAsked = {"the", "of",    "où", "日本", "naïve",  "where",
                                         "x",   "there", "日", "ou",   "naïveté"};

/// `text`: lines of a word and its numbers, for the words of kAsked.
void expect_as_read(const std::string& text, const EmbeddingTable& table, double tolerance) {
  std::istringstream lines(text);
  std::vector<float> row(static_cast<std::size_t>(table.dim()));
  for (const auto& word : kAsked) {
    std::string printed;
    ASSERT_TRUE(lines >> printed) << text;
    EXPECT_EQ(printed, word);
    ASSERT_TRUE(table.unseen()->vector_of(word, row.data())) << word;
    for (const float value : row) {
      double number = 0;
      ASSERT_TRUE(lines >> number) << text;
      EXPECT_NEAR(number, value, tolerance) << word;
    }
  }
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += word + "\n";
  return text;
}

ProcessResult run(const std::vector<std::string>& command, const ProcessOptions& options) {
  return Process(command, options).wait();
}

TEST_F(FastTextWriter, TheProgramReadsIt) {
  const std::string program = "/usr/bin/fasttext";
  if (!std::filesystem::exists(program)) GTEST_SKIP() << "no fastText (apt install fasttext)";
  for (const auto loss :
       {FastTextSettings::Loss::negative_sampling, FastTextSettings::Loss::hierarchical_softmax}) {
    Model model = random_model();
    model.settings.loss = loss;
    written(model);
    ProcessOptions options;
    options.folder = folder_.path();
    options.input = joined(kAsked);
    const auto vectors = run({program, "print-word-vectors", "model.bin"}, options);
    EXPECT_EQ(vectors.status, 0) << vectors.err;
    expect_as_read(vectors.out, read_vectors(file_), 5.1e-6);  // five digits
    const auto dictionary = run({program, "dump", "model.bin", "dict"}, options);
    EXPECT_EQ(dictionary.out,
              "7\nthe 90 word\nof 50 word\noù 50 word\n日本 20 word\nnaïve 9 word\nwhere 9 word\n"
              "x 1 word\n");
    const auto settings = run({program, "dump", "model.bin", "args"}, options);
    EXPECT_THAT(settings.out, AllOf(HasSubstr("dim 7\n"), HasSubstr("bucket 50\n"),
                                    HasSubstr("minn 2\n"), HasSubstr("maxn 4\n")));
  }
}

TEST_F(FastTextWriter, GensimReadsItAndGoesOn) {
  const std::string python = "/usr/bin/python3";
  const auto gensim = std::filesystem::path("/usr/lib/python3/dist-packages/gensim");
  if (!std::filesystem::exists(gensim)) GTEST_SKIP() << "no gensim (apt install python3-gensim)";
  const Model model = random_model();
  written(model);
  const std::string script = folder_.write("read.py", R"(
import sys
from gensim.models.fasttext import load_facebook_model
model = load_facebook_model("model.bin")
words = sys.stdin.buffer.read().decode().split()
lines = [word + " " + " ".join(repr(float(x)) for x in model.wv[word]) for word in words]
sys.stdout.buffer.write("\n".join(lines).encode() + b"\n")
print(*[repr(float(x)) for x in model.syn1neg[1]], file=sys.stderr)
assert model.epochs == 5 and model.window == 5 and model.negative == 5 and model.sg == 1
before = model.wv["the"].copy()
model.train([["the", "of", "where"] * 10] * 10, total_examples=10, epochs=1)
assert (model.wv["the"] != before).any()
)");
  ProcessOptions options;
  options.folder = folder_.path();
  options.input = joined(kAsked);
  const auto result = run({python, script}, options);
  EXPECT_EQ(result.status, 0) << result.err;
  expect_as_read(result.out, read_vectors(file_), 1e-6);
  std::istringstream numbers(result.err);  // warnings come later
  std::vector<float> context(7);
  for (auto& value : context) numbers >> value;
  EXPECT_EQ(context, model.output[1]) << result.err;
}

}  // namespace
}  // namespace wordbridge
