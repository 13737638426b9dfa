#include "train/processes/process_place.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "core/error.h"

namespace wordbridge {
namespace {

using Variables = std::map<std::string, std::string>;

ProcessPlace place_of(const Variables& variables, const std::string& store = "") {
  return process_place(store, [&](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  });
}

std::string problem_of(const Variables& variables, const std::string& store = "") {
  try {
    place_of(variables, store);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

const Variables kTorchrun = {{"RANK", "3"},
                             {"WORLD_SIZE", "4"},
                             {"LOCAL_RANK", "1"},
                             {"LOCAL_WORLD_SIZE", "2"},
                             {"MASTER_ADDR", "node1"},
                             {"MASTER_PORT", "29400"},
                             {"TORCHELASTIC_USE_AGENT_STORE", "True"},
                             {"TORCHELASTIC_RESTART_COUNT", "2"}};

TEST(ProcessPlaceTest, IsOneProcessWithoutALauncher) {
  const ProcessPlace place = place_of({});
  EXPECT_EQ(place.rank, 0);
  EXPECT_EQ(place.size, 1);
  // One process of a launcher, and the variables of a batch job that runs outside of srun.
  EXPECT_EQ(place_of({{"RANK", "0"}, {"WORLD_SIZE", "1"}}).launcher, "");
  EXPECT_EQ(place_of({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "4"}}).size, 1);
}

TEST(ProcessPlaceTest, ReadsTorchrun) {
  const ProcessPlace place = place_of(kTorchrun);
  EXPECT_EQ(place.launcher, "torchrun");
  EXPECT_EQ(place.rank, 3);
  EXPECT_EQ(place.size, 4);
  EXPECT_EQ(place.local_size, 2);
  EXPECT_EQ(place.host, "node1");
  EXPECT_EQ(place.port, 29400);
  EXPECT_TRUE(place.launcher_serves);
  EXPECT_EQ(place.prefix, "2");
}

TEST(ProcessPlaceTest, ReadsOpenMpi) {
  Variables variables = {{"OMPI_COMM_WORLD_RANK", "1"},
                         {"OMPI_COMM_WORLD_SIZE", "2"},
                         {"OMPI_COMM_WORLD_LOCAL_RANK", "1"},
                         {"OMPI_COMM_WORLD_LOCAL_SIZE", "2"},
                         {"PMIX_NAMESPACE", "1234.1"}};
  const ProcessPlace place = place_of(variables);
  EXPECT_EQ(place.launcher, "mpirun");
  EXPECT_EQ(place.rank, 1);
  EXPECT_EQ(place.size, 2);
  EXPECT_EQ(place.host, "127.0.0.1");
  EXPECT_GE(place.port, 20000);
  EXPECT_LT(place.port, 32000);
  // The other process has the same port, another job another one.
  variables["OMPI_COMM_WORLD_RANK"] = "0";
  EXPECT_EQ(place_of(variables).port, place.port);
  variables["PMIX_NAMESPACE"] = "1235.1";
  EXPECT_NE(place_of(variables).port, place.port);
  // On several machines, that of process 0 is not known.
  variables["OMPI_COMM_WORLD_LOCAL_SIZE"] = "1";
  EXPECT_THAT(problem_of(variables), testing::HasSubstr("MASTER_ADDR"));
  variables["MASTER_ADDR"] = "node7";
  EXPECT_EQ(place_of(variables).host, "node7");
}

TEST(ProcessPlaceTest, ReadsSlurm) {
  const ProcessPlace place = place_of({{"SLURM_PROCID", "5"},
                                       {"SLURM_STEP_NUM_TASKS", "7"},
                                       {"SLURM_LOCALID", "2"},
                                       {"SLURM_STEP_TASKS_PER_NODE", "3(x2),1"},
                                       {"SLURM_STEP_NODELIST", "gpu[03-05]"},
                                       {"SLURM_STEP_ID", "0"},
                                       {"SLURM_JOB_ID", "77"}});
  EXPECT_EQ(place.launcher, "srun");
  EXPECT_EQ(place.rank, 5);
  EXPECT_EQ(place.size, 7);
  EXPECT_EQ(place.local_size, 3);
  EXPECT_EQ(place.host, "gpu03");
}

TEST(ProcessPlaceTest, FindsTheFirstHostOfAList) {
  EXPECT_EQ(first_host("alone"), "alone");
  EXPECT_EQ(first_host("a1,a2"), "a1");
  EXPECT_EQ(first_host("node[03-05,9],login1"), "node03");
  EXPECT_EQ(first_host("rack[2,4]-x,b"), "rack2-x");
}

TEST(ProcessPlaceTest, ASettingReplacesTheStoreOfTheLauncher) {
  const ProcessPlace host = place_of(kTorchrun, "other:1234");
  EXPECT_EQ(host.host, "other");
  EXPECT_EQ(host.port, 1234);
  EXPECT_FALSE(host.launcher_serves);
  EXPECT_EQ(place_of(kTorchrun, "file:/shared/store").file, "/shared/store");
  EXPECT_EQ(store_problem(""), "");
  EXPECT_EQ(store_problem("host:80"), "");
  EXPECT_EQ(store_problem("file:x"), "");
  for (const char* const bad : {"host", "host:", ":80", "host:0", "host:65536", "host:x", "file:"})
    EXPECT_NE(store_problem(bad), "") << bad;
}

TEST(ProcessPlaceTest, VariablesThatContradictEachOtherAreAnError) {
  Variables variables = kTorchrun;
  variables["RANK"] = "4";
  EXPECT_THAT(problem_of(variables), testing::HasSubstr("below WORLD_SIZE=4"));
  variables["RANK"] = "one";
  EXPECT_THAT(problem_of(variables), testing::HasSubstr("'one'"));
  variables = kTorchrun;
  variables["WORLD_SIZE"] = "0";
  EXPECT_THAT(problem_of(variables), testing::HasSubstr("WORLD_SIZE"));
  variables = kTorchrun;
  variables.erase("MASTER_PORT");
  EXPECT_THAT(problem_of(variables), testing::HasSubstr("MASTER_PORT"));
  variables.erase("MASTER_ADDR");
  EXPECT_THAT(problem_of(variables), testing::HasSubstr("unknown where"));
}

}  // namespace
}  // namespace wordbridge
