#!/usr/bin/env bash
# IRSTLM's compile-lm silently drops n-grams of an ARPA file that are not sorted as it expects.
#
# The ARPA format does not order the n-grams of a section. compile-lm searches them by binary search, so the bigrams with
# the same first word must be in the order in which the 1-grams list their second words. Otherwise it misses some
# without a message: the model backs off, and the perplexity is too high. sphinxbase accepts both orders.
#
# Observed with irstlm 6.00.05-3+b1 (Debian 12): two orders of the same four bigrams give a perplexity of 2.09 and 2.40 of
# the same sentence; 2.09 is right. sphinxbase-utils 0.8+5prealpha+1-16 gives the same score for both.
# Workaround: sort each section by the positions of the words among the 1-grams.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

apt-get download irstlm=6.00.05-3+b1 libirstlm1=6.00.05-3+b1 sphinxbase-utils=0.8+5prealpha+1-16 \
  libsphinxbase3=0.8+5prealpha+1-16 >/dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
export IRSTLM=$folder/root/usr/lib/irstlm LD_LIBRARY_PATH=$folder/root/usr/lib:$folder/root/usr/lib/x86_64-linux-gnu

model() {
  printf '%s\n' '\data\' 'ngram 1=5' "ngram 2=$#" '' '\1-grams:' $'-99\t<s>\t-0.3' $'-0.6\t</s>' $'-0.9\t<unk>' \
    $'-0.5\tcat\t-0.2' $'-0.5\tdog\t-0.2' '' '\2-grams:' "$@" '' '\end\'
}
start=$'-0.3\t<s> cat' cat_dog=$'-0.3\tcat dog' end=$'-0.3\tdog </s>' dog_cat=$'-0.4\tdog cat'
model "$start" "$cat_dog" "$end" "$dog_cat" >sorted.arpa
model "$start" "$cat_dog" "$dog_cat" "$end" >unsorted.arpa
echo '<s> cat dog cat dog </s>' >text # -(0.3 + 0.3 + 0.4 + 0.3 + 0.3) / 5 = -0.32, and 10^0.32 = 2.09

perplexity() { "$IRSTLM/bin/compile-lm" "$1" --eval=text 2>&1 | grep -o 'PP=[0-9.]* .*Nbo=[0-9]*' || true; }
score() { root/usr/bin/sphinx_lm_eval -lm "$1" -lsn text 2>/dev/null | grep -o 'lm score: .*' || true; }
for file in sorted unsorted; do echo "$file: irstlm $(perplexity $file.arpa); sphinxbase $(score $file.arpa)"; done
[[ $(perplexity sorted.arpa) == PP=2.09*Nbo=0 && $(perplexity unsorted.arpa) == PP=2.40*Nbo=1 ]] ||
  { echo "changed: other perplexities" >&2 && exit 1; }
[[ -n $(score sorted.arpa) && $(score sorted.arpa) == "$(score unsorted.arpa)" ]] ||
  { echo "changed: sphinxbase's scores differ" >&2 && exit 1; }
