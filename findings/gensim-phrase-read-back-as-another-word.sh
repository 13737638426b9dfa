#!/usr/bin/env bash
# gensim writes a word with a space to a binary word2vec file and reads it back, without a message, as another word with
# another vector.
#
# KeyedVectors accepts any text as a word, and save_word2vec_format(binary=True) writes it unchanged. In the binary format a space ends
# the word. load_word2vec_format therefore reads the word "new york" as "new", and takes the letters "york" for the first number
# of the vector; the others are shifted by five bytes. If it is the last word, nothing fails. If words follow, they are
# damaged or, by chance, not UTF-8, which is an error.
#
# Observed with python3-gensim 4.2.0+dfsg-1+deb12u1 (Debian 12).
# Workaround: join the parts of a phrase with "_" before saving, or use KeyedVectors.save.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

apt-get download python3-gensim=4.2.0+dfsg-1+deb12u1 python3-smart-open=5.2.1-5 python3-scipy=1.10.1-2 \
  python3-numpy=1:1.24.2-1+deb12u1 liblbfgsb0=3.0+dfsg.4-1 python3-decorator=5.1.1-3 >/dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH=$folder/root/usr/lib/x86_64-linux-gnu PYTHONPATH=$folder/root/usr/lib/python3/dist-packages

/usr/bin/python3 - <<'PYTHON'
import sys
import numpy
from gensim.models import KeyedVectors

written = KeyedVectors(4)
written.add_vectors(["king", "rome", "new york"], numpy.array([[1, 0, 0.5, 2], [0.2, 1, 0.3, 1], [0, 1, 0.25, 1]], "f"))
written.save_word2vec_format("vectors.bin", binary=True)
read = KeyedVectors.load_word2vec_format("vectors.bin", binary=True)
for vectors in written, read:
    word = vectors.index_to_key[-1]
    print(f"{word!r}: {vectors[word]}")
if read.index_to_key != ["king", "rome", "new"] or numpy.array_equal(read["new"], written["new york"]):
    sys.exit("changed")
PYTHON
