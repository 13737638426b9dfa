#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// A post-processing step applied to all vectors of a table.
struct PostProcessing {
  enum class Kind {
    center,           // subtract the mean vector
    all_but_the_top,  // center, then remove the first `directions` principal components (Mu and
                      // Viswanath, ICLR 2018, algorithm 1)
    normalize         // unit length; a zero vector stays zero
  };
  Kind kind = Kind::center;
  std::int64_t directions = 0;  // for all_but_the_top; 0: dimension / 100, rounded, at least 1

  /// Parses "center", "all-but-the-top", "all-but-the-top:3" or "normalize". Error for anything
  /// else, which lists the allowed steps.
  static PostProcessing parse(std::string_view text);
  /// The text that parse() accepts.
  std::string text() const;
};

/// Allowed steps for help, one line each.
std::vector<std::string> describe_post_processing();

/// Table with the same words and the vectors after the steps, applied in order; its origin lists
/// them: "NAME, center, normalize". Means and components are computed over all words of the table,
/// in double precision; a vector of which nothing but rounding would be left becomes zero. Needs
/// memory for the new vectors, twice that for several steps, and for all-but-the-top that of about
/// 25 matrices [dim, dim], or of two [words, words] where words are fewer. Error if more directions
/// would be removed than there are dimensions.
EmbeddingTable postprocess(const EmbeddingTable& table, const std::vector<PostProcessing>& steps);

/// w + c: each word's vector plus its vector in `contexts`, matched by word (Pennington et al.
/// 2014, section 4.2; Levy, Goldberg and Dagan 2015, section 3.3). A word missing from `contexts`
/// is an Error, because it would keep a vector of another kind, and so is a different dimension.
/// Words that only `contexts` has are ignored.
EmbeddingTable add_contexts(const EmbeddingTable& words, const EmbeddingTable& contexts);

}  // namespace wordbridge
