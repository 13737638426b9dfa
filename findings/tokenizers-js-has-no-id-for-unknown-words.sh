#!/usr/bin/env bash
# @huggingface/tokenizers 0.2.0 (npm): with a WordLevel model, a word outside the vocabulary gets the id `undefined` (null in JSON)
# and keeps its own text as the token, although tokenizer.json names the unknown token and its id is in the vocabulary.
# With a WordPiece model, it gets the id of the unknown token.
#
# Seen: WordLevel [0,null,1] cat,wolf,dog; WordPiece [0,2,1] cat,[UNK],dog
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
command -v npm >/dev/null || apt-get install -y --no-install-recommends npm >/dev/null
npm init -y >/dev/null
npm install --silent @huggingface/tokenizers@0.2.0
cat >try.mjs <<'EOF'
import { Tokenizer } from "@huggingface/tokenizers";
const rest = {
  version: "1.0", truncation: null, padding: null, added_tokens: [], normalizer: null,
  pre_tokenizer: { type: "Whitespace" }, post_processor: null, decoder: null,
};
const vocab = { cat: 0, dog: 1, "[UNK]": 2 };
const wordPiece = { continuing_subword_prefix: "##", max_input_chars_per_word: 100 };
for (const [type, more] of [["WordLevel", {}], ["WordPiece", wordPiece]]) {
  const model = { type, vocab, unk_token: "[UNK]", ...more };
  const found = new Tokenizer({ ...rest, model }, {}).encode("cat wolf dog");
  console.log(type, JSON.stringify(found.ids), found.tokens.join());
}
EOF
node try.mjs | tee output
diff output - <<'EOF' || { echo "the behaviour has changed" >&2; exit 1; }
WordLevel [0,null,1] cat,wolf,dog
WordPiece [0,2,1] cat,[UNK],dog
EOF
