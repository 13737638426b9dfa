#!/usr/bin/env bash
# The index of Debian's GCIDE dictionary omits parts of definitions.
#
# In dictd's format, an index gives the offset and length of each entry in the text. Here 126,240 ranges cover all of the
# text except for the line ends between entries and ten longer stretches, which follow unindented lines within a
# definition. Senses 2 and 3 of "wretched", a quotation under "total" and
# lists of words with "un-" are in the text, but dict and other programs that use the index never show them.
#
# Observed with dict-gcide 0.48.5+nmu2 (Debian 12).
# Workaround: cut the text at headwords instead of by the index.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

apt-get download dict-gcide=0.48.5+nmu2 >/dev/null
dpkg-deb -x dict-gcide_*.deb root
python3 - root/usr/share/dictd/gcide <<'PYTHON'
import gzip, string, sys

digits = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"

def number(text):
    value = 0
    for digit in text:
        value = 64 * value + digits.index(digit)
    return value

text = gzip.open(sys.argv[1] + ".dict.dz").read()
rows = [line.split("\t") for line in open(sys.argv[1] + ".index", encoding="utf-8").read().split("\n") if line]
end, gaps = 0, []
for begin, size in sorted({(number(row[1]), number(row[2])) for row in rows}):
    if begin > end + 50:
        gaps.append(text[end:begin])
    end = max(end, begin + size)
print(f"{len(rows)} rows; stretches of more than 50 bytes in no entry: {len(gaps)}, {sum(map(len, gaps))} bytes")
lost = [gap for gap in gaps if b"2. Worthless; paltry; very poor or mean" in gap]
print("\n".join(gap.decode().strip()[:150] for gap in lost))
if len(rows) != 203645 or len(gaps) != 10 or len(lost) != 1:
    sys.exit("changed")
PYTHON
