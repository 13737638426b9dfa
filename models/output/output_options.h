#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/config/fields.h"

namespace wordbridge {

/// The `output:` section of a language model: how scores become P(word | context).
struct OutputOptions {
  std::string type = "full";  // full, hierarchical, classes, adaptive, nce, sampled

  /// The softmax over all words.
  struct Full {
    std::string precision = "float32";  // float32, bfloat16: of the products in training
    double filter = 0.0;  // gradients of blocks whose probabilities are all below are skipped
  } full;

  /// A class of words, then a word of the class.
  struct Classes {
    std::int64_t count = 0;        // 0: round(sqrt(V))
    std::string by = "frequency";  // frequency, learned
    std::string file;              // word TAB class, instead of both
  } classes;

  /// A way through a binary tree of the words.
  struct Hierarchical {
    std::string tree = "huffman";  // huffman, classes
    std::int64_t classes = 0;      // of tree: classes; 0: round(sqrt(V))
  } hierarchical;

  /// A softmax over frequent words and clusters of rarer ones, which have narrower rows.
  struct Adaptive {
    std::vector<std::int64_t> cutoffs;  // ranks at which clusters begin; empty: V/10, 4V/10
    std::int64_t factor = 4;            // by which each cluster is narrower than the one before
  } adaptive;

  /// Noise-contrastive estimation.
  struct Nce {
    std::int64_t samples = 100;     // noise words for each example
    std::string noise = "unigram";  // unigram, log_uniform, uniform
    double power = 1.0;             // of unigram
    bool shared = true;             // groups of examples have the same noise words
  } nce;

  /// The softmax over all words, trained on sampled ones.
  struct Sampled {
    std::int64_t samples = 1000;       // words drawn for a batch; bigram: for each example
    std::string proposal = "unigram";  // uniform, log_uniform, unigram, bigram
    double power = 1.0;                // of unigram, also within bigram
    double adaptation = 0.0;           // rate at which bigram follows the network
  } sampled;

  /// Whether each word has an output row.
  bool has_word_rows() const { return type != "hierarchical" && type != "adaptive"; }
  FieldGroup describe();
  /// `tied`: whether the output rows are the features of the words.
  void validate(Problems& problems, const std::string& prefix, bool tied) const;
};

}  // namespace wordbridge
