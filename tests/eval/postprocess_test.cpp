#include "eval/postprocess.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <string>

#include "core/error.h"
#include "core/threads.h"
#include "eval/properties/properties.h"
#include "tests/eval/random_table.h"
#include "tests/support/temp_folder.h"

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
  for (const char* text :
       {"center", "normalize", "whiten", "all-but-the-top", "all-but-the-top:12"})
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

TEST(PostProcessing, ParseParameters) {
  const auto step =
      PostProcessing::parse("retrofit:wordnet, sweeps=5, alpha=0.5,unit=false,case=insensitive");
  EXPECT_EQ(step.kind, Kind::retrofit);
  EXPECT_EQ(step.lexicon, "wordnet");
  EXPECT_EQ(step.retrofitting.sweeps, 5);
  EXPECT_EQ(step.retrofitting.alpha, 0.5);
  EXPECT_FALSE(step.unit);
  EXPECT_EQ(step.letter_case, LetterCase::insensitive);
  const auto pair = PostProcessing::parse("counter-fit:a.txt,repel=b=c.txt,k1=0.2,steps=3,rho=0");
  EXPECT_EQ(pair.kind, Kind::counter_fit);
  EXPECT_EQ(pair.repel, "b=c.txt");
  EXPECT_EQ(pair.counter_fitting.k1, 0.2);
  EXPECT_EQ(pair.counter_fitting.steps, 3);
  EXPECT_EQ(pair.counter_fitting.rho, 0);
  for (const char* text :
       {"whiten", "retrofit:wordnet", "retrofit:wordnet-all:/a=b,sweeps=5,unit=false,case=lower",
        "counter-fit:x.txt,repel=y.txt,steps=2,gamma=0.1,k3=0.25"})
    EXPECT_EQ(PostProcessing::parse(text).text(), text);
  EXPECT_EQ(PostProcessing::parse("retrofit:x,alpha=1.0,sweeps=10,case=auto").text(), "retrofit:x");
  EXPECT_EQ(PostProcessing::parse("counter-fit:wordnet-all:/f").opposites(), "wordnet-all:/f");
  EXPECT_EQ(PostProcessing::parse("counter-fit:wordnet,repel=b").opposites(), "b");
  EXPECT_EQ(PostProcessing::parse("counter-fit:wordnet.txt").opposites(), "");
}

TEST(PostProcessing, ParseSteps) {
  std::vector<std::string> texts;
  for (const auto& step :
       parse_steps("center, retrofit:wordnet,sweeps=2, alpha=3,retrofit:a=b,normalize"))
    texts.push_back(step.text());
  EXPECT_EQ(texts, (std::vector<std::string>{"center", "retrofit:wordnet,sweeps=2,alpha=3",
                                             "retrofit:a=b", "normalize"}));
}

TEST(PostProcessing, ErrorsOfParameters) {
  const auto error = [](const char* text) { return error_of([&] { parse_steps(text); }); };
  const auto has = [](const std::string& message, const char* part) {
    EXPECT_NE(message.find(part), std::string::npos) << message;
  };
  has(error("retrofit:wordnet,sweep=2"), "sweeps");
  has(error("retrofit:wordnet,sweeps=0"), "sweeps");
  has(error("retrofit:wordnet,sweeps=2.5"), "sweeps");
  has(error("retrofit:wordnet,alpha=-1"), ">= 0");
  has(error("retrofit:wordnet,case=upper"), "insensitive");
  has(error("counter-fit:wordnet,delta=3"), "[0, 2]");
  has(error("center,sweeps=2"), "the step has no parameters");
  has(error("sweeps=2,center"), "unknown post-processing step");
  has(error("retrofit"), "needs a lexicon");
  has(error("retrofit:"), "wordnet-all");
  has(error("retrofitt:wordnet"), "did you mean 'retrofit'?");
  const auto missing = [](const char* text) {
    return error_of([&] { check_step_files(parse_steps(text)); });
  };
  has(missing("center,retrofit:nothing.txt"), "no such lexicon");
  has(missing("counter-fit:wordnet:/no such folder"), "the WordNet folder is missing");
}

