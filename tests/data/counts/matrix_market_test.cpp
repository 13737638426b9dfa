#include "data/counts/matrix_market.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <utility>

#include "core/error.h"
#include "data/counts/read_counts.h"
#include "tests/support/memory.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::HasSubstr;

constexpr const char* kReal = "%%MatrixMarket matrix coordinate real general\n";

SparseMatrix matrix_of(std::int64_t rows, std::int64_t cols, std::vector<std::int64_t> begin,
                       std::vector<std::int32_t> column, std::vector<double> value) {
  SparseMatrix matrix;
  matrix.rows = rows;
  matrix.cols = cols;
  matrix.begin = std::move(begin);
  matrix.column = std::move(column);
  matrix.value = std::move(value);
  return matrix;
}

void expect_equal(const SparseMatrix& matrix, const SparseMatrix& expected) {
  EXPECT_EQ(matrix.rows, expected.rows);
  EXPECT_EQ(matrix.cols, expected.cols);
  EXPECT_EQ(matrix.begin, expected.begin);
  EXPECT_EQ(matrix.column, expected.column);
  EXPECT_EQ(matrix.value, expected.value);
}

TEST(MatrixMarket, WrittenByHand) {
  const TempFolder folder;
  const auto path = folder / "counts.mtx";
  write_matrix_market(matrix_of(3, 4, {0, 2, 2, 3}, {0, 3, 1}, {2, 16777217, 5}).view(), path,
                      {"rows: words"});
  EXPECT_EQ(slurp(path),
            "%%MatrixMarket matrix coordinate integer general\n% rows: words\n3 4 3\n1 1 2\n1 4 "
            "16777217\n3 2 5\n");
}

TEST(MatrixMarket, RoundTrip) {
  const TempFolder folder;
  const SparseMatrix real = matrix_of(3, 4, {0, 2, 2, 3}, {0, 3, 1}, {1.0 / 3, 1e-300, 5});
  for (const char* name : {"counts.mtx", "counts.mtx.gz"}) {
    write_matrix_market(real.view(), folder / name, {"one", "two"});
    const MarketMatrix read = read_matrix_market(folder / name);
    expect_equal(read.matrix, real);
    EXPECT_EQ(read.header.comments, (std::vector<std::string>{"one", "two"}));
  }
  // More rows than are written at once.
  SparseMatrix large;
  large.rows = 20000;
  large.cols = 7;
  large.begin = {0};
  for (std::int32_t row = 0; row < 20000; ++row) {
    if (row % 3 != 0) {
      large.column.push_back(row % 7);
      large.value.push_back(row);
    }
    large.begin.push_back(large.nonzeros());
  }
  write_matrix_market(large.view(), folder / "large.mtx", {});
  expect_equal(read_matrix_market(folder / "large.mtx").matrix, large);
}

/// Rows of `columns` ones each.
SparseMatrix full_rows(std::int32_t rows, std::int32_t columns) {
  SparseMatrix matrix;
  matrix.rows = rows;
  matrix.cols = columns;
  matrix.begin = {0};
  for (std::int32_t row = 0; row < rows; ++row) {
    for (std::int32_t column = 0; column < columns; ++column) matrix.column.push_back(column);
    matrix.begin.push_back(matrix.nonzeros());
  }
  matrix.value.assign(matrix.column.size(), 1);
  return matrix;
}

TEST(MatrixMarket, RowsLongerThanWhatIsWrittenAtOnce) {
  const TempFolder folder;
  SparseMatrix matrix = full_rows(3, 200000);
  matrix.rows = 5;  // the last two are empty
  matrix.begin.insert(matrix.begin.end(), 2, matrix.nonzeros());
  for (std::size_t i = 0; i < matrix.value.size(); ++i)
    matrix.value[i] = static_cast<double>(i + 1);
  write_matrix_market(matrix.view(), folder / "long.mtx", {});
  expect_equal(read_matrix_market(folder / "long.mtx").matrix, matrix);
}

TEST(MatrixMarket, WritingNeedsNoMemoryForLongRows) {
  if (!kMemoryIsMeasured) GTEST_SKIP() << "the address sanitizer keeps freed memory";
  const TempFolder folder;
  const SparseMatrix matrix = full_rows(100, 20000);  // 20 MB of text
  forget_peak_memory();
  const double before = memory("VmRSS");
  write_matrix_market(matrix.view(), folder / "long.mtx", {});
  EXPECT_LT(memory("VmHWM") - before, 12e6);
  EXPECT_GT(std::filesystem::file_size(folder / "long.mtx"), 20e6);
}

