#include "report/expected/printed_number.h"

#include <gmock/gmock.h>

namespace wordbridge {
namespace {

using testing::ElementsAre;

std::vector<double> values(const std::string& text) {
  std::vector<double> found;
  for (const auto& number : printed_numbers(text, 0, text.size())) found.push_back(number.value);
  return found;
}

TEST(PrintedNumberTest, ReadsSignsThousandsDecimalsAndPowers) {
  EXPECT_EQ(values("**+0.024 [-0.018, 1,234,567.5]**"),
            (std::vector<double>{0.024, -0.018, 1234567.5}));
  EXPECT_THAT(values("\xe2\x88\x92"
                     "3 and 8e-7"),
              ElementsAre(-3, 8e-7));
  EXPECT_THAT(values("12.5 ± 0.1, 0.79-0.80"), ElementsAre(12.5, 0.1, 0.79, 0.80));
  EXPECT_THAT(values("0.45."), ElementsAre(0.45));
  // A list is not a number of thousands.
  EXPECT_THAT(values("1,23 5,6000"), ElementsAre(1, 23, 5, 6000));
}

TEST(PrintedNumberTest, NumbersInWordsAreNotFigures) {
  EXPECT_THAT(values("MLP9, 3CosAdd, top_10, 16GB"), testing::IsEmpty());
}

TEST(PrintedNumberTest, TheLastDigitDecides) {
  const auto agrees = [](const std::string& text, double expected, double tolerance = 0) {
    return is_rounded(printed_number_at(text, 0).value(), expected, tolerance);
  };
  EXPECT_TRUE(agrees("0.37", 0.3749));
  EXPECT_FALSE(agrees("0.37", 0.3751));
  EXPECT_FALSE(agrees("0.38", 0.3749));
  EXPECT_FALSE(agrees("0.370", 0.3749));
  EXPECT_TRUE(agrees("1,235", 1234.5));  // a tie, either way
  EXPECT_TRUE(agrees("1,234", 1234.5));
  EXPECT_TRUE(agrees("8e-7", 8.4e-7));
  EXPECT_FALSE(agrees("8e-7", 8.6e-7));
  EXPECT_FALSE(agrees("1e999", 0.5));
  EXPECT_TRUE(agrees("0.38", 0.3749, 0.001));
  EXPECT_EQ(rounded_like(printed_number_at("0.38", 0).value(), 0.3749), "0.37");
}

}  // namespace
}  // namespace wordbridge
