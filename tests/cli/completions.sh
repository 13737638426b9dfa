#!/usr/bin/env bash
# Completions in real shells. Usage: completions.sh FOLDER-OF-THE-PROGRAM. Shells that are not installed are left out.
set -euo pipefail
export PATH=$1:$PATH LC_ALL=C.UTF-8
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
touch vectors.bin

# expect WHAT FOUND WORD...: each word is a line of what was found; a word with ! before it is not.
failed=0
expect() {
  local what=$1 found=$2 word
  shift 2
  for word; do
    if [[ $word == !* ]]; then
      ! grep -qxF -e "${word#!}" <<<"$found" || { echo "$what: offers ${word#!}" && failed=1; }
    else
      grep -qxF -e "$word" <<<"$found" || { echo "$what: does not offer $word, but:" $found && failed=1; }
    fi
  done
}

for shell in bash zsh fish; do wordbridge completions "$shell" >"wordbridge.$shell"; done

# bash_offers WORD...: what bash offers for the last word of the command line.
source wordbridge.bash
compopt() { :; }
bash_offers() {
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
  _wordbridge
  printf '%s\n' "${COMPREPLY[@]}"
}
expect "bash: commands" "$(bash_offers wordbridge ev)" eval '!score'
expect "bash: options" "$(bash_offers wordbridge eval --sim)" --similarity '!--analogy'
expect "bash: short options" "$(bash_offers wordbridge neighbors -)" -k --count
expect "bash: choices" "$(bash_offers wordbridge score --oov "")" skip floor
expect "bash: subcommands" "$(bash_offers wordbridge data fe)" fetch
expect "bash: options of subcommands" "$(bash_offers wordbridge --quiet data list --)" --help
expect "bash: settings" "$(bash_offers wordbridge train model.nplm.hid)" model.nplm.hidden= '!model.nplm.dim='
expect "bash: no settings" "$(bash_offers wordbridge eval model.nplm.hid)" '!model.nplm.hidden='

if command -v fish >/dev/null; then
  fish_offers() { HOME=$folder fish -c "source wordbridge.fish; complete -C '$*'" | cut -f 1; }
  expect "fish: commands" "$(fish_offers wordbridge ev)" eval '!score'
  expect "fish: options" "$(fish_offers wordbridge eval --sim)" --similarity
  expect "fish: choices" "$(fish_offers 'wordbridge score --oov ')" skip floor
  expect "fish: subcommands" "$(fish_offers wordbridge data fe)" fetch
  expect "fish: settings" "$(fish_offers wordbridge train model.nplm.hid)" model.nplm.hidden=
else
  echo "fish: not installed"
fi

if command -v zsh >/dev/null; then
  # zsh completes only on a terminal: an inner zsh on a pseudo-terminal completes the line, which the outer one reads.
  cat >offers.zsh <<'ZSH'
zmodload zsh/zpty
zpty inner zsh -f -i
zpty -w inner "PS1= PS2= ; autoload -Uz compinit; compinit -u -D; source ./wordbridge.zsh; LISTMAX=1000; echo ready"
zpty -r inner line '*ready*ready*'
zpty -n -w inner "$1"$'\t'
zpty -r -t inner line 2>/dev/null
sleep 1.5
while zpty -r -t inner line; do print -rn -- "$line"; done
zpty -d inner
ZSH
  zsh_completes() {  # LINE RESULT
    local found
    found=$(zsh -f offers.zsh "$1" | tr -d '\r' | sed 's/\x1b\[[0-9;?]*[a-zA-Z]//g')
    grep -qF -e "$2" <<<"$found" || { echo "zsh: '$1' does not become $2, but:" "$found" && failed=1; }
  }
  zsh_completes "wordbridge ev" "wordbridge eval "
  zsh_completes "wordbridge eval --simi" "wordbridge eval --similarity "
  zsh_completes "wordbridge score --oov fl" "wordbridge score --oov floor "
  zsh_completes "wordbridge data fe" "wordbridge data fetch "
  zsh_completes "wordbridge train model.nplm.hid" "model.nplm.hidden="
else
  echo "zsh: not installed"
fi

# The manual page has every command, and no line that man does not understand.
wordbridge manual >wordbridge.1
for command in eval 'data fetch' score; do
  grep -qF "wordbridge ${command}" wordbridge.1 || { echo "manual: lacks $command" && failed=1; }
done
if command -v man >/dev/null; then
  warnings=$(MANWIDTH=200 man --warnings -l wordbridge.1 2>&1 >/dev/null)
  [[ -z $warnings ]] || { echo "manual: $warnings" && failed=1; }
fi
exit "$failed"
