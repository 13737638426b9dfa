#include "train/sweeps/programs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/environment_variable.h"
#include "tests/support/temp_folder.h"
#include "train/sweeps/slurm_queue.h"

namespace wordbridge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ProgramsTest, WordsAreSplitAsAShellDoes) {
  EXPECT_THAT(shell_words("--time=1:00:00  -p short\n"),
              ElementsAre("--time=1:00:00", "-p", "short"));
  EXPECT_THAT(shell_words(R"(--comment="two words" a\ b 'x "y' "a\"b\\c\d" '' e'f'g)"),
              ElementsAre("--comment=two words", "a b", "x \"y", "a\"b\\c\\d", "", "efg"));
  EXPECT_THAT(shell_words(" "), ElementsAre());
  EXPECT_THAT(message_of<UsageError>([] { shell_words("--comment='two"); }),
              HasSubstr("a quote is not closed"));
}

TEST(ProgramsTest, AQuotedWordIsOneWord) {
  for (const std::string word : {"a", "", "two words", "it's", "$HOME", "`a` \"b\" \\ ;", "a\nb"}) {
    EXPECT_THAT(shell_words(shell_quoted(word)), ElementsAre(word));
    EXPECT_EQ(run_program({"sh", "-c", "printf %s " + shell_quoted(word)}).out, word);
  }
  EXPECT_EQ(shell_quoted("dim=2,3"), "dim=2,3");
  EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
}

TEST(ProgramsTest, OutputErrorsAndStatusAreSeparate) {
  const EnvironmentVariable hidden("SQUEUE_STATES", "RUNNING");
  const auto end =
      run_program({"sh", "-c", "cat; echo out $SQUEUE_STATES; echo err >&2; exit 3"}, "SQUEUE_");
  EXPECT_EQ(end.out, "out\n");
  EXPECT_EQ(end.err, "err\n");
  EXPECT_EQ(end.status, 3);
  EXPECT_EQ(end.complaint(), "err (exit status 3)");
  EXPECT_EQ(run_program({"sh", "-c", "echo $SQUEUE_STATES"}).out, "RUNNING\n");
  EXPECT_EQ(run_program({"sh", "-c", "kill -9 $$"}).status, 128 + 9);
  EXPECT_THAT(message_of<Error>([] { need_program("no-such-program", "--launcher slurm"); }),
              HasSubstr("--launcher slurm needs the program no-such-program"));
}

TEST(SlurmQueueTest, StatesAreReadByJobAndTask) {
  const auto states = parse_squeue("wordbridge-1|12|1|PENDING\nwordbridge-1|12|20|RUNNING\n\n");
  ASSERT_EQ(states.size(), 2u);
  EXPECT_EQ(states.at({"wordbridge-1", 20}).state, "RUNNING");
  EXPECT_EQ(states.at({"wordbridge-1", 1}).job, "12");
  EXPECT_TRUE(parse_squeue("").empty());
  for (const char* const bad : {"a|12|[1-4]|PENDING", "a|12|1", "a|12|0|PENDING", "No jobs"})
    EXPECT_THAT(message_of<Error>([&] { parse_squeue(bad); }), HasSubstr("unknown form")) << bad;
}

TEST(SlurmQueueTest, EveryOtherStateMayBeRunAgain) {
  for (const char* const state : {"PENDING", "RUNNING", "SUSPENDED", "COMPLETING", "CONFIGURING",
                                  "REQUEUED", "REQUEUE_HOLD", "SOMETHING_NEW"})
    EXPECT_TRUE(is_active(state)) << state;
  for (const char* const state : {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL",
                                  "OUT_OF_MEMORY", "PREEMPTED", "DEADLINE", "BOOT_FAIL"})
    EXPECT_FALSE(is_active(state)) << state;
}

TEST(SlurmQueueTest, OptionsThatTheSweepSetsAreRefused) {
  check_sbatch_options({"--partition=short", "-p", "short", "--array-of-mine", "--mem=4G"});
  for (const char* const option : {"--array=1-2", "-a1", "-J", "--wrap", "-o", "--output=x", "-W"})
    EXPECT_THAT(message_of<UsageError>([&] { check_sbatch_options({option}); }), HasSubstr(option));
}

}  // namespace
}  // namespace wordbridge