TEST(MatrixMarket, OtherFormsByHand) {
  const TempFolder folder;
  const auto read = [&](const std::string& text) {
    return read_matrix_market(folder.write("a.mtx", text)).matrix;
  };
  // Any order, blank lines, CR, spaces, zeros, comments among the entries.
  expect_equal(read("%%MatrixMarket MATRIX Coordinate Real General\r\n% c\n\n2 2 4\n 2 1  1.5\t\r\n"
                    "1 2 0\n% d\n\n1 1 2e0\n2 2 0.0"),
               matrix_of(2, 2, {0, 1, 2}, {0, 0}, {2, 1.5}));
  expect_equal(read("%%MatrixMarket matrix coordinate pattern general\n1 3 2\n1 3\n1 1\n"),
               matrix_of(1, 3, {0, 2}, {0, 2}, {1, 1}));
  expect_equal(read("%%MatrixMarket matrix coordinate integer symmetric\n3 3 3\n2 1 4\n3 3 7\n3 1 "
                    "2\n"),
               matrix_of(3, 3, {0, 2, 3, 5}, {1, 2, 0, 0, 2}, {4, 2, 4, 2, 7}));
}

TEST(MatrixMarket, DamagedFilesAreErrorsWithTheLine) {
  const TempFolder folder;
  const auto message = [&](const std::string& text) {
    const std::string path = folder.write("a.mtx", text);
    return message_of<Error>([&] { read_matrix_market(path); });
  };
  const std::string real = kReal;
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases = {
      {"", {"ends before", "a.mtx:1"}},
      {real, {"ends before its size line", "a.mtx:1"}},
      {"1 1 1\n1 1 1\n", {"not a Matrix Market file", "a.mtx:1"}},
      {"%%MatrixMarket matrix array real general\n1 1\n1\n", {"not a Matrix", "coordinate"}},
      {"%%MatrixMarket matrix coordinate complex general\n",
       {"not a Matrix Market file of counts"}},
      {"%%MatrixMarket matrix coordinate real skew-symmetric\n", {"not a Matrix Market file"}},
      {real + "2 2\n", {"size line", "a.mtx:2"}},
      {real + "2 x 1\n", {"size line", "a.mtx:2"}},
      {real + "-2 2 1\n", {"size line", "a.mtx:2"}},
      {real + "3000000000 2 1\n", {"size line", "a.mtx:2"}},
      {real + "% c\n2 2 1\n3 1 1\n", {"the row is out of range", "a.mtx:4", "from 1 to 2", "3"}},
      {real + "2 2 1\n0 1 1\n", {"the row is out of range", "a.mtx:3"}},
      {real + "2 2 1\n1 3 1\n", {"the column is out of range", "a.mtx:3"}},
      {real + "2 2 1\n1 1.5 1\n", {"the column is out of range", "a.mtx:3"}},
      {real + "2 2 1\n1 1\n", {"the entry is not valid", "a.mtx:3", "row, column and value"}},
      {real + "2 2 1\n1 1 1 1\n", {"the entry is not valid", "a.mtx:3"}},
      {real + "2 2 1\n1 1 nan\n", {"not a count", "a.mtx:3", "nan"}},
      {real + "2 2 1\n1 1 inf\n", {"not a count", "a.mtx:3"}},
      {real + "2 2 1\n1 1 -1\n", {"not a count", "a.mtx:3", "-1"}},
      {real + "2 2 1\n1 1 two\n", {"not a count", "a.mtx:3", "two"}},
      {"%%MatrixMarket matrix coordinate integer general\n2 2 1\n1 1 1.5\n", {"an integer"}},
      {"%%MatrixMarket matrix coordinate pattern general\n2 2 1\n1 1 1\n", {"row and column"}},
      {real + "2 2 2\n1 1 1\n", {"fewer entries", "2 entries", "1"}},
      {real + "2 2 1\n1 1 1\n1 2 1\n", {"more entries", "a.mtx:4"}},
      {real + "2 2 3\n1 1 1\n2 1 4\n1 1 2\n",
       {"given twice", "a.mtx:5", "row 1, column 1", "line 3"}},
      {"%%MatrixMarket matrix coordinate real symmetric\n2 3 0\n", {"square", "2 x 3"}},
      {"%%MatrixMarket matrix coordinate real symmetric\n2 2 1\n1 2 1\n", {"above the diagonal"}},
  };
  for (const auto& [text, parts] : cases) {
    const std::string found = message(text);
    for (const auto& part : parts) EXPECT_THAT(found, HasSubstr(part)) << text;
  }
}

