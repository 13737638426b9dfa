# Dependencies, with their Debian packages in comments. See docs/dependencies.md.
include(LibraryDependencies)
find_package(CLI11 REQUIRED)           # libcli11-dev

if(TARGET yaml-cpp::yaml-cpp)
  set(WB_YAML yaml-cpp::yaml-cpp)
else()
  set(WB_YAML yaml-cpp)
endif()

if(WB_BUILD_TORCH)
  # A LibTorch in CMAKE_PREFIX_PATH (from a zip or wheel) takes precedence over Debian's libtorch-dev.
  include(Torch)
endif()

if(WB_FAISS)
  find_package(OpenMP QUIET)           # a dependency of FAISS
  find_package(faiss CONFIG QUIET)     # libfaiss-dev
  if(NOT OpenMP_CXX_FOUND OR NOT faiss_FOUND)
    message(FATAL_ERROR "WB_FAISS is ON, but FAISS (with OpenMP) was not found: install Debian's package libfaiss-dev "
                        "(scripts/setup --faiss), add its folder to CMAKE_PREFIX_PATH, or set WB_FAISS to OFF.")
  endif()
endif()

# D3, which draws the figures of reports, is embedded in the program and in each report.
set(WB_D3 /usr/share/nodejs/d3/dist/d3.min.js CACHE FILEPATH "D3 (version 5 or later) as one script")  # node-d3
if(NOT EXISTS "${WB_D3}")
  message(FATAL_ERROR "D3 not found at ${WB_D3}: install Debian's package node-d3, or set the path of d3.min.js with "
                      "-DWB_D3=/path/to/d3.min.js")
endif()

if(WB_PYTHON)
  # Debian's own Python, for which its pybind11 and NumPy are, before others on the PATH.
  if(EXISTS /usr/bin/python3)
    set(Python3_EXECUTABLE /usr/bin/python3 CACHE FILEPATH "The Python for which the package is built")
  endif()
  find_package(Python3 COMPONENTS Interpreter Development.Module QUIET)  # python3-dev
  find_package(pybind11 CONFIG QUIET)                                    # pybind11-dev
  if(NOT Python3_FOUND OR NOT pybind11_FOUND)
    message(STATUS "No pybind11 or headers of Python: the Python package will not be built (Debian: pybind11-dev, python3-dev)")
    set(WB_PYTHON OFF)
  endif()
endif()

if(WB_BUILD_TESTS)
  find_package(GTest REQUIRED)         # libgtest-dev, libgmock-dev
endif()
