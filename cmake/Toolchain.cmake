# Compiler settings that every target shares. cmake/Torch.cmake raises the standard where LibTorch asks for it.
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
# No -ffast-math and no -march=native: one binary is right
# everywhere, and the SIMD kernels choose their instructions at run time.
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g")

add_library(wordbridge_flags INTERFACE)
target_include_directories(wordbridge_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(wordbridge_flags INTERFACE
  -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wconversion -Wno-sign-conversion
  -ffp-contract=off)

# With WB_UNITY the files of a folder are compiled as one: most of a file's time goes into templates of the same headers
# (JSON, fmt, LibTorch), which are then instantiated once a folder. Files must not define the same name twice, not
# even in their unnamed namespaces; `dev` builds each file alone, so that each includes what it uses.
set(CMAKE_UNITY_BUILD ${WB_UNITY})

# A second build of a folder, also after `git switch` back and forth, takes seconds with ccache. With a precompiled
# header (of the tests) it needs to see that header in the preprocessed text, and these two leniences.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()
