#!/usr/bin/env bash
# The synset offsets of WordNet 3.0 in Debian's package differ from those of Princeton's WordNet 3.0.
#
# Offsets in the data files are the most common identifiers of synsets (lists of synsets, mappings to other wordnets,
# annotated corpora). Debian's build corrects the sources and runs WordNet's compiler again, so everything after the first
# change of a file is shifted: all 13,767 verb synsets and 18,156 adjective synsets are the same, in the same order, but
# 9,026 and 8,946 of them have other offsets. Nouns and adverbs have the same ones. The differences are at most 18 bytes, and
# none of the shifted offsets is that of another synset of Princeton's file.
#
# Observed with wordnet-base 1:3.0-37 (Debian 12) and the npm package WNdb 3.0.1, which holds Princeton's archive.
# Workaround: use sense keys, or map the offsets by the order of the lines.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

apt-get download wordnet-base=1:3.0-37 >/dev/null
dpkg-deb -x wordnet-base_*.deb debian
npm pack --silent WNdb@3.0.1 >/dev/null
tar -xzf WNdb-3.0.1.tgz
tar -xzf package/WNdb-3.0.tar.gz

python3 - debian/usr/share/wordnet dict <<'PYTHON'
import sys

def synsets(folder, part):
    """Offset and words of every synset."""
    lines = open(f"{folder}/data.{part}", encoding="utf-8").read().split("\n")
    lines = [line.split(" ") for line in lines if line and not line.startswith("  ")]
    return [(fields[0], fields[4 : 4 + 2 * int(fields[3], 16) : 2]) for fields in lines]

for part, expected in ("noun", (82115, 0)), ("verb", (13767, 9026)), ("adj", (18156, 8946)), ("adv", (3621, 0)):
    debian, princeton = synsets(sys.argv[1], part), synsets(sys.argv[2], part)
    if [words for _, words in debian] != [words for _, words in princeton]:
        sys.exit(f"changed: data.{part} has other synsets")
    moved = sum(a[0] != b[0] for a, b in zip(debian, princeton))
    print(f"data.{part}: {len(debian)} synsets, {moved} with another offset")
    if (len(debian), moved) != expected:
        sys.exit(f"changed: expected {expected}")
PYTHON
