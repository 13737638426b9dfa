#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/fields.h"
#include "data/vectors/embedding_table.h"
#include "eval/benchmarks/word_lookup.h"
#include "eval/lexicon/counter_fit.h"
#include "eval/lexicon/retrofit.h"

namespace wordbridge {

/// A post-processing step applied to all vectors of a table.
struct PostProcessing {
  enum class Kind {
    center,           // subtract the mean vector
    all_but_the_top,  // center, then remove the first `directions` principal components (Mu and
                      // Viswanath, ICLR 2018, algorithm 1)
    normalize,        // unit length; a zero vector stays zero
    whiten,           // center, then multiply by the inverse square root of the covariance matrix
    sif,         // multiply each row by a / (a + p), p the word's share of a text (Arora, Liang
                 // and Ma, ICLR 2017)
    retrofit,    // move words towards their neighbours in a lexicon (eval/lexicon/retrofit.h)
    counter_fit  // the same, and opposites apart (eval/lexicon/counter_fit.h)
  };
  Kind kind = Kind::center;
  std::int64_t directions = 0;  // for all_but_the_top; 0: dimension / 100, rounded, at least 1
  // For sif:
  std::string
      counts;  // read_vocabulary(), or "zipf": p of the i-th row proportional to 1 / (i + 1)
  double a = 1e-3;
  // For retrofit and counter_fit:
  std::string lexicon;                    // read_word_graph()
  std::string repel;                      // lexicon of opposites, see opposites()
  bool unit = true;                       // scale to unit length first; counter_fit always does
  std::optional<LetterCase> letter_case;  // how words of the lexicon match; empty: as written
  RetrofitOptions retrofitting;
  CounterFitOptions counter_fitting;

  /// Parses "center", "all-but-the-top:3", "retrofit:wordnet,sweeps=5" and so on. Error for
  /// anything else, which lists the allowed steps or the parameters of the step.
  static PostProcessing parse(std::string_view text);
  /// Name of the step: "retrofit".
  std::string name() const;
  /// The text that parse() accepts, with the parameters that differ from their defaults.
  std::string text() const;
  /// The lexicon of opposites: `repel`, otherwise `lexicon` if that is WordNet, otherwise none.
  std::string opposites() const;
  /// The parameters that are written NAME=VALUE. Refers to this step.
  FieldGroup parameters();
};

/// Steps separated by commas. A part NAME=VALUE is a parameter of the step before it:
/// "retrofit:wordnet,sweeps=5,normalize".
std::vector<PostProcessing> parse_steps(std::string_view text);

/// Allowed steps, one line each.
std::vector<std::string> describe_post_processing();
/// Lines of help: the steps, their lexicons and their parameters.
std::string post_processing_help();

/// Error if a lexicon or a file of counts of a step doesn't exist.
void check_step_files(const std::vector<PostProcessing>& steps);
/// The files and folders that the steps read: lexicons and counts.
std::vector<std::string> step_inputs(const std::vector<PostProcessing>& steps);

/// Table with the same words and the vectors after the steps, applied in order; its steps() and
/// origin() list them: "NAME, center, normalize". Means and components are computed over all words
/// of the table, in double precision; a vector of which nothing but rounding would be left becomes
/// zero. Needs memory for the new vectors, twice that for several steps, and for all-but-the-top
/// and whiten that of about 25 matrices [dim, dim], or for all-but-the-top of two [words, words]
/// where words are fewer. Error if more directions would be removed than there are dimensions, if
/// vectors to be whitened do not span the space, if a lexicon does not relate any two words, or if
/// no word has a count.
EmbeddingTable postprocess(const EmbeddingTable& table, const std::vector<PostProcessing>& steps);

/// w + c: each word's vector plus its vector in `contexts`, matched by word (Pennington et al.
/// 2014, section 4.2; Levy, Goldberg and Dagan 2015, section 3.3). A word missing from `contexts`
/// is an Error, because it would keep a vector of another kind, and so is a different dimension.
/// Words that only `contexts` has are ignored.
EmbeddingTable add_contexts(const EmbeddingTable& words, const EmbeddingTable& contexts);

}  // namespace wordbridge