/// Shares 0.5, 0.3 and 0 of ten tokens, two of them unknown words.
TEST(PostProcessing, SifByHand) {
  const TempFolder folder;
  const std::string counts =
      folder.write("vocabulary.tsv", "word\tcount\tunknown=<unk>\nw0\t5\nw1\t3\n<unk>\t2\n");
  const auto table = numbered_table({2, 4, 10, 0, -1, 3}, 2);
  const std::string step = "sif:" + counts + ",a=0.5";
  const auto weighted = after(table, {step});
  expect_values(weighted, {1, 2, 6.25f, 0, -1, 3});  // 0.5 / 1, 0.5 / 0.8 and 1
  EXPECT_EQ(weighted.steps(), step);
  EXPECT_EQ(values(after(table, {"sif:" + folder.path().string() + ",a=0.5"})), values(weighted));
  const double half = 0.001 / (0.001 + 0.5);
  EXPECT_NEAR(after(table, {"sif:" + counts}).row(0)[0], 2 * half, 1e-9);
  // model2vec: shares proportional to 1/2, 1/3 and 1/4, so 6/13, 4/13 and 3/13.
  expect_values(after(table, {"sif:zipf,a=1"}),
                {26.0f / 19, 52.0f / 19, 130.0f / 17, 0, -13.0f / 16, 39.0f / 16});
  const auto error = [&](const std::string& text) {
    return error_of([&] {
      const auto steps = parse_steps(text);
      check_step_files(steps);
      postprocess(table, steps);
    });
  };
  const auto has = [](const std::string& message, const char* part) {
    EXPECT_NE(message.find(part), std::string::npos) << message;
  };
  has(error("sif"), "needs the words' counts");
  has(error("sif,a=1"), "sif:zipf");
  has(error("sif:" + counts + ",a=0"), "> 0");
  has(error("sif:" + folder.path().string() + "/none"), "no such file of counts");
  folder.write("other.tsv", "word\tcount\nx\t5\n");
  has(error("sif:" + (folder / "other.tsv").string()), "no word of the vectors has a count");
  folder.write("vectors.txt", "3 1\nw0 1\nw1 2\nw2 3\n");  // no counts
  has(error("sif:" + (folder / "vectors.txt").string()), "no word of the vectors has a count");
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
  EXPECT_EQ(both.steps(), "center,normalize");
  EXPECT_EQ(after(both, {"center"}).steps(), "center,normalize,center");
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

/// Minus the mean (1, 1), the vectors are +-(4, 0) and +-(0, 1): variances 8 and 0.5.
TEST(PostProcessing, WhitenByHand) {
  const auto root = static_cast<float>(std::sqrt(2.0));
  expect_values(after(numbered_table({5, 1, -3, 1, 1, 2, 1, 0}, 2), {"whiten"}),
                {root, 0, -root, 0, 0, root, 0, -root});
}

TEST(PostProcessing, WhitenedVectorsAreUncorrelated) {
  auto rows = normal_rows(300, 20, 8);
  for (std::size_t i = 0; i + 1 < rows.size(); i += 2) rows[i + 1] += 3 * rows[i] + 2;
  const auto done = moments(after(numbered_table(rows, 20), {"whiten"}));
  EXPECT_LT(done.mean.norm(), 1e-6);
  EXPECT_LT((done.covariance - Eigen::MatrixXd::Identity(20, 20)).norm(), 1e-5);
}

TEST(PostProcessing, WhitenNeedsVectorsThatSpanTheSpace) {
  const auto flat = numbered_table({1, 2, 0, 3, 4, 0, 5, 1, 0, 7, 2, 0}, 3);
  auto message = error_of([&] { after(flat, {"whiten"}); });
  EXPECT_NE(message.find("3 directions with variance"), std::string::npos) << message;
  EXPECT_NE(message.find("2 in 4 words"), std::string::npos) << message;
  message = error_of([&] { after(numbered_table(normal_rows(20, 20, 1), 20), {"whiten"}); });
  EXPECT_NE(message.find("19 in 20 words"), std::string::npos) << message;
}

/// w0 (3, 4), w1 (0, 2) and w2 (1, 0) scaled to unit length; one sweep over w0 - w1.
TEST(PostProcessing, RetrofitByHand) {
  const TempFolder folder;
  const auto lexicon = folder.write("lexicon.txt", "w0 w1 w9\n");
  const auto table = numbered_table({3, 4, 0, 2, 1, 0}, 2);
  testing::internal::CaptureStderr();
  const auto done = after(table, {"retrofit:" + lexicon + ",sweeps=1"});
  const auto log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find("2 of 3 words have neighbours, 1 edge"), std::string::npos) << log;
  expect_values(done, {0.3f, 0.9f, 0.15f, 0.95f, 1, 0});
  EXPECT_EQ(done.steps(), "retrofit:" + lexicon + ",sweeps=1");
  expect_values(after(table, {"retrofit:" + lexicon + ",sweeps=1,unit=false"}),
                {1.5f, 3, 0.75f, 2.5f, 1, 0});
}

/// The words of the lexicon match as those of a benchmark do.
TEST(PostProcessing, RetrofitByLetterCase) {
  const TempFolder folder;
  const auto lexicon = folder.write("lexicon.txt", "Cat dog\n");
  const EmbeddingTable table({"dog", "CAT", "cat"}, {1, 0, 0}, 1, "test");
  const auto fit = [&](const char* letter_case) {
    return values(
        after(table, {"retrofit:" + lexicon + ",sweeps=1,unit=false,case=" + letter_case}));
  };
  EXPECT_EQ(fit("insensitive"), (std::vector<float>{0.5f, 0.25f, 0}));
  EXPECT_EQ(fit("lower"), (std::vector<float>{0.5f, 0, 0.25f}));
  EXPECT_NE(error_of([&] { fit("as-written"); }).find("no pair of words"), std::string::npos);
}

TEST(PostProcessing, CounterFitByHand) {
  const TempFolder folder;
  const auto attract = folder.write("attract.txt", "w0 w1\n");
  const auto repel = folder.write("repel.txt", "w1 w2\n");
  const auto length = static_cast<float>(std::sqrt(1.01));
  const auto table = numbered_table({2, 0, 0, 3, 0, -1}, 2);
  expect_values(after(table, {"counter-fit:" + attract + ",steps=1"}),
                {1 / length, 0.1f / length, 0.1f / length, 1 / length, 0, -1});
  expect_values(after(table, {"counter-fit:" + attract + ",repel=" + repel + ",steps=1,gamma=1"}),
                {1, 0, 0, 1, 0, -1});
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
