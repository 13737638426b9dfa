#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace wordbridge {

/// Which character n-grams a word has, and among how many rows they are spread (Bojanowski et al.
/// 2017, section 3.2; the defaults are those of the program fastText).
struct CharacterNgrams {
  std::int32_t min_length = 3, max_length = 6;  // in code points, the word's marks included
  std::int32_t buckets = 2000000;               // 0: there are no n-grams
};

/// The word in fastText's dictionaries that stands for the end of a line. fastText gives it no
/// n-grams; character_ngrams does not know it.
constexpr std::string_view kFastTextEndOfSentence = "</s>";

/// Replaces `buckets` by those of the word's n-grams, in fastText's order: all n-grams of `<word>`
/// from its first character, by their length, then from its second, ... without a lone `<` or `>`.
/// An n-gram that occurs twice is there twice. A bucket is FNV-1a, 32 bits, over the n-gram's
/// UTF-8, each byte extended with its sign as fastText has it, modulo `ngrams.buckets`. In
/// ill-formed text a byte that continues nothing belongs to the character before it.
/// Empty if there are no buckets or `min_length` > `max_length`.
void character_ngrams(std::string_view word, const CharacterNgrams& ngrams,
                      std::vector<std::int32_t>& buckets);

}  // namespace wordbridge
