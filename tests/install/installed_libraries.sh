#!/usr/bin/env bash
# installed_libraries.sh CMAKE BUILD SOURCE GENERATOR: installs the libraries of a build into a temporary folder, builds the
# examples with them, by their CMake package, and runs the examples' tests.
set -euo pipefail
cmake=$1 build=$2 source=$3 generator=$4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$cmake" --install "$build" --prefix "$folder/installed" --component libraries >"$folder/install.log"
cp -r "$source/examples" "$folder/project"
cache() { sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt"; }
configure() {
  "$cmake" -G "$generator" -S "$folder/project" -B "$folder/build" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_PREFIX_PATH="$folder/installed;$(cache CMAKE_PREFIX_PATH)" -DCMAKE_CXX_FLAGS="$(cache CMAKE_CXX_FLAGS)" "$@"
}
configure >"$folder/configure.log" 2>&1 || { cat "$folder/configure.log"; exit 1; }
# No header of the source folder is used.
mapfile -t lines < <("$cmake" --build "$folder/build" 2>&1) && printf '%s\n' "${lines[@]}"
! grep -rq --include=build.ninja --include=flags.make "$source" "$folder/build" || { echo "the outside project uses $source"; exit 1; }
"$cmake" -E chdir "$folder/build" ctest --output-on-failure --no-tests=error

# A library that is not there is an error that names it; libraries without LibTorch do not look for it.
sed -i 's/find_package(wordbridge REQUIRED)/find_package(wordbridge REQUIRED COMPONENTS eval nothing)/' "$folder/project/CMakeLists.txt"
rm -r "$folder/build"
! configure >"$folder/configure.log" 2>&1
grep -q "no library nothing is installed" "$folder/configure.log"
sed -i 's/ eval nothing/ eval/' "$folder/project/CMakeLists.txt"
rm -r "$folder/build"
configure -DCMAKE_DISABLE_FIND_PACKAGE_Torch=ON >"$folder/configure.log" 2>&1 || { cat "$folder/configure.log"; exit 1; }
[[ -z $(grep -i "Torch_DIR:" "$folder/build/CMakeCache.txt") ]]
