#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "core/config/fields.h"
#include "data/text/text_reader.h"
#include "data/text/word_groups.h"

namespace wordbridge {

/// Options of text generated randomly from word groups, so that the structure that its embedding
/// should have is known.
struct SyntheticTextOptions {
  std::int64_t lines = 500;
  std::int64_t seed = 0;  // 0: the run's seed

  FieldGroup describe();
};

/// Text of a random walk over the words, 8 per line. Each step follows a log-linear law:
///
///     P(w' | w) = exp(4 x_w . x_w') / sum over v of exp(4 x_w . x_v)
///
/// The latent position x_w of a word in the plane is the position of its group, one of equally
/// spaced points on the unit circle, plus a normal deviation of 0.15 in each direction. `seed`
/// determines the positions and the walk. Error for more than 4,096 words.
std::string draw_log_linear(const WordGroups& groups, std::int64_t lines, std::uint64_t seed);

/// Lines of three words from two groups. The first two are sampled independently and uniformly. The
/// third is from the second group if exactly one of the first two is, else from the first group
/// (the exclusive-or of their group numbers). Any two of the three words are independent of each
/// other, so pair counts contain no information about the groups. Error unless there are two
/// groups.
std::string draw_exclusive_or(const WordGroups& groups, std::int64_t lines, std::uint64_t seed);

/// A reader of synthetic text and its generator.
struct SyntheticReader {
  TextReader reader;
  std::string (*draw)(const WordGroups& groups, std::int64_t lines, std::uint64_t seed);
};
constexpr std::array<SyntheticReader, 2> kSyntheticReaders = {
    {{TextReader::log_linear, draw_log_linear}, {TextReader::exclusive_or, draw_exclusive_or}}};
/// Returns nullptr for other readers.
const SyntheticReader* synthetic_reader(TextReader reader);

}  // namespace wordbridge
