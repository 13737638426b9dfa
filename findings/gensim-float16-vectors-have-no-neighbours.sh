#!/usr/bin/env bash
# Vectors that gensim has read as float16 have similarity 0 to every word in most_similar, if they are longer than 256.
#
# load_word2vec_format(datatype=numpy.float16) saves memory. The lengths by which most_similar divides are then computed in float16 too,
# whose largest number is 65504: the sum of squares of a vector longer than 256 is infinite, and so all its cosines are 0.
# similarity() divides by lengths of a higher precision and is right. There is no error, only NumPy's "overflow encountered in reduce".
# Vectors of word2vec are shorter; the factors of a matrix of counts, as of PCA or latent semantic analysis, are often longer.
#
# Observed with python3-gensim 4.2.0+dfsg-1+deb12u1 and NumPy 1.24.2 (Debian 12).
# Workaround: read the vectors as float32, or divide them by their lengths before saving.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

apt-get download python3-gensim=4.2.0+dfsg-1+deb12u1 python3-smart-open=5.2.1-5 python3-scipy=1.10.1-2 \
  python3-numpy=1:1.24.2-1+deb12u1 liblbfgsb0=3.0+dfsg.4-1 python3-decorator=5.1.1-3 >/dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH=$folder/root/usr/lib/x86_64-linux-gnu PYTHONPATH=$folder/root/usr/lib/python3/dist-packages

printf '3 4\nking 200 200 100 10\nqueen 200 190 110 10\ncar -100 50 30 20\n' >vectors.txt
/usr/bin/python3 - <<'PYTHON'
import sys
import numpy
from gensim.models import KeyedVectors

scores = {}
for type_ in numpy.float32, numpy.float16:
    vectors = KeyedVectors.load_word2vec_format("vectors.txt", datatype=type_)
    neighbour, score = vectors.most_similar("king")[0]
    scores[type_] = score, vectors.similarity("king", "queen")
    print(f"{type_.__name__}: nearest to king: {neighbour} {score:.3f}; similarity(king, queen): {scores[type_][1]:.3f}")
if not (scores[numpy.float32][0] > 0.99 and scores[numpy.float16][0] == 0 and scores[numpy.float16][1] > 0.99):
    sys.exit("changed")
PYTHON
