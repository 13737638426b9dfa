#!/usr/bin/env bash
# WordNet's own program finds no tag counts of some adjectives, because two of its files spell their sense keys differently.
#
# The key of a satellite adjective ends in the head word of its cluster. Where the head has a syntactic marker, cntlist.rev has it in
# the key (any%5:00:00:some(a):00), index.sense does not (any%5:00:00:some:00). wn looks up keys without the marker in cntlist.rev,
# so it shows "(0)" for the adjective "any", which was tagged 47 times according to both files.
#
# Observed with wordnet, wordnet-base and wordnet-sense-index 1:3.0-37 (Debian 12).
# Workaround: remove "(a)", "(p)" and "(ip)" from the keys of cntlist.rev, or use the counts in index.sense.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

for package in wordnet-base wordnet-sense-index wordnet; do
  apt-get download "$package=1:3.0-37" >/dev/null
  dpkg-deb -x "${package}"_*.deb root
done
export WNSEARCHDIR=$folder/root/usr/share/wordnet LD_LIBRARY_PATH=$folder/root/usr/lib

grep '^any%5' "$WNSEARCHDIR/index.sense" "$WNSEARCHDIR/cntlist.rev" | sed 's|.*/||'
marked=$(grep -c '(' "$WNSEARCHDIR/cntlist.rev")
in_index=$(grep -c '(' "$WNSEARCHDIR/index.sense" || true)
echo "keys with a marker: $marked in cntlist.rev, $in_index in index.sense"
root/usr/bin/wn any -over >overview || true # wn exits with the number of senses
grep -A 4 'Overview of adj any' overview | grep -o '^1\. ([0-9]*) any'
grep -q '^any%5:00:00:some:00 .* 47$' "$WNSEARCHDIR/index.sense" && [[ $marked == 130 && $in_index == 0 ]] &&
  grep -q '^1\. (0) any' overview || { echo "changed" >&2 && exit 1; }
