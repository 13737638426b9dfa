# wordbridge_torch: LibTorch as one target, with its headers as system headers.
find_package(Torch REQUIRED)
if(TORCH_CXX_FLAGS MATCHES "_GLIBCXX_USE_CXX11_ABI=0")
  message(FATAL_ERROR "This LibTorch (${TORCH_INSTALL_PREFIX}) was built for the pre-C++11 ABI, unlike the other "
                      "libraries of this system. Use its cxx11-abi build, or version 2.6 or later.")
endif()
add_library(wordbridge_torch INTERFACE)
target_link_libraries(wordbridge_torch INTERFACE ${TORCH_LIBRARIES})
# PyTorch's wheel brings fmt's headers, of another version than the system's library: they are used without a library.
get_target_property(WB_FMT_HEADERS fmt::fmt INTERFACE_INCLUDE_DIRECTORIES)
get_filename_component(WB_TORCH_HEADERS "${TORCH_INSTALL_PREFIX}/include" REALPATH)
if(EXISTS "${WB_TORCH_HEADERS}/fmt/format.h" AND NOT WB_TORCH_HEADERS IN_LIST WB_FMT_HEADERS)
  target_compile_definitions(wordbridge_torch INTERFACE FMT_HEADER_ONLY)
endif()
if(TARGET torch_cuda)
  target_compile_definitions(wordbridge_torch INTERFACE WB_CUDA)
endif()
# LibTorch's headers require C++17 up to version 2.13 and C++20 from 2.14. All libraries are built with the same standard.
if(Torch_VERSION VERSION_GREATER_EQUAL 2.14)
  set(CMAKE_CXX_STANDARD 20)
  target_compile_features(wordbridge_torch INTERFACE cxx_std_20)
endif()
# Training on several processes uses LibTorch's Gloo, whose own headers Debian has in libgloo-dev.
if(EXISTS "${TORCH_INSTALL_PREFIX}/include/torch/csrc/distributed/c10d/ProcessGroupGloo.hpp"
   AND EXISTS "${TORCH_INSTALL_PREFIX}/include/gloo/algorithm.h")
  set(WB_HAS_GLOO ON)
else()
  set(WB_HAS_GLOO OFF)
  message(STATUS "No headers of Gloo: training on several processes will not be available (Debian: libgloo-dev)")
endif()
message(STATUS "LibTorch ${Torch_VERSION} at ${TORCH_INSTALL_PREFIX}, C++${CMAKE_CXX_STANDARD}")

# Debian's LibTorch uses the BLAS selected by the system's alternatives, which may be the pthread variant of OpenBLAS. That
# variant oversubscribes the cores. An old-style run path (DT_RPATH, which also applies to the dependencies of libraries)
# selects the OpenMP variant for wordbridge's programs only.
find_path(WB_OPENBLAS_OPENMP NAMES libblas.so.3
  PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/openblas-openmp NO_DEFAULT_PATH)
if(WB_OPENBLAS_OPENMP)
  message(STATUS "BLAS run path: ${WB_OPENBLAS_OPENMP}")
  target_link_options(wordbridge_torch INTERFACE
    "LINKER:--disable-new-dtags" "LINKER:-rpath,${WB_OPENBLAS_OPENMP}")
endif()
