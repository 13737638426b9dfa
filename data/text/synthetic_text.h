#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "core/config/fields.h"
#include "data/text/text_reader.h"
#include "data/text/word_groups.h"

namespace wordbridge {

/// A text that is drawn at random from groups of words, so that it is known what an embedding of it
/// should look like.
struct SyntheticTextOptions {
  std::int64_t lines = 500;
  std::int64_t seed = 0;  // 0: the run's

  FieldGroup describe();
};

/// A walk through the words in lines of 8, whose every step follows a log-linear law:
///
///     P(w' | w) = exp(4 x_w . x_w') / sum over v of exp(4 x_w . x_v)
///
/// The latent position x_w of a word in the plane is its group's, one of equal steps on the unit
/// circle, plus a normal deviation of 0.15 in each direction. Position and walk follow from `seed`.
/// Error for more than 4,096 words.
std::string draw_log_linear(const WordGroups& groups, std::int64_t lines, std::uint64_t seed);

/// Lines of three words of two groups: the first two are drawn independently and uniformly, the
/// third from the second group if just one of them is, else from the first (the exclusive-or of
/// their groups' numbers). Any two of the three are independent of each other, so no count of pairs
/// tells anything of the groups. Error unless there are two groups.
std::string draw_exclusive_or(const WordGroups& groups, std::int64_t lines, std::uint64_t seed);

/// A reader of synthetic text, and how it draws it.
struct SyntheticReader {
  TextReader reader;
  std::string (*draw)(const WordGroups& groups, std::int64_t lines, std::uint64_t seed);
};
constexpr std::array<SyntheticReader, 2> kSyntheticReaders = {
    {{TextReader::log_linear, draw_log_linear}, {TextReader::exclusive_or, draw_exclusive_or}}};
/// nullptr for the other readers.
const SyntheticReader* synthetic_reader(TextReader reader);

}  // namespace wordbridge
