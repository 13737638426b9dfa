# Compiler settings of all targets. cmake/Torch.cmake raises the C++ standard if LibTorch requires it.
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
# No -ffast-math and no -march=native: one binary is correct on every machine, and the SIMD kernels choose their
# instruction set at run time.
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g")

add_library(wordbridge_flags INTERFACE)
target_include_directories(wordbridge_flags INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include/wordbridge>)
target_compile_features(wordbridge_flags INTERFACE cxx_std_17)
target_compile_options(wordbridge_flags INTERFACE $<BUILD_INTERFACE:
  -Wall;-Wextra;-Wshadow;-Wnon-virtual-dtor;-Wconversion;-Wno-sign-conversion;-ffp-contract=off>)

# The libraries are also linked into the module of the Python package. Their functions can still be inlined: no other
# library replaces them.
if(WB_PYTHON)
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fno-semantic-interposition>)
endif()

# With WB_UNITY, the files of a folder are compiled as one. Most of the compile time is spent on templates of the same
# headers (JSON, fmt, LibTorch), which are then instantiated once per folder. Two files of a folder must not define the
# same name, not even in unnamed namespaces. The preset `dev` compiles each file separately, to check that each file
# includes what it uses.
set(CMAKE_UNITY_BUILD ${WB_UNITY})

# With ccache, repeating an earlier build (for example after switching branches) takes seconds. For the precompiled header
# of the tests, ccache needs the header in the preprocessed text and these two sloppiness settings.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()
