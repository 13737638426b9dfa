#include "core/error.h"

#include <gtest/gtest.h>

namespace wordbridge {
namespace {

TEST(ErrorTest, SaysAllThatIsKnownInAFixedOrder) {
  const auto error = Error("the file is truncated")
                         .got("{}", 12)
                         .at("{}:{}", "a.txt", 3)
                         .hint("download it again")
                         .expected("300 numbers");
  EXPECT_STREQ(error.what(),
               "the file is truncated\n"
               "  where:    a.txt:3\n"
               "  expected: 300 numbers\n"
               "  got:      12\n"
               "  hint:     download it again");
}

TEST(ErrorTest, KeepsItsTypeWhenPartsAreAdded) {
  EXPECT_THROW(throw UsageError("bad").at("here").expected("a").got("b").hint("c"), UsageError);
  EXPECT_THROW(throw Interrupted("stopped").at("here").hint("c"), Interrupted);
}

TEST(ErrorTest, AssertionsNameConditionAndPlace) {
  try {
    WB_ASSERT(1 + 1 == 3, "because {}", "of reasons");
    FAIL();
  } catch (const std::logic_error& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("1 + 1 == 3: because of reasons"), std::string::npos) << message;
    EXPECT_NE(message.find("error_test.cpp"), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace wordbridge
