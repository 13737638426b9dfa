#include "core/io/file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "core/error.h"
#include "core/io/hash.h"
#include "tests/support/folder_changes.h"
#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

std::size_t files_in(const TempFolder& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()));
}

TEST(FileTest, AtomicFileAppearsOnlyWhenCommitted) {
  const TempFolder folder;
  const auto path = folder.write("a.txt", "old");
  {
    AtomicFile file(path);
    file.write("new");
  }
  EXPECT_EQ(slurp(path), "old");
  EXPECT_EQ(files_in(folder), 1u) << "a temporary file was left behind";
  AtomicFile file(path);
  file.write("new");
  file.commit();
  EXPECT_EQ(slurp(path), "new");
  EXPECT_EQ(files_in(folder), 1u);
}

TEST(FileTest, TemporariesOfKilledProcessesAreRemoved) {
  const TempFolder folder;
  // As SIGKILL: without destructors.
  const pid_t child = ::fork();
  if (child == 0) {
    AtomicFile file(folder / "killed");
    file.write("part");
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  folder.write("latest.wb.tmp-123-0", "of an earlier version");
  for (const char* const name : {"a.tmp-1", "a.tmp-1-x", ".tmp-1-2", "tmp-1-2", "a.tmp-1-2.txt"})
    folder.write(name, "not one of ours");
  AtomicFile running(folder / "running");
  running.write("whole");
  EXPECT_EQ(files_in(folder), 8u);
  EXPECT_EQ(remove_dead_temporaries(folder.path()), 2);
  EXPECT_EQ(files_in(folder), 6u);
  running.commit();
  EXPECT_EQ(slurp(folder / "running"), "whole");
  EXPECT_EQ(remove_dead_temporaries(folder.path()), 0);
  EXPECT_EQ(remove_dead_temporaries(folder / "no such folder"), 0);
}

TEST(FileTest, LargeAndSmallWritesKeepTheirOrder) {
  const TempFolder folder;
  const std::string large(3 << 20, 'x');
  AtomicFile file(folder / "a");
  file.write("begin");
  file.write(large);
  file.write("end");
  file.commit();
  EXPECT_EQ(slurp(folder / "a"), "begin" + large + "end");
  EXPECT_EQ(file.size(), large.size() + 8);
}

TEST(FileTest, FullDiskIsAnErrorThatSaysSo) {
  const auto message = message_of<Error>([] { write_file("/dev/full", "something"); });
  EXPECT_NE(message.find("/dev/full"), std::string::npos) << message;
  EXPECT_NE(message.find("No space left"), std::string::npos) << message;
}

/// Sets `ulimit -f` for the lifetime of the object.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit low = before_;
    low.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &low);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST(FileTest, FileSizeLimitIsAnErrorAndKeepsTheOldFile) {
  const TempFolder folder;
  const auto path = folder.write("a", "old");
  std::string message;
  {
    const FileSizeLimit limit(4096);
    message = message_of<Error>([&] { write_file(path, std::string(100'000, 'x')); });
  }
  EXPECT_NE(message.find("ulimit"), std::string::npos) << message;
  EXPECT_EQ(slurp(path), "old");
  EXPECT_EQ(files_in(folder), 1u);
}

TEST(FileTest, ALineThatDoesNotFitLeavesNoPartOfIt) {
  const TempFolder folder;
  AppendFile log(folder / "log", 0);
  log.append("one\n");
  {
    const FileSizeLimit limit(10);
    EXPECT_THROW(log.append("a longer line\n"), Error);
  }
  EXPECT_EQ(slurp(folder / "log"), "one\n");
  log.append("two\n");
  log.sync();
  EXPECT_EQ(slurp(folder / "log"), "one\ntwo\n");
  EXPECT_EQ(log.size(), 8u);
}

TEST(FileTest, FilesThatBelongTogetherAreReplacedTogether) {
  const TempFolder folder;
  folder.write("words", "old words");
  folder.write("vectors", "old vectors");
  {
    AtomicFile words(folder / "words"), vectors(folder / "vectors");
    words.write("new words");
    vectors.write(std::string(1000, 'x'));
    const FileSizeLimit limit(100);
    EXPECT_THROW(commit_together({&words, &vectors}), Error);
  }
  EXPECT_EQ(slurp(folder / "words"), "old words");
  EXPECT_EQ(slurp(folder / "vectors"), "old vectors");
  EXPECT_EQ(files_in(folder), 2u);

  const FolderChanges changes(folder.path());
  AtomicFile words(folder / "words"), vectors(folder / "vectors");
  words.write("new words");
  vectors.write("new vectors");
  changes.changes();
  commit_together({&words, &vectors});
  EXPECT_EQ(slurp(folder / "words"), "new words");
  EXPECT_EQ(slurp(folder / "vectors"), "new vectors");
  EXPECT_EQ(files_in(folder), 2u);
  // Never new words with old vectors.
  const auto seen = changes.changes();
  ASSERT_EQ(seen.size(), 5u);
  EXPECT_EQ(seen[0], "-vectors");
  EXPECT_EQ(seen[2], "+words");
  EXPECT_EQ(seen[4], "+vectors");
}

/// Runs `action` in a child process, which a deadlock ends, and returns its exit status.
template <class F>
int status_of_child(F&& action) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);
    ::_exit(action());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

TEST(FileTest, ProcessesWithTheSameNumberDoNotShareATemporaryFile) {
  const TempFolder folder;
  const auto in_child = [&] {
    std::string name;  // of the next temporary file of `a`
    {
      const AtomicFile before(folder / "a");
      name = fs::directory_iterator(folder.path())->path().filename().string();
    }
    const auto digits = name.rfind('-') + 1;
    name = name.substr(0, digits) + std::to_string(std::stoi(name.substr(digits)) + 1);
    // A process of another container, which has the same number, is writing it now.
    const std::string path = folder.write(name, "theirs");
    if (::flock(::open(path.c_str(), O_WRONLY | O_CLOEXEC), LOCK_EX | LOCK_NB) != 0) return 1;
    write_file(folder / "a", "mine");
    return slurp(path) == "theirs" ? 0 : 2;
  };
  EXPECT_EQ(status_of_child(in_child), 0);
  EXPECT_EQ(slurp(folder / "a"), "mine");
  EXPECT_EQ(files_in(folder), 2u);
  write_file(folder / "a", "again");  // the child has ended, and with it the locks
  EXPECT_EQ(files_in(folder), 1u);
}

TEST(FileTest, AScratchFileIsReadAndWrittenByItsPath) {
  const TempFolder folder;
  const FolderChanges changes(folder.path());
  const ScratchFile file(folder.path());
  write_file(file.path(), "content");
  EXPECT_EQ(read_file(file.path()), "content");
  EXPECT_EQ(file_problem(file.path()), "");
  EXPECT_EQ(files_in(folder), 0u);
  EXPECT_THAT(changes.changes(), testing::IsEmpty()) << "the file had a name";
  const FileSizeLimit limit(4);
  EXPECT_THAT(message_of<Error>([&] { write_file(file.path(), "content"); }),
              testing::HasSubstr(folder.path().string()));
}

TEST(FileTest, AppendFileCutsToWhatIsKept) {
  const TempFolder folder;
  const auto path = folder.write("log", "one\ntwo\n");
  AppendFile log(path, 4);
  EXPECT_EQ(log.size(), 4u);
  log.append("three\n");
  EXPECT_EQ(slurp(path), "one\nthree\n");
}

TEST(FileTest, AFileIsBeingAppendedWhileItIsOpen) {
  const TempFolder folder;
  const auto path = folder / "log";
  EXPECT_FALSE(is_being_appended(path)) << "no file";
  {
    const AppendFile log(path, 0), another(path, 0);
    EXPECT_TRUE(is_being_appended(path));
  }
  EXPECT_FALSE(is_being_appended(path));
}

TEST(FileTest, MissingFilesAndFoldersAreNamed) {
  const TempFolder folder;
  const auto missing = message_of<Error>([&] { read_file(folder / "none.txt"); });
  EXPECT_NE(missing.find("none.txt"), std::string::npos) << missing;
  const auto is_folder = message_of<Error>([&] { read_file(folder.path()); });
  EXPECT_NE(is_folder.find("a folder"), std::string::npos) << is_folder;
  const auto file = folder.write("file", "");
  const auto blocked = message_of<Error>([&] { make_folder(fs::path(file) / "below"); });
  EXPECT_NE(blocked.find("can't create the folder"), std::string::npos) << blocked;
}

TEST(FileTest, APathThatIsNoFileIsNamedWithTheReason) {
  const TempFolder folder;
  EXPECT_EQ(file_problem(folder.write("a", "")), "");
  const std::string inside = folder.path().string(), none = (folder / "none").string();
  EXPECT_EQ(file_problem(inside), "'" + inside + "' is a folder, expected a file");
  EXPECT_EQ(file_problem(none), "no such file: '" + none + "'");
  EXPECT_EQ(file_problem(folder / "a" / "b"),
            "no such file: '" + (folder / "a" / "b").string() + "'");
  EXPECT_EQ(file_problem("/dev/null"), "'/dev/null' is not a regular file");
  const std::string long_name(300, 'x');
  EXPECT_EQ(file_problem(long_name), "can't read '" + long_name + "': File name too long");
}

TEST(HashTest, KnownDigests) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256().update("a").update("bc").hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(FileTest, WritingAFileRemovesItsDeadTemporaries) {
  const TempFolder folder;
  for (const char* const name : {"a.txt", "a.txt.tmp-123-0", "a.txt.tmp-123-1", "b.txt.tmp-123-0",
                                 "ba.txt.tmp-123-0", "a.txt.tmp-1-x"})
    folder.write(name, "left");
  std::filesystem::create_symlink(folder / "a.txt", folder / "link");
  AtomicFile running(folder / "a.txt");  // removes two and creates one
  running.write("first");
  EXPECT_EQ(files_in(folder), 6u);
  folder.write("a.txt.tmp-123-2", "left");
  write_file(folder / "link", "second");  // is the same file; the one that is being written stays
  EXPECT_EQ(files_in(folder), 6u);
  EXPECT_EQ(slurp(folder / "a.txt"), "second");
  running.commit();
  EXPECT_EQ(slurp(folder / "a.txt"), "first");
  EXPECT_EQ(files_in(folder), 5u);
}

TEST(FileTest, WhereAFileCanBeWrittenIsKnownBefore) {
  const TempFolder folder;
  folder.write("old", "mine");
  check_can_write(folder / "old");
  check_can_write(folder / "new");
  check_can_write("/dev/null");
  check_can_make_folder(folder / "a" / "b");
  check_can_make_folder(folder.path());
  EXPECT_EQ(slurp(folder / "old"), "mine");
  EXPECT_EQ(files_in(folder), 1u);
  const auto message = [](const auto& check, const std::filesystem::path& path) {
    return message_of<Error>([&] { check(path); });
  };
  using testing::AllOf;
  using testing::HasSubstr;
  EXPECT_THAT(message(check_can_write, folder / "no" / "dir" / "x"),
              AllOf(HasSubstr("no/dir/x"), HasSubstr("No such file"),
                    HasSubstr("create the folder " + (folder / "no/dir").string())));
  EXPECT_THAT(message(check_can_write, folder / "old" / "x"), HasSubstr("Not a directory"));
  EXPECT_THAT(message(check_can_write, folder.path()), HasSubstr("a folder has its name"));
  EXPECT_THAT(message(check_can_make_folder, folder / "old" / "x"),
              AllOf(HasSubstr("can't create the folder"), HasSubstr("old is not a folder")));
  EXPECT_THAT(message(check_can_make_folder, folder / "old"), HasSubstr("a file has its name"));
  EXPECT_THAT(message(check_can_make_folder, "/proc/x"), HasSubstr("can't create the folder"));
}

}  // namespace
}  // namespace wordbridge
