#include "eval/postprocess.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <string>

#include "core/error.h"
#include "core/threads.h"
#include "eval/properties/properties.h"
#include "tests/eval/random_table.h"

namespace wordbridge {
namespace {

using Kind = PostProcessing::Kind;

std::vector<float> values(const EmbeddingTable& table) {
  return {table.data(), table.data() + table.size() * table.dim()};
}

EmbeddingTable after(const EmbeddingTable& table, const std::vector<std::string>& steps) {
  std::vector<PostProcessing> parsed;
  for (const auto& step : steps) parsed.push_back(PostProcessing::parse(step));
  return postprocess(table, parsed);
}

void expect_values(const EmbeddingTable& table, const std::vector<float>& expected) {
  const auto found = values(table);
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-6) << i;
}

template <class F>
std::string error_of(const F& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(PostProcessing, Parse) {
  EXPECT_EQ(PostProcessing::parse("center").kind, Kind::center);
  EXPECT_EQ(PostProcessing::parse("normalize").kind, Kind::normalize);
  EXPECT_EQ(PostProcessing::parse("all-but-the-top").directions, 0);
  EXPECT_EQ(PostProcessing::parse("all-but-the-top:3").kind, Kind::all_but_the_top);
  EXPECT_EQ(PostProcessing::parse("all-but-the-top:3").directions, 3);
  for (const char* text : {"center", "normalize", "all-but-the-top", "all-but-the-top:12"})
    EXPECT_EQ(PostProcessing::parse(text).text(), text);
}

TEST(PostProcessing, ErrorsSayWhatIsAllowed) {
  for (const char* text : {"centre", "", "normalize:2", "all-but", "all-but-the-topp", ":3"}) {
    const auto message = error_of([&] { PostProcessing::parse(text); });
    EXPECT_NE(message.find("unknown post-processing step"), std::string::npos) << message;
    for (const char* name : {"center", "all-but-the-top:D", "normalize"})
      EXPECT_NE(message.find(name), std::string::npos) << message;
  }
  EXPECT_NE(error_of([] { PostProcessing::parse("centre"); }).find("did you mean 'center'?"),
            std::string::npos);
  for (const char* text : {"all-but-the-top:", "all-but-the-top:0", "all-but-the-top:-1",
                           "all-but-the-top:2.5", "all-but-the-top:x"})
    EXPECT_NE(error_of([&] { PostProcessing::parse(text); }).find("D >= 1"), std::string::npos)
        << text;
}

TEST(PostProcessing, CenterAndNormalizeByHand) {
  const auto table = numbered_table({3, 4, 0, 0, 6, -4}, 2);
  const auto centered = after(table, {"center"});
  expect_values(centered, {0, 4, -3, 0, 3, -4});
  EXPECT_EQ(centered.origin(), "test, center");
  expect_values(after(table, {"normalize"}), {0.6f, 0.8f, 0, 0, 0.832050f, -0.554700f});
  const auto both = after(table, {"center", "normalize"});
  expect_values(both, {0, 1, -1, 0, 0.6f, -0.8f});
  EXPECT_EQ(both.origin(), "test, center, normalize");
  EXPECT_EQ(values(table), (std::vector<float>{3, 4, 0, 0, 6, -4})) << "the input is unchanged";
  EXPECT_EQ(both.find("w2"), 2);
  EXPECT_EQ(after(table, {}).data(), table.data());
}

/// Minus the mean (1, 2), the vectors are +-(3, 3) and +-(1, -1); the first component is (1, 1).
TEST(PostProcessing, AllButTheTopByHand) {
  const auto table = numbered_table({4, 5, -2, -1, 2, 1, 0, 3}, 2);
  const auto one = after(table, {"all-but-the-top:1"});
  expect_values(one, {0, 0, 0, 0, 1, -1, -1, 1});
  EXPECT_EQ(one.origin(), "test, all-but-the-top:1");
  expect_values(after(table, {"all-but-the-top"}), values(one));  // 2 / 100, at least 1
  expect_values(after(table, {"all-but-the-top:2"}), std::vector<float>(8, 0.0f));
  const auto message = error_of([&] { after(table, {"all-but-the-top:3"}); });
  EXPECT_NE(message.find("at most 2 (the dimension)"), std::string::npos) << message;
}

struct Centered {
  Eigen::RowVectorXd mean;
  Eigen::MatrixXd covariance;
};
Centered moments(const EmbeddingTable& table) {
  Eigen::MatrixXd V(table.size(), table.dim());
  for (std::int64_t i = 0; i < table.size(); ++i)
    for (std::int64_t k = 0; k < table.dim(); ++k) V(i, k) = static_cast<double>(table.row(i)[k]);
  Centered result{V.colwise().mean(), {}};
  const Eigen::MatrixXd centered = V.rowwise() - result.mean;
  result.covariance = centered.transpose() * centered / static_cast<double>(table.size());
  return result;
}

class AllButTheTop : public testing::TestWithParam<std::int64_t> {};
INSTANTIATE_TEST_SUITE_P(MoreAndFewerWordsThanDimensions, AllButTheTop, testing::Values(1200, 100));

/// 150 dimensions: round(1.5) = 2 directions. The result has mean 0, no component along the removed
/// directions, and is otherwise unchanged; it is more isotropic.
TEST_P(AllButTheTop, RemovesWhatItSays) {
  const std::int64_t words = GetParam(), dim = 150;
  auto rows = normal_rows(words, dim, 3);
  for (std::int64_t i = 0; i < words; ++i) {
    float* const row = rows.data() + i * dim;
    for (std::int64_t k = 0; k < dim; ++k) row[k] = 0.1f * row[k];
    row[0] *= 20, row[1] *= 10, row[5] += 1;
  }
  const auto table = numbered_table(rows, dim), done = after(table, {"all-but-the-top"});
  const auto before = moments(table), left = moments(done);
  EXPECT_LT(left.mean.norm(), 1e-6);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(before.covariance);
  const Eigen::MatrixXd top = solver.eigenvectors().rightCols(2);
  EXPECT_LT((left.covariance * top).norm(), 1e-6);
  const Eigen::MatrixXd others = solver.eigenvectors().leftCols(dim - 2);
  EXPECT_LT((others.transpose() * (left.covariance - before.covariance) * others).norm(), 1e-5);
  PropertyOptions options;
  options.neighbors = 0;
  const auto raw = measure_properties(table, options), even = measure_properties(done, options);
  EXPECT_GT(even.partition_isotropy, raw.partition_isotropy + 0.2);
  EXPECT_GT(even.iso_score, raw.iso_score + 0.2);
  EXPECT_LT(std::abs(even.random_cosine), std::abs(raw.random_cosine));
}

/// Two words: minus the mean (1, 1, 2), the vectors are +-(1, 1, 0), and nothing is left of them.
/// Three: minus the mean (0, 0, 0), (2, 0, 0), (-1, 1, 0), (-1, -1, 0).
TEST(PostProcessing, AllButTheTopOfFewWordsByHand) {
  expect_values(after(numbered_table({2, 2, 2, 0, 0, 2}, 3), {"all-but-the-top:1"}),
                {0, 0, 0, 0, 0, 0});
  expect_values(
      after(numbered_table({2, 0, 0, 0, -1, 1, 0, 0, -1, -1, 0, 0}, 4), {"all-but-the-top:1"}),
      {0, 0, 0, 0, 0, 1, 0, 0, 0, -1, 0, 0});
}

/// What would be left are rounding errors, whose directions are arbitrary.
TEST(PostProcessing, NothingIsLeftOfEqualVectors) {
  for (const char* const step : {"center", "all-but-the-top:1"}) {
    std::vector<float> rows;
    for (int i = 0; i < 7; ++i) rows.insert(rows.end(), {0.1f, 0.7f, 1e-3f, 3.3f});
    EXPECT_EQ(values(after(numbered_table(rows, 4), {step})), std::vector<float>(28, 0.0f)) << step;
  }
  const auto none = after(numbered_table(normal_rows(5, 50, 1), 50), {"all-but-the-top:4"});
  EXPECT_EQ(values(none), std::vector<float>(250, 0.0f)) << "five centred words span four";
  const auto all = after(numbered_table(normal_rows(90, 7, 1), 7), {"all-but-the-top:7"});
  EXPECT_EQ(values(all), std::vector<float>(630, 0.0f));
}

TEST(PostProcessing, TheSameOnAnyNumberOfThreads) {
  const auto table = numbered_table(normal_rows(3000, 20, 2), 20);
  set_threads(1);
  const auto one = values(after(table, {"all-but-the-top:2", "normalize"}));
  set_threads(3);
  const auto three = values(after(table, {"all-but-the-top:2", "normalize"}));
  set_threads(0);
  EXPECT_EQ(one, three);
}

TEST(PostProcessing, AddContextsByWord) {
  const auto words = numbered_table({1, 2, 3, 4}, 2);
  const EmbeddingTable contexts({"other", "w1", "w0"}, std::vector<float>{9, 9, 10, 20, 30, 40}, 2,
                                "contexts");
  const auto sum = add_contexts(words, contexts);
  EXPECT_EQ(values(sum), (std::vector<float>{31, 42, 13, 24}));
  EXPECT_EQ(sum.word(1), "w1");
  EXPECT_EQ(sum.origin(), "test + contexts of contexts");
}

TEST(PostProcessing, AddContextsThatDoNotFit) {
  const auto words = numbered_table({1, 2, 3, 4}, 2);
  const EmbeddingTable fewer({"w0"}, std::vector<float>{1, 2}, 2, "fewer");
  auto message = error_of([&] { add_contexts(words, fewer); });
  EXPECT_NE(message.find("a word has no context vector"), std::string::npos) << message;
  EXPECT_NE(message.find("'w1', row 2"), std::string::npos) << message;
  message = error_of([&] { add_contexts(words, numbered_table({1, 2}, 1)); });
  EXPECT_NE(message.find("different dimensions"), std::string::npos) << message;
}

}  // namespace
}  // namespace wordbridge
