#!/usr/bin/env bash
# gensim's LsiModel returns one topic instead of the four that were asked for, if a very frequent word dominates the counts.
#
# LsiModel drops the smallest singular values as numerical noise: those that together make less than 0.1 % of the sum of all. In
# counts of words the first one can be thousands of times larger than the others, because of a word such as "the". Then
# topics whose singular values are far above rounding errors are dropped, without a message at the default level of the log. The number depends on
# the scale of one word: with fewer "the", all four topics are there.
#
# Observed with python3-gensim 4.2.0+dfsg-1+deb12u1 and NumPy 1.24.2 (Debian 12). 40 documents of four subjects: with 20,000 times
# "the" in each, the singular values are 126,491, 24, 21 and 17, and LsiModel has one topic; with 200 times, 1265, 24, 21 and 17, and four.
# Workaround: weight the counts first (TfidfModel, PPMI), or use an SVD without such a limit, and compare len(model.projection.s)
# with the number asked for.
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
from gensim.models import LsiModel

topics = {}
for frequency in 20000, 200:
    counts = numpy.zeros((40, 5))
    counts[:, 0] = frequency  # "the" in each document
    for document in range(40):
        subject = document % 4
        counts[document, 1 + subject] = 5 + subject  # the word of its subject
    exact = numpy.linalg.svd(counts, compute_uv=False)[:4]
    corpus = [[(word, count) for word, count in enumerate(row) if count] for row in counts]
    model = LsiModel(corpus, num_topics=4, id2word=dict(enumerate(["the", "cat", "ship", "song", "tree"])))
    topics[frequency] = len(model.projection.s)
    for name, values in ("singular values", exact), ("LsiModel(num_topics=4)", model.projection.s):
        print(f"{frequency} times 'the', {name}:", *(f"{value:.0f}" for value in values))
if topics != {20000: 1, 200: 4}:
    sys.exit("changed")
PYTHON
