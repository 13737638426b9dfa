#include "report/expected/expression.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

double value(const std::string& expression) {
  return evaluate(expression, [](const std::string& name) {
    if (name == "kn5-backoff.test") return 200.0;
    if (name == "mlp9") return 50.0;
    throw Error("unknown " + name);
  });
}

TEST(ExpressionTest, ByHand) {
  EXPECT_DOUBLE_EQ(value("mlp9 / kn5-backoff.test"), 0.25);
  EXPECT_DOUBLE_EQ(value("1 - mlp9/kn5-backoff.test * 2"), 0.5);
  EXPECT_DOUBLE_EQ(value("100 * (kn5-backoff.test - mlp9) / kn5-backoff.test"), 75);
  EXPECT_DOUBLE_EQ(value("10 - 3 - 2"), 5);
  EXPECT_DOUBLE_EQ(value("-1 * mlp9"), -50);
  EXPECT_DOUBLE_EQ(value("max(1, 5, 3) - min(4, 2) + abs(-7)"), 10);
  EXPECT_DOUBLE_EQ(value("median(9, 1, 2) + median(1, 2, 3, 10) + mean(1, 2)"), 6);
}

TEST(ExpressionTest, MistakesAreNamed) {
  for (const char* const wrong :
       {"", "1 +", "(1", "1 2", "* 2", "min(1", "min()", "abs(1, 2)", "1 ) 2", "other", "sqrt(4)"})
    EXPECT_FALSE(message_of<Error>([&] { value(wrong); }).empty()) << wrong;
  EXPECT_NE(message_of<Error>([] { value("1 + (2 * 3"); }).find("expected: ) in"),
            std::string::npos);
  EXPECT_FALSE(message_of<Error>([] { value(std::string(100000, '(')); }).empty());
}

}  // namespace
}  // namespace wordbridge
