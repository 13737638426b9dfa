#!/usr/bin/env bash
# sphinxbase reads the intermediate ARPA files of IRSTLM without a message as plain ARPA, and computes other probabilities.
#
# IRSTLM's build-lm.sh writes files that look like ARPA but have "iARPA" in the first line: their probabilities are those of
# one order alone, to which the lower orders have to be added with the back-off weights. sphinxbase skips text before \data\ and
# so skips this line.
#
# Observed with irstlm 6.00.05-3+b1 and sphinxbase-utils 0.8+5prealpha+1-16 (Debian 12): perplexity 1.51 in IRSTLM, 2.09 in
# sphinxbase; 2.09 in both if the first line is removed.
# Workaround: convert the file with IRSTLM's compile-lm --text=yes first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

apt-get download irstlm=6.00.05-3+b1 libirstlm1=6.00.05-3+b1 sphinxbase-utils=0.8+5prealpha+1-16 \
  libsphinxbase3=0.8+5prealpha+1-16 >/dev/null
for package in *.deb; do dpkg-deb -x "$package" root; done
export IRSTLM=$folder/root/usr/lib/irstlm LD_LIBRARY_PATH=$folder/root/usr/lib:$folder/root/usr/lib/x86_64-linux-gnu

printf '%s\n' '\data\' 'ngram 1=5' 'ngram 2=4' '' '\1-grams:' $'-99\t<s>\t-0.3' $'-0.6\t</s>' $'-0.9\t<unk>' \
  $'-0.5\tcat\t-0.2' $'-0.5\tdog\t-0.2' '' '\2-grams:' $'-0.3\t<s> cat' $'-0.3\tcat dog' $'-0.3\tdog </s>' \
  $'-0.4\tdog cat' '' '\end\' >plain.arpa
{ echo iARPA && cat plain.arpa; } >intermediate.arpa
"$IRSTLM/bin/compile-lm" intermediate.arpa --text=yes converted.arpa >/dev/null 2>&1
echo '<s> cat dog cat dog </s>' >text

irstlm() { "$IRSTLM/bin/compile-lm" "$1" --eval=text 2>&1 | grep -o 'PP=[0-9.]*' | cut -c4-7 || true; }
sphinxbase() { root/usr/bin/sphinx_lm_eval -lm "$1" -lsn text 2>&1 | awk '/^perplexity/ { printf "%.2f", $2 }'; }
all=
for file in plain intermediate converted; do
  all+="$(irstlm $file.arpa) $(sphinxbase $file.arpa), "
  echo "$file: perplexity $(irstlm $file.arpa) in IRSTLM, $(sphinxbase $file.arpa) in sphinxbase"
done
[[ $all == '2.09 2.09, 1.51 2.09, 1.51 1.51, ' ]] || { echo "changed: $all" >&2 && exit 1; }
