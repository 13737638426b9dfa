#!/usr/bin/env bash
# fmt 9.1.0 in a precompiled header of GCC 12.2.0, at -O0: __OPTIMIZE__ stays defined in every file that uses it.
#
# fmt's headers put "#pragma GCC optimize" between push_options and pop_options where nothing is optimised. In a file that
# includes them, __OPTIMIZE__ is undefined again after pop_options. A precompiled header keeps it defined. So headers
# that ask for it take the wrong branch: <xmmintrin.h> makes _mm_prefetch a function with __builtin_prefetch on its
# parameters instead of a macro, and Eigen 3.4.0 stops with "argument to '__builtin_prefetch' must be a constant".
#
# Seen: Debian 12, libfmt-dev 9.1.0+ds1-2, libeigen3-dev 3.4.0-4, g++-12 12.2.0-14+deb12u1. The same with fmt 10.1.1
# and GCC 14.2.0, and fmt 11.1.1 and GCC 16.2.0.
# A way around it: leave fmt out of a precompiled header that is used without optimisation.
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
  grep -qF "$text" errors || { echo "changed: $file.cpp fails otherwise:" >&2 && cat errors >&2 && exit 1; }
  echo "$file.cpp after fmt.hpp, precompiled: error: ... $text"
done
