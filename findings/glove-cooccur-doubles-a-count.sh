#!/usr/bin/env bash
# GloVe's program cooccur doubles one count of a small text: that of the most frequent word with itself.
#
# Counts of frequent words are kept in a dense table, the others in an overflow file. If all pairs of the text are in the table, the overflow file is empty. The merge of
# the two files reads the first record of each without checking whether there is one, and so takes the first record of the table, words 1 and 1, a second time. With a
# -max-product so small that some pair is in the overflow file, the count is right (here with a record of no words before it).
#
# Observed with github.com/stanfordnlp/GloVe at 52f7dbc, compiled with GCC 12.2.0-14+deb12u1 (Debian 12).
# Workaround: check the counts of small texts against another program, or set -max-product below the product of the ranks of some pair of the text.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

git clone --quiet --no-checkout https://github.com/stanfordnlp/GloVe
git -C GloVe checkout --quiet 52f7dbc512be3f72e9c11e7cbb19dfdfa4651e9c -- src
apt-get download gcc-12=12.2.0-14+deb12u1 cpp-12=12.2.0-14+deb12u1 libgcc-12-dev=12.2.0-14+deb12u1 >/dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
root/usr/bin/gcc-12 -O2 -w GloVe/src/cooccur.c GloVe/src/common.c -lm -o cooccur

printf 'a 2\nb 2\n' >vocabulary.txt
# Within a window of 1, "a a b b" has the pairs a a, a b and b b, each counted in both directions.
counts() {
  echo a a b b | ./cooccur -window-size 1 -vocab-file vocabulary.txt -memory 1 -verbose 0 "$@" 2>log |
    python3 -c '
import struct, sys
print(*("%d,%d:%g" % record for record in struct.iter_unpack("iid", sys.stdin.buffer.read())))'
}
usual=$(counts)
overflow=$(counts -max-product 1)
echo "word,word:count of \"a a b b\"                    $usual"
echo "with a pair in the overflow file (max-product)   $overflow"
[[ $usual == '1,1:4 1,2:1 2,1:1 2,2:2' && $overflow == *'1,1:2 1,2:1 2,1:1 2,2:2' ]] || { echo "changed" >&2 && exit 1; }
