# wordbridge_torch: LibTorch as one target, its headers as system headers.
find_package(Torch REQUIRED)
if(TORCH_CXX_FLAGS MATCHES "_GLIBCXX_USE_CXX11_ABI=0")
  message(FATAL_ERROR "This LibTorch (${TORCH_INSTALL_PREFIX}) was built for the C++ ABI from before C++11, the other "
                      "libraries of this system were not. Please take its cxx11-abi build, or one of version 2.6 or later.")
endif()
add_library(wordbridge_torch INTERFACE)
target_link_libraries(wordbridge_torch INTERFACE ${TORCH_LIBRARIES})
# Its headers are C++17 up to 2.13 and C++20 since. All libraries are built by the same standard.
if(Torch_VERSION VERSION_GREATER_EQUAL 2.14)
  set(CMAKE_CXX_STANDARD 20)
endif()
message(STATUS "LibTorch ${Torch_VERSION} at ${TORCH_INSTALL_PREFIX}, C++${CMAKE_CXX_STANDARD}")

# Debian's LibTorch takes its BLAS from the system's alternatives, where the pthread OpenBLAS may win;
# it oversubscribes the cores. An old-style run path (it also holds for the libraries of libraries)
# to the OpenMP one settles it for our programs alone.
find_path(WB_OPENBLAS_OPENMP NAMES libblas.so.3
  PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/openblas-openmp NO_DEFAULT_PATH)
if(WB_OPENBLAS_OPENMP)
  message(STATUS "BLAS run path: ${WB_OPENBLAS_OPENMP}")
  target_link_options(wordbridge_torch INTERFACE
    "LINKER:--disable-new-dtags" "LINKER:-rpath,${WB_OPENBLAS_OPENMP}")
endif()
