#!/usr/bin/env bash
# torchtext's Vectors("b/vectors.txt") returns the vectors of a/vectors.txt, without a message, if that was read before.
#
# Vectors stores what it has read in the folder .vector_cache, under the file's name without its folder, and later reads that
# copy, in other processes too. Neither the path nor the time or size of the file is compared. Two models saved under the same name have the same
# vectors, and a file that was written again has its old ones. A word that is only in the new file gets zeros, like any unknown word.
#
# Observed with python3-torchtext 0.14.1-2 (Debian 12). That package lacks the compiled part of torchtext and can't be imported as a
# whole, so the script loads only the module that defines Vectors.
# Workaround: give each file a cache of its own, Vectors(file, cache=folder), or remove .vector_cache.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# As a system package, because LibTorch needs about a hundred others.
dpkg-query -W libtorch1.13 2>/dev/null | grep -q '1\.13\.1+dfsg-4$' ||
  apt-get install -y --no-install-recommends libtorch1.13=1.13.1+dfsg-4 >/dev/null
apt-get download python3-torchtext=0.14.1-2 python3-torch=1.13.1+dfsg-4 python3-typing-extensions=4.4.0-1 \
  python3-numpy=1:1.24.2-1+deb12u1 python3-tqdm=4.64.1-1 >/dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
ln -s /usr/lib/x86_64-linux-gnu root/usr/lib/ # where python3-torch expects libtorch1.13
export PYTHONPATH=$folder/root/usr/lib/python3/dist-packages

mkdir a b
printf 'king 1 0 0\nqueen 0 1 0\n' >a/vectors.txt
printf 'king 5 6 7 8\nrome 8 7 6 5\n' >b/vectors.txt
cat >read.py <<'PYTHON'
import importlib, sys, types
for name in "torchtext", "torchtext.vocab", "torchtext.utils":
    sys.modules[name] = types.ModuleType(name)
sys.modules["torchtext.vocab"].__path__ = [sys.path[1] + "/torchtext/vocab"]
sys.modules["torchtext.utils"].reporthook = None  # for downloads
Vectors = importlib.import_module("torchtext.vocab.vectors").Vectors

vectors = Vectors(sys.argv[1])
print(sys.argv[1], *(f"{word}: {vectors[word].int().tolist()}" for word in ("king", "queen", "rome")))
PYTHON
read_vectors() { OMP_NUM_THREADS=1 /usr/bin/python3 read.py "$1" 2>/dev/null | tee -a output; }
read_vectors a/vectors.txt
read_vectors b/vectors.txt
cp b/vectors.txt a/
read_vectors a/vectors.txt
diff output - <<'EOF' || { echo "changed" >&2 && exit 1; }
a/vectors.txt king: [1, 0, 0] queen: [0, 1, 0] rome: [0, 0, 0]
b/vectors.txt king: [1, 0, 0] queen: [0, 1, 0] rome: [0, 0, 0]
a/vectors.txt king: [1, 0, 0] queen: [0, 1, 0] rome: [0, 0, 0]
EOF