TEST(MatrixMarket, TheHeaderIsReadAlone) {
  const TempFolder folder;
  const SparseMatrix matrix = matrix_of(3, 4, {0, 2, 2, 3}, {0, 3, 1}, {2, 1, 5});
  for (const char* name : {"counts.mtx", "counts.mtx.gz"}) {
    write_matrix_market(matrix.view(), folder / name, {"one"});
    const MarketHeader header = read_market_header(folder / name);
    EXPECT_EQ(header.rows, 3);
    EXPECT_EQ(header.cols, 4);
    EXPECT_EQ(header.entries, 3);
    EXPECT_FALSE(header.symmetric);
    EXPECT_EQ(header.comments, std::vector<std::string>{"one"});
  }
  EXPECT_TRUE(
      read_market_header(
          folder.write("s.mtx", "%%MatrixMarket matrix coordinate real symmetric\n2 2 1\ndamaged"))
          .symmetric);
  EXPECT_THAT(message_of<Error>([&] { read_market_header(folder.write("e.mtx", kReal)); }),
              HasSubstr("ends before its size line"));
}

TEST(ReadCounts, RowsAreFoundByTheirWords) {
  const TempFolder folder;
  const Vocabulary vocabulary({"b", "a", "c"}, {3, 2, 1}, "");
  CountOptions counts;
  counts.file = folder.write("c.mtx", std::string(kReal) + "4 4 4\n1 2 5\n2 3 6\n3 4 7\n4 1 8\n");
  counts.vocabulary = folder.write("words.tsv", "word\tcount\na\t2\nx\t2\nb\t2\nc\t1\n");
  // a-x 5 and x-b 6 are dropped with x; b-c 7, c-a 8.
  const SparseCounts read = read_counts(counts, vocabulary);
  const SparseView view = read.view();
  ASSERT_EQ(view.rows, 3);
  ASSERT_EQ(view.cols, 3);
  ASSERT_EQ(view.nonzeros(), 2);
  const auto b = vocabulary.find("b"), a = vocabulary.find("a"), c = vocabulary.find("c");
  EXPECT_EQ(view.begin[b + 1] - view.begin[b], 1);
  EXPECT_EQ(view.column[view.begin[b]], c);
  EXPECT_EQ(view.value[view.begin[b]], 7);
  EXPECT_EQ(view.column[view.begin[c]], a);
  EXPECT_EQ(view.value[view.begin[c]], 8);

  counts.vocabulary = folder.write("few.tsv", "word\tcount\na\t2\nx\t2\nb\t2\ny\t1\n");
  EXPECT_THAT(message_of<Error>([&] { read_counts(counts, vocabulary); }),
              testing::AllOf(HasSubstr("have no counts"), HasSubstr("such as c")));
  counts.vocabulary = folder.write("short.tsv", "word\tcount\na\t2\nb\t2\nc\t1\n");
  EXPECT_THAT(message_of<Error>([&] { read_counts(counts, vocabulary); }),
              HasSubstr("another number of rows"));
}

TEST(ReadCounts, AFileOfTheSameVocabularyNeedsNoWords) {
  const TempFolder folder;
  const Vocabulary vocabulary({"b", "a"}, {2, 1}, "");
  CountOptions counts;
  counts.file = (folder / "c.mtx").string();
  const SparseMatrix matrix = matrix_of(2, 2, {0, 1, 2}, {1, 0}, {2, 3});
  write_matrix_market(matrix.view(), counts.file, {vocabulary_comment(vocabulary)});
  EXPECT_EQ(read_counts(counts, vocabulary).view().value[1], 3);
  const Vocabulary other({"a", "b"}, {2, 1}, "");
  EXPECT_THAT(message_of<Error>([&] { read_counts(counts, other); }),
              HasSubstr("not known which words"));
}

TEST(ReadCounts, OtherWordsThanTheFileNamesAreAnError) {
  const TempFolder folder;
  const Vocabulary text({"b", "a", "c"}, {3, 2, 1}, ""), others({"a", "b", "c"}, {3, 2, 1}, "");
  const SparseMatrix matrix = matrix_of(3, 3, {0, 1, 2, 3}, {1, 0, 2}, {2, 3, 4});
  CountOptions counts;
  counts.file = (folder / "c.mtx").string();
  counts.vocabulary = (folder / "words.tsv").string();
  const auto message = [&] { return message_of<Error>([&] { read_counts(counts, text); }); };
  const std::vector<std::string> all = {vocabulary_comment(text), words_comment(text)};
  for (const auto& comments : {all, {all[0]}}) {
    write_matrix_market(matrix.view(), counts.file, comments);
    others.save(counts.vocabulary);
    EXPECT_THAT(message(), testing::AllOf(HasSubstr("other words"), HasSubstr("c.mtx"),
                                          HasSubstr("words.tsv"), HasSubstr("counts.vocabulary")));
    const bool of_words = comments.size() == 2;
    const auto sum = [&](const Vocabulary& words) {
      return of_words ? words_comment(words).substr(words_comment(words).size() - 64)
                      : words.sha256();
    };
    EXPECT_THAT(message(), testing::AllOf(HasSubstr(sum(text)), HasSubstr(sum(others))));
    text.save(counts.vocabulary);
    EXPECT_EQ(read_counts(counts, text).view().value[0], 2);
  }
  // The same words with the counts of another text, and word vectors, which have no counts.
  write_matrix_market(matrix.view(), counts.file, all);
  Vocabulary({"b", "a", "c"}, {9, 9, 1}, "").save(counts.vocabulary);
  EXPECT_EQ(read_counts(counts, text).view().value[0], 2);
  folder.write("words.tsv", "b 1 0\na 0 1\nc 1 1\n");
  EXPECT_EQ(read_counts(counts, text).view().value[0], 2);
  folder.write("words.tsv", "a 1 0\nb 0 1\nc 1 1\n");
  EXPECT_THAT(message(), HasSubstr("other words"));
  // A file of an earlier version does not have the sum that could be compared.
  write_matrix_market(matrix.view(), counts.file, {all[0]});
  EXPECT_EQ(read_counts(counts, text).view().rows, 3);
}

