#!/usr/bin/env bash
# WordNet 3.0's cntlist.rev numbers senses as an older release did, and has keys of senses that 3.0 does not have.
#
# Each line of cntlist.rev is a sense key, a sense number and the number of times that sense was tagged. The number looks
# like a position in index.noun and so on. For 713 of the 37,387 lines it is not: index.sense of the same release numbers
# the same key differently. 1,992 keys do not exist in index.sense. A program that joins by word and sense number gives
# "completion" (noun) a first sense tagged 40 times, although that sense was removed and the first sense of 3.0 was tagged
# 3 times; "jazz" gets 15 from a sense that was removed, although none of its senses was tagged. The counts of the
# keys that exist agree with index.sense.
#
# Observed with wordnet-base and wordnet-sense-index 1:3.0-37 (Debian 12), and with the wn program of package wordnet.
# Workaround: join by sense key, and ignore the second column.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

for package in wordnet-base wordnet-sense-index wordnet; do
  apt-get download "$package=1:3.0-37" >/dev/null
  dpkg-deb -x "${package}"_*.deb root
done

python3 - root/usr/share/wordnet <<'PYTHON'
import sys

index = {}
for line in open(sys.argv[1] + "/index.sense"):
    key, _, number, count = line.split()
    index[key] = int(number), int(count)
lines = [line.split() for line in open(sys.argv[1] + "/cntlist.rev")]
known = [(index[key], int(number), int(count)) for key, number, count in lines if key in index]
found = {
    "lines": len(lines),
    "keys that do not exist": len(lines) - len(known),
    "another sense number": sum(sense[0] != number for sense, number, _ in known),
    "another count": sum(sense[1] != count for sense, _, count in known),
}
print(found)
print([" ".join(line) for line in lines if line[0].startswith(("completion%", "jazz%"))])
if list(found.values()) != [37387, 1992, 713, 0]:
    sys.exit("changed")
PYTHON

export WNSEARCHDIR=$folder/root/usr/share/wordnet LD_LIBRARY_PATH=$folder/root/usr/lib
root/usr/bin/wn completion -over >overview || true # wn exits with the number of senses
grep '^[12]\.' overview
grep -q '^1\. (3) completion' overview || { echo "changed: wn counts another first sense" >&2 && exit 1; }
