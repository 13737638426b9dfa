#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/vectors/embedding_table.h"

namespace wordbridge {

/// One step that is done to all vectors of a table before it is used.
struct PostProcessing {
  enum class Kind {
    center,           // subtract the mean vector
    all_but_the_top,  // center, then remove the first `directions` principal components (Mu and
                      // Viswanath, ICLR 2018, algorithm 1)
    normalize         // unit length; a zero vector stays zero
  };
  Kind kind = Kind::center;
  std::int64_t directions = 0;  // of all_but_the_top; 0: the dimension / 100, rounded, at least 1

  /// "center", "all-but-the-top" or "all-but-the-top:3", "normalize". Error for anything else, with
  /// what is allowed.
  static PostProcessing parse(std::string_view text);
  /// As parse() reads it.
  std::string text() const;
};

/// What can be written, for help: one line each.
std::vector<std::string> describe_post_processing();

/// A table with the same words whose vectors went through the steps in their order; its origin says
/// so: "NAME, center, normalize". Means and components are of all words of the table, in double
/// precision. Needs memory for the new vectors, of several steps twice. Error if more directions
/// are to be removed than there are dimensions.
EmbeddingTable postprocess(const EmbeddingTable& table, const std::vector<PostProcessing>& steps);

/// w + c: each word's vector plus its vector in `contexts`, matched by word (Pennington et al.
/// 2014, section 4.2; Levy, Goldberg and Dagan 2015, section 3.3). A word that `contexts` lacks
/// would keep a vector of another kind, so it is an Error, as is another dimension. Words that only
/// `contexts` has are left out.
EmbeddingTable add_contexts(const EmbeddingTable& words, const EmbeddingTable& contexts);

}  // namespace wordbridge
