#!/usr/bin/env bash
# glibc 2.36 (Debian 12): realloc() of a large block copies it, and holds it twice, once a part of it was advised to use huge pages.
#
# Normally realloc() lets the kernel move the pages of a large block (mremap). madvise(MADV_HUGEPAGE) works on whole pages of 2 MiB, which a block of malloc() does not start or end
# with, so the advised part becomes a mapping of its own. mremap() refuses a range of several mappings, and realloc() silently allocates a second block and copies.
#
# Observed with libc6 2.36-9+deb12u14, Linux 6.18; the same pages are moved if the advice is not given.
# Workaround: allocate growing arrays with mmap() at a multiple of 2 MiB, advise them as a whole, and call mremap() on them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

apt-get download libc6=2.36-9+deb12u14 >/dev/null
dpkg-deb -x libc6_*.deb root
libraries=root/lib/x86_64-linux-gnu

cat >grow.c <<'C'
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { MIB = 1 << 20 };

static long peak_kib(void) {
  char line[256];
  long value = -1;
  FILE* status = fopen("/proc/self/status", "r");
  while (fgets(line, sizeof line, status))
    if (strncmp(line, "VmHWM:", 6) == 0) value = atol(line + 6);
  fclose(status);
  return value;
}

/* Grows a block of 256 MiB, and prints how much more memory is held at a time than before, in MiB. */
int main(int argc, char** argv) {
  const size_t size = (size_t)256 * MIB, page = (size_t)2 * MIB;
  char* block = malloc(size);
  (void)argv;
  if (argc > 1) {
    const uintptr_t begin = ((uintptr_t)block + page - 1) / page * page;
    const uintptr_t end = ((uintptr_t)block + size) / page * page;
    if (madvise((void*)begin, end - begin, MADV_HUGEPAGE) != 0) return 1;
  }
  memset(block, 1, size);
  const long before = peak_kib();
  block = realloc(block, 2 * size);
  printf("%ld\n", (peak_kib() - before) / 1024);
  return block[size - 1] != 1;
}
C
gcc -O1 grow.c -o grow
grow() { "$libraries/ld-linux-x86-64.so.2" --library-path "$libraries" ./grow "$@"; }
plain=$(grow) advised=$(grow advised)
echo "realloc() of 256 MiB to 512 MiB: $plain MiB more at its peak; after madvise(MADV_HUGEPAGE) of a part: $advised MiB"
((plain < 16 && advised > 240)) || { echo "changed" >&2 && exit 1; }
