#!/usr/bin/env bash
# For a fastText model, gensim gives the end-of-sentence word </s> another vector than fastText.
#
# fastText represents a word as the mean of its own vector and those of its character n-grams; only </s>, which it adds to
# each line, has no n-grams. gensim computes n-grams of the text "</s>" (<</, /s>, ...) as for any other word and averages
# them in, so the two vectors can point in quite different directions, while those of all other words agree. </s> is
# usually among the first words of a model, so it shows up in neighbours and in means over the vocabulary.
#
# Observed with fasttext 0.9.2+ds-1+b1 and python3-gensim 4.2.0+dfsg-1+deb12u1 (Debian 12).
# Workaround: read the vectors from fastText's own .vec file, or drop </s>.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

apt-get download fasttext=0.9.2+ds-1+b1 libfasttext0=0.9.2+ds-1+b1 python3-gensim=4.2.0+dfsg-1+deb12u1 \
  python3-smart-open=5.2.1-5 python3-scipy=1.10.1-2 python3-numpy=1:1.24.2-1+deb12u1 liblbfgsb0=3.0+dfsg.4-1 \
  python3-decorator=5.1.1-3 >/dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH=$folder/root/usr/lib/x86_64-linux-gnu PYTHONPATH=$folder/root/usr/lib/python3/dist-packages

for i in $(seq 100); do echo "king queen man woman king man"; echo "queen woman cat dog"; done >text
root/usr/bin/fasttext skipgram -input text -output model -dim 8 -epoch 3 -minCount 1 -thread 1 -bucket 1000 >/dev/null 2>&1
/usr/bin/python3 - <<'PYTHON'
import sys
import numpy
from gensim.models.fasttext import load_facebook_vectors

vectors = load_facebook_vectors("model.bin")
cosines = {}
for line in open("model.vec").read().split("\n")[1:-1]:
    word, *numbers = line.split()
    own, theirs = numpy.array(numbers, float), vectors[word]
    cosines[word] = own @ theirs / numpy.linalg.norm(own) / numpy.linalg.norm(theirs)
for word, cosine in cosines.items():
    print(f"{word}: cosine similarity of fastText's and gensim's vector: {cosine:.3f}")
if not all((cosine > 0.999) == (word != "</s>") for word, cosine in cosines.items()):
    sys.exit("changed")
PYTHON
