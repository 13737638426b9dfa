#include "data/text/id_store.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <vector>

#include "core/error.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

using testing::ElementsAre;

std::vector<std::int32_t> all(const IdStore& store) {
  std::vector<std::int32_t> ids(static_cast<std::size_t>(store.size()));
  store.read(0, ids.data(), ids.size());
  return ids;
}

TEST(IdStore, IsTheSameInAFileAndInMemory) {
  const TempFolder folder;
  IdStore in_file(folder.path()), in_memory;
  EXPECT_FALSE(in_file.in_memory());
  EXPECT_TRUE(in_memory.in_memory());
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));  // nothing can be left behind
  for (IdStore* store : {&in_file, &in_memory}) {
    const std::vector<std::int32_t> ids = {4, 5, 6, 7};
    store->append(ids.data(), 4);
    store->append(ids.data(), 0);
    store->append(ids.data(), 2);
    EXPECT_THAT(all(*store), ElementsAre(4, 5, 6, 7, 4, 5));
    store->write(1, ids.data() + 2, 2);
    EXPECT_THAT(all(*store), ElementsAre(4, 6, 7, 7, 4, 5));
    store->cut(3);
    EXPECT_EQ(store->size(), 3);
    const auto taken = store->take();
    EXPECT_THAT(std::vector<std::int32_t>(taken.begin(), taken.end()), ElementsAre(4, 6, 7));
    EXPECT_EQ(store->size(), 0);
  }
  IdStore empty(folder.path());
  EXPECT_EQ(empty.take().size(), 0);
}

TEST(IdStore, RefusesAFolderThatIsNone) {
  const TempFolder folder;
  EXPECT_THROW(IdStore(folder / "none"), Error);
}

TEST(IdStore, GoesOnInMemoryWhenTheDiskIsFull) {
  const TempFolder folder;
  IdStore store(folder.path());
  const std::vector<std::int32_t> ids = {1, 2, 3, 4, 5, 6, 7, 8};
  store.append(ids.data(), 8);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  rlimit few = before;
  few.rlim_cur = 50;  // bytes, enough for only a part of the next ids
  ::setrlimit(RLIMIT_FSIZE, &few);
  store.append(ids.data(), 8);
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_TRUE(store.in_memory());
  store.append(ids.data(), 1);
  EXPECT_THAT(all(store), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1));
}

}  // namespace
}  // namespace wordbridge
