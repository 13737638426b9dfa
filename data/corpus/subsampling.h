#pragma once

#include <cstdint>

namespace wordbridge {

/// Share of the occurrences of a word that subsampling keeps: sqrt(sample / f) + sample / f for f =
/// count / tokens, at most 1 (as in the original word2vec program); 1 if `sample` is 0.
double used_share(double sample, std::int64_t tokens, std::int64_t count);

}  // namespace wordbridge
