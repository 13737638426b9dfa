#!/usr/bin/env bash
# The published program of retrofitting leaves every word with a digit as it was, although its lexicon relates it to others.
#
# It replaces a word of the lexicon that contains a digit by "---num---", but not the words of the vectors. So "1990s" is in no entry,
# and all entries of such words overwrite each other: in the ppdb-xl lexicon that comes with it, thousands of head words become one.
#
# Observed with retrofit.py of github.com/mfaruqui/retrofitting at 6f46537, Python 3.11.2 and NumPy 1.24.2 (Debian 12).
# Workaround: replace the digits in the vectors' words in the same way, or spell numbers without digits in both files.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

git clone --quiet --no-checkout https://github.com/mfaruqui/retrofitting
git -C retrofitting checkout --quiet 6f4653748e9f5aecf71bb35d69621e0996e68204 -- retrofit.py lexicons/ppdb-xl.txt
apt-get download python3-numpy=1:1.24.2-1+deb12u1 libblas3=3.11.0-2 liblapack3=3.11.0-2 libgfortran5=12.2.0-14+deb12u1 >/dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
export PYTHONPATH=$folder/root/usr/lib/python3/dist-packages
export LD_LIBRARY_PATH=$folder/root/usr/lib/x86_64-linux-gnu:$folder/root/usr/lib/x86_64-linux-gnu/blas:$folder/root/usr/lib/x86_64-linux-gnu/lapack

printf '1990s 1.0 0.0\ndecade 0.0 1.0\ncar 1.0 0.0\nauto 0.0 1.0\n' >vectors.txt
printf '1990s decade\ndecade 1990s\ncar auto\nauto car\n' >lexicon.txt
# Its last function, which writes the vectors, needs Python 2; the others do not.
PYTHONPATH=$PYTHONPATH:retrofitting python3 - >result.txt 2>log <<'PYTHON'
import retrofit
vectors = retrofit.read_word_vecs("vectors.txt")
for word, row in sorted(retrofit.retrofit(vectors, retrofit.read_lexicon("lexicon.txt"), 10).items()):
    print(word, *("%.4f" % value for value in row))
PYTHON
echo "two pairs of related words, retrofitted:"
cat result.txt
numbers=$(cut -d' ' -f1 retrofitting/lexicons/ppdb-xl.txt | grep -c '[0-9]')
echo "ppdb-xl.txt: $numbers of $(wc -l <retrofitting/lexicons/ppdb-xl.txt) head words contain a digit and become one"
grep -q '^1990s 1.0000 0.0000' result.txt && grep -q '^decade 0.0000 1.0000' result.txt && ! grep -q '^car 1.0000' result.txt &&
  [[ $numbers -gt 10000 ]] || { echo "changed" >&2 && exit 1; }