TEST(ReadCounts, CountsOfZeroAreAnError) {
  const TempFolder folder;
  const Vocabulary vocabulary({"a", "b"}, {2, 1}, "");
  CountOptions counts;
  counts.file = folder.write("c.mtx", std::string(kReal) + "3 3 2\n1 1 0\n3 3 5\n");
  counts.vocabulary = folder.write("words.tsv", "word\tcount\na\t2\nb\t2\nc\t1\n");
  EXPECT_THAT(message_of<Error>([&] { read_counts(counts, vocabulary); }),
              testing::AllOf(HasSubstr("are 0"), HasSubstr("c.mtx"), HasSubstr("2 words")));
}

TEST(ReadCounts, OnlyUsedRowsAndColumnsCostMemory) {
  const TempFolder folder;
  const Vocabulary vocabulary({"a", "b"}, {2, 1}, "");
  const std::string comment = "% " + vocabulary_comment(vocabulary) + "\n";
  const auto read = [&](const std::string& size) {
    CountOptions counts;
    counts.file = folder.write(
        "c.mtx", kReal + comment + size + " 3\n1 2147483647 5\n2 7 6\n2 2147483647 1\n");
    return read_counts(counts, vocabulary);
  };
  const SparseCounts counts = read("2 2147483647");
  const SparseView view = counts.view();
  ASSERT_EQ(view.cols, 2);
  EXPECT_EQ(std::vector<std::int32_t>(view.column, view.column + 3),
            (std::vector<std::int32_t>{1, 0, 1}));
  EXPECT_EQ(std::vector<double>(view.value, view.value + 3), (std::vector<double>{5, 6, 1}));
  // Refused at the size line, before 16 GB are allocated.
  EXPECT_THAT(message_of<Error>([&] { read("2147483647 2147483647"); }),
              HasSubstr("not known which words"));
}

TEST(ReadCounts, AFileThatIsCutOffInItsLastNumberIsAnError) {
  const TempFolder folder;
  const Vocabulary vocabulary({"a", "b"}, {2, 1}, "");
  CountOptions counts;
  counts.file = (folder / "c.mtx").string();
  write_matrix_market(matrix_of(2, 2, {0, 1, 2}, {1, 0}, {2, 345}).view(), counts.file,
                      {vocabulary_comment(vocabulary)});
  const std::string whole = slurp(counts.file);
  for (const std::size_t cut : {1, 2, 3}) {
    folder.write("c.mtx", whole.substr(0, whole.size() - cut));
    EXPECT_THAT(message_of<Error>([&] { read_counts(counts, vocabulary); }),
                testing::AllOf(HasSubstr("cut off"), HasSubstr("c.mtx:5")));
  }
}

TEST(ReadCounts, CountsAboveTheRangeOfFloat32AreErrors) {
  const TempFolder folder;
  const Vocabulary vocabulary({"a", "b"}, {2, 1}, "");
  CountOptions counts;
  counts.file = folder.write("c.mtx", kReal + ("% " + vocabulary_comment(vocabulary)) +
                                          "\n2 2 3\n1 1 1\n2 1 3e38\n2 2 2e38\n");
  EXPECT_THAT(message_of<Error>([&] { read_counts(counts, vocabulary); }),
              testing::AllOf(HasSubstr("too large"), HasSubstr("5e+38 for the word b")));
}

TEST(ReadCounts, TheSettingsAreAComment) {
  CountOptions counts;
  counts.weighting = CountWeighting::harmonic;
  EXPECT_EQ(settings_comment(counts, 3),
            "counts: context: window, window: 5, weighting: harmonic, sides: both, "
            "cross_documents: false, sample: 0.0, max_contexts: 0");
  counts.sample = 0.001;
  EXPECT_THAT(settings_comment(counts, 3), testing::EndsWith("max_contexts: 0, seed: 3"));
}

}  // namespace
}  // namespace wordbridge
