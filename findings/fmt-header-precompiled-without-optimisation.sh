#!/usr/bin/env bash
# With fmt 9.1.0 in a precompiled header of GCC 12.2.0 at -O0, __OPTIMIZE__ is defined in every file that uses the header.
#
# Without optimisation, fmt's headers put "#pragma GCC optimize" between push_options and pop_options. In a file that
# includes them directly, __OPTIMIZE__ is undefined again after pop_options. A precompiled header keeps it defined, so
# headers that test it take the wrong branch: <xmmintrin.h> defines _mm_prefetch as a function that passes its parameters
# to __builtin_prefetch instead of a macro, and Eigen 3.4.0 fails to compile with "argument to '__builtin_prefetch' must
# be a constant".
#
# Observed with Debian 12, libfmt-dev 9.1.0+ds1-2, libeigen3-dev 3.4.0-4, g++-12 12.2.0-14+deb12u1, and also with fmt
# 10.1.1 and GCC 14.2.0, and with fmt 11.1.1 and GCC 16.2.0.
# Workaround: do not include fmt in a precompiled header that is used without optimisation.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

apt-get download libfmt-dev=9.1.0+ds1-2 libeigen3-dev=3.4.0-4 g++-12=12.2.0-14+deb12u1 gcc-12=12.2.0-14+deb12u1 \
  cpp-12=12.2.0-14+deb12u1 libstdc++-12-dev=12.2.0-14+deb12u1 libgcc-12-dev=12.2.0-14+deb12u1 >/dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
compile() { root/usr/bin/g++-12 -std=c++17 -O0 -I root/usr/include -I root/usr/include/eigen3 "$@"; }

cat >fmt.hpp <<<'#include <fmt/format.h>'
cat >macro.cpp <<'CPP'
#ifdef __OPTIMIZE__
#error "__OPTIMIZE__ is defined"
#endif
CPP
cat >eigen.cpp <<'CPP'
#include <Eigen/Dense>
Eigen::MatrixXd product(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) { return a * b; }
CPP

for file in macro eigen; do
  compile -include fmt.hpp -c $file.cpp -o $file.o
  echo "$file.cpp after fmt.hpp, not precompiled: compiled"
done
compile -x c++-header fmt.hpp -o fmt.hpp.gch
for expected in 'macro: "__OPTIMIZE__ is defined"' 'eigen: must be a constant'; do
  file=${expected%%: *} text=${expected#*: }
  if compile -include fmt.hpp -c "$file.cpp" -o "$file.o" 2>errors; then
    echo "changed: $file.cpp compiles after the precompiled fmt.hpp" >&2
    exit 1
  fi
  grep -qF "$text" errors || { echo "changed: $file.cpp fails with another error:" >&2 && cat errors >&2 && exit 1; }
  echo "$file.cpp after fmt.hpp, precompiled: error: ... $text"
done
