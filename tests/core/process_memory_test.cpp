#include "core/process_memory.h"

#include <gtest/gtest.h>

#include <numeric>

#include "core/error.h"
#include "core/io/file.h"
#include "core/io/temporary_folder.h"
#include "tests/support/environment_variable.h"
#include "tests/support/memory.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

TEST(ProcessMemory, TheExplanationNamesWhatIsUsedAlready) {
  MemoryShare share;
  EXPECT_EQ(share.explanation(5e6, "counts.memory"),
            "needs about 5.0 MB of memory (counts.memory)");
  share.limit = 128e6;
  share.used = 120e6;
  share.left = 8e6;
  EXPECT_EQ(share.explanation(5e6, "counts.memory"),
            "needs about 5.0 MB of memory, and the process already uses 120 MB of counts.memory: "
            "128 MB");
}

TEST(ProcessMemory, PagesOfAMappedFileAreReleased) {
  if (!kMemoryIsMeasured) GTEST_SKIP() << "the sanitizer keeps memory";
  const TempFolder folder;
  constexpr std::size_t kBytes = 64 << 20;
  const auto file = MappedFile::open(folder.write("file", std::string(kBytes, 'x')));
  const std::string_view view = file->view();
  EXPECT_EQ(std::accumulate(view.begin(), view.end(), 0L), static_cast<long>('x' * kBytes));
  const double before = memory_share("1GB", nullptr).used;
  const MemoryShare share = memory_share("1GB", file.get());
  EXPECT_LT(share.used, before - 0.9 * kBytes);
  EXPECT_EQ(share.left, share.limit - share.used);
  EXPECT_EQ(memory_share("1MB", nullptr).left, 4e6);
}

TEST(TemporaryFolder, IsNamedIfItDoesNotExist) {
  const TempFolder folder;
  {
    const EnvironmentVariable variable("TMPDIR", folder.path().string());
    EXPECT_EQ(temporary_folder(), folder.path());
  }
  const EnvironmentVariable variable("TMPDIR", (folder / "gone").string());
  const std::string message = message_of<Error>([] { temporary_folder(); });
  EXPECT_NE(message.find("TMPDIR: " + (folder / "gone").string()), message.npos) << message;
}

}  // namespace
}  // namespace wordbridge
