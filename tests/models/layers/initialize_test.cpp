#include "models/layers/initialize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "core/error.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::HasSubstr;
using torch::Tensor;
using Norms = FeatureOptions::Norms;

constexpr double kScale = 0.5;

/// Features of width 4 of the words a, b, c and d, of which a never occurs. The file has b, with
/// norm 2, d, with norm 4, and an unknown word.
class FillFeaturesTest : public testing::Test {
 protected:
  Tensor filled(Norms norms, const std::string& vectors, bool trained = false) const {
    FeatureOptions options{kScale, norms, vectors};
    const std::int32_t ids[] = {1};
    const ModelInputs inputs{vocabulary_, counts_, 1, trained ? nullptr : ids, 1};
    Tensor values = torch::zeros({4, 4});
    fill_features(values, options, inputs, "C", "nplm");
    return values;
  }
  static Tensor norms_of(const Tensor& values) { return values.norm(2, 1); }

  const TempFolder folder_;
  const std::string file_ = folder_.write("v.txt", "3 4\nb 2 0 0 0\nzzz 9 9 9 9\nd 0 2.4 3.2 0\n");
  const std::vector<std::int64_t> counts_ = {0, 1, 3, 20};
  const Vocabulary vocabulary_{{"a", "b", "c", "d"}, counts_, ""};
};

TEST_F(FillFeaturesTest, GivenRowsAreThoseOfTheFile) {
  const Tensor random = filled(Norms::given, ""), rows = filled(Norms::given, file_);
  for (const int w : {0, 2}) EXPECT_TRUE(torch::equal(rows[w], random[w])) << w;
  EXPECT_TRUE(torch::equal(rows[1], torch::tensor({2.0f, 0.0f, 0.0f, 0.0f})));
  EXPECT_TRUE(torch::equal(rows[3], torch::tensor({0.0f, 2.4f, 3.2f, 0.0f})));
}

TEST_F(FillFeaturesTest, ScaledRowsHaveTheRootMeanSquareOfRandomOnes) {
  const Tensor random = filled(Norms::scaled, ""), rows = filled(Norms::scaled, file_);
  EXPECT_TRUE(torch::equal(random, filled(Norms::given, "")));
  for (const int w : {0, 2}) EXPECT_TRUE(torch::equal(rows[w], random[w])) << w;
  // Norms 2 and 4, root mean square sqrt(10); random rows have 0.5 sqrt(4) = 1.
  EXPECT_NEAR(rows[1][0].item<double>(), 2 / std::sqrt(10.0), 1e-6);
  EXPECT_NEAR(rows[3][2].item<double>(), 3.2 / std::sqrt(10.0), 1e-6);
}

TEST_F(FillFeaturesTest, NormsAreProportionalToLogCounts) {
  const double logs[] = {std::log(2.0), std::log(2.0), std::log(4.0), std::log(21.0)};
  double squares = 0;
  for (const double value : logs) squares += value * value / 4;
  for (const auto& file : {std::string(), file_}) {
    const Tensor before = filled(Norms::given, file), after = filled(Norms::log_counts, file);
    for (int w = 0; w < 4; ++w) {
      EXPECT_NEAR(norms_of(after)[w].item<double>(), logs[w] / std::sqrt(squares), 1e-6) << w;
      const Tensor cosine = torch::cosine_similarity(before[w], after[w], 0);
      EXPECT_NEAR(cosine.item<double>(), 1, 1e-6) << w;
    }
  }
}

TEST_F(FillFeaturesTest, RowsOfZerosStaySo) {
  const auto file = folder_.write("zeros.txt", "b 0 0 0 0\n");
  for (const auto norms : {Norms::given, Norms::scaled, Norms::log_counts})
    EXPECT_EQ(norms_of(filled(norms, file))[1].item<float>(), 0);
}

TEST_F(FillFeaturesTest, ATrainedModelDoesNotNeedTheFile) {
  EXPECT_TRUE(torch::equal(filled(Norms::given, "missing.txt", true), filled(Norms::given, "")));
}

TEST_F(FillFeaturesTest, FilesThatDoNotFitAreRefused) {
  const auto message = [&](const std::string& lines) {
    return message_of<Error>([&] { filled(Norms::scaled, folder_.write("bad.txt", lines)); });
  };
  EXPECT_THAT(message("b 1 2 3\n"), HasSubstr("4 columns, model.nplm.dim"));
  EXPECT_THAT(message("zzz 1 2 3 4\n"), HasSubstr("no word of the vocabulary"));
}

}  // namespace
}  // namespace wordbridge
