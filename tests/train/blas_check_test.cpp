#include "train/blas_check.h"

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/temp_folder.h"

namespace wordbridge {
namespace {

namespace fs = std::filesystem;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Loads a shared library, and unloads it in the destructor.
class Loaded {
 public:
  explicit Loaded(const fs::path& path) : handle_(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    EXPECT_NE(handle_, nullptr) << dlerror();
  }
  ~Loaded() {
    if (handle_) dlclose(handle_);
  }
  Loaded(const Loaded&) = delete;
  Loaded& operator=(const Loaded&) = delete;

 private:
  void* handle_;
};

/// Copies the sample library under another name, so that it is identified as another BLAS.
fs::path copy_as(const TempFolder& folder, const std::string& name) {
  const fs::path path = folder / name;
  fs::create_directories(path.parent_path());
  fs::copy_file(SAMPLE_OPENMP, path);
  return path;
}

TEST(LoadedLibraryTest, SaysNoneWhereNothingIsLoaded) {
  EXPECT_EQ(loaded_blas(), "none loaded");
  EXPECT_THAT(loaded_blas_warning(), IsEmpty());
}

TEST(LoadedLibraryTest, LetsOpenBlasSpeakForItselfAndNamesTheFile) {
  const Loaded library(SAMPLE_OPENMP);
  EXPECT_EQ(loaded_blas(), "OpenBLAS 9.8.7 SAMPLE (" + fs::canonical(SAMPLE_OPENMP).string() + ")");
  EXPECT_THAT(loaded_blas_warning(), IsEmpty());
}

TEST(LoadedLibraryTest, NamesTheFileBehindALink) {
  const TempFolder folder;
  const fs::path link = folder / "libopenblas.so.0";
  fs::create_symlink(SAMPLE_OPENMP, link);
  const Loaded library(link);
  EXPECT_THAT(loaded_blas(), EndsWith("(" + fs::canonical(SAMPLE_OPENMP).string() + ")"));
}

TEST(LoadedLibraryTest, WarnsOfAnOpenBlasWithThreadsOfItsOwn) {
  const Loaded library(SAMPLE_PTHREAD);
  EXPECT_THAT(loaded_blas_warning(), HasSubstr("competes with LibTorch"));
  EXPECT_THAT(loaded_blas_warning(), HasSubstr("libopenblas0-openmp"));
}

TEST(LoadedLibraryTest, WarnsOfTheReferenceBlas) {
  const TempFolder folder;
  const fs::path path = copy_as(folder, "blas/libblas.so.3");
  const Loaded library(path);
  EXPECT_EQ(loaded_blas(), "the reference BLAS (" + fs::canonical(path).string() + ")");
  EXPECT_THAT(loaded_blas_warning(), HasSubstr("many times slower"));
}

TEST(LoadedLibraryTest, OpenBlasStandsBeforeTheLibraryThatForwardsToIt) {
  const TempFolder folder;
  const Loaded forwards(copy_as(folder, "openblas-openmp/libblas.so.3"));
  EXPECT_THAT(loaded_blas(), HasSubstr("a BLAS ("));
  const Loaded library(SAMPLE_OPENMP);
  EXPECT_THAT(loaded_blas(), HasSubstr("OpenBLAS 9.8.7"));
}

TEST(LoadedLibraryTest, KnowsMklByItsName) {
  const TempFolder folder;
  const Loaded library(copy_as(folder, "libmkl_rt.so.2"));
  EXPECT_THAT(loaded_blas(), HasSubstr("MKL ("));
  EXPECT_THAT(loaded_blas_warning(), IsEmpty());
}

TEST(LoadedLibraryTest, AnUnloadedLibraryIsGone) {
  { const Loaded library(SAMPLE_PTHREAD); }
  EXPECT_EQ(loaded_blas(), "none loaded");
}

}  // namespace
}  // namespace wordbridge
