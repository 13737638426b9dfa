#include "train/blas_check.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace wordbridge {
namespace {

namespace fs = std::filesystem;

enum class Make { openblas, mkl, blis, unknown };

struct Blas {
  Make make;
  std::string path;  // as reported by the dynamic loader
};

struct Prefix {
  std::string_view text;
  Make make;
};

// Most specific first: OpenBLAS ships its own libblas.so.3, which forwards to libopenblas.
constexpr Prefix kPrefixes[] = {{"libopenblas", Make::openblas},
                                {"libmkl_", Make::mkl},
                                {"libblis", Make::blis},
                                {"libblas.", Make::unknown}};

std::vector<std::string> loaded_libraries() {
  std::vector<std::string> paths;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* out) {
        static_cast<std::vector<std::string>*>(out)->emplace_back(info->dlpi_name);
        return 0;
      },
      &paths);
  return paths;
}

std::optional<Blas> find_blas() {
  const std::vector<std::string> paths = loaded_libraries();
  for (const Prefix& prefix : kPrefixes)
    for (const std::string& path : paths)
      if (fs::path(path).filename().string().rfind(prefix.text, 0) == 0)
        return Blas{prefix.make, path};
  return std::nullopt;
}

/// The file that the links of Debian's alternatives system point to.
fs::path file_of(const Blas& blas) {
  std::error_code failed;
  const fs::path file = fs::canonical(blas.path, failed);
  return failed ? fs::path(blas.path) : file;
}

/// Calls the function `Result name()` of the loaded library, if it exists.
template <class Result>
std::optional<Result> call(const Blas& blas, const char* name) {
  const std::unique_ptr<void, int (*)(void*)> library(
      dlopen(blas.path.c_str(), RTLD_LAZY | RTLD_NOLOAD), dlclose);
  if (!library) return std::nullopt;
  void* function = dlsym(library.get(), name);
  if (!function) return std::nullopt;
  return reinterpret_cast<Result (*)()>(function)();
}

bool is_reference(const Blas& blas) {
  return blas.make == Make::unknown && file_of(blas).parent_path().filename() == "blas";
}

std::string name_of(const Blas& blas) {
  switch (blas.make) {
    case Make::openblas: {
      // The string belongs to the library. It outlives the handle, as the process keeps the library
      // loaded.
      const std::string_view config =
          call<const char*>(blas, "openblas_get_config").value_or("OpenBLAS");
      return std::string(config.substr(0, config.find_last_not_of(' ') + 1));
    }
    case Make::mkl:
      return "MKL";
    case Make::blis:
      return "BLIS";
    case Make::unknown:
      break;
  }
  return is_reference(blas) ? "the reference BLAS" : "a BLAS";
}

}  // namespace

std::string loaded_blas() {
  const std::optional<Blas> blas = find_blas();
  return blas ? fmt::format("{} ({})", name_of(*blas), file_of(*blas).string()) : "none loaded";
}

std::string loaded_blas_warning() {
  constexpr std::string_view kHelp = "install Debian's libopenblas0-openmp and rebuild";
  const std::optional<Blas> blas = find_blas();
  if (!blas) return {};
  if (is_reference(*blas))
    return fmt::format("the reference BLAS is many times slower than OpenBLAS: {}", kHelp);
  constexpr int kOwnThreads = 1;  // 0: none, 2: OpenMP
  if (blas->make == Make::openblas && call<int>(*blas, "openblas_get_parallel") == kOwnThreads)
    return fmt::format("OpenBLAS with its own thread pool competes with LibTorch for the cores: {}",
                       kHelp);
  return {};
}

}  // namespace wordbridge
