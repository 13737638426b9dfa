#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace wordbridge {

/// Lengths of a word's character n-grams and the number of rows to which they are hashed
/// (Bojanowski et al. 2017, section 3.2; the defaults are those of the program fastText).
struct CharacterNgrams {
  std::int32_t min_length = 3, max_length = 6;  // in code points, including the word's marks
  std::int32_t buckets = 2000000;               // 0: no n-grams
};

/// Word that represents the end of a line in fastText's dictionaries. fastText gives it no n-grams;
/// character_ngrams() does not treat it specially.
constexpr std::string_view kFastTextEndOfSentence = "</s>";

/// Replaces the contents of `buckets` by the buckets of the word's n-grams, in fastText's order:
/// all n-grams of `<word>` that start at its first character, by length, then those that start at
/// its second, ..., without a lone `<` or `>`. An n-gram that occurs twice appears twice. A bucket
/// is the 32-bit FNV-1a hash of the n-gram's UTF-8, each byte sign-extended as in fastText, modulo
/// `ngrams.buckets`. In ill-formed text, a continuation byte without a start byte belongs to the
/// preceding character.
/// Empty if there are no buckets or `min_length` > `max_length`.
void character_ngrams(std::string_view word, const CharacterNgrams& ngrams,
                      std::vector<std::int32_t>& buckets);

}  // namespace wordbridge
