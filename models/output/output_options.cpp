#include "models/output/output_options.h"

#include <algorithm>
#include <filesystem>
#include <functional>

namespace wordbridge {
namespace {

FieldGroup classes_group(OutputOptions::Classes& classes) {
  FieldGroup group{"classes", "a class of words first, then a word of the class, exact"};
  group.add(Field{"count", &classes.count, "number of classes; 0: round(sqrt(V))", at_least(0)})
      .add(Field{"by",
                 &classes.by,
                 "frequency: words of similar frequency; learned: by the exchange algorithm from "
                 "the training text, as n-grams of classes",
                 {},
                 {"frequency", "learned"}})
      .add(Field{"file", &classes.file,
                 "classes from a file instead, word TAB class (as a run's classes.tsv)"});
  return group;
}

FieldGroup hierarchical_group(OutputOptions::Hierarchical& hierarchical) {
  FieldGroup group{"hierarchical", "a way through a binary tree of the words, exact"};
  group
      .add(Field{"tree",
                 &hierarchical.tree,
                 "huffman: Huffman's code of the words; classes: Huffman's codes of learned "
                 "classes and of the words in each",
                 {},
                 {"huffman", "classes"}})
      .add(Field{"classes", &hierarchical.classes,
                 "tree: classes: number of classes; 0: round(sqrt(V))", at_least(0)});
  return group;
}

FieldGroup adaptive_group(OutputOptions::Adaptive& adaptive) {
  FieldGroup group{"adaptive", "a softmax over frequent words and clusters of rarer ones, exact"};
  group
      .add(Field{"cutoffs", &adaptive.cutoffs,
                 "ranks by frequency at which clusters begin, ascending; []: a tenth and four "
                 "tenths of the vocabulary",
                 at_least(1)})
      .add(Field{"factor", &adaptive.factor,
                 "by which the rows of each cluster are narrower than those before", at_least(1)});
  return group;
}

FieldGroup nce_group(OutputOptions::Nce& nce) {
  FieldGroup group{"nce", "noise-contrastive estimation: scores become ln P without a normaliser"};
  group.add(Field{"samples", &nce.samples, "noise words for each example", between(1, 1 << 20)})
      .add(Field{"noise",
                 &nce.noise,
                 "what noise words are drawn from; log_uniform: by rank, roughly 1/rank",
                 {},
                 {"unigram", "log_uniform", "uniform"}})
      .add(Field{"power", &nce.power, "noise: unigram: of the counts + 1", between(0, 1)})
      .add(Field{"shared", &nce.shared,
                 "groups of 64 examples have the same noise words: much faster, and no less exact "
                 "on average"});
  return group;
}

FieldGroup sampled_group(OutputOptions::Sampled& sampled) {
  FieldGroup group{"sampled", "the softmax over all words, trained on sampled words"};
  group
      .add(Field{"samples", &sampled.samples,
                 "words drawn for a batch; with proposal: bigram, for each example",
                 between(1, 1 << 20)})
      .add(Field{"proposal",
                 &sampled.proposal,
                 "what they are drawn from; log_uniform: by rank, roughly 1/rank; bigram: what "
                 "follows the word before in the training text, interpolated with the unigram",
                 {},
                 {"unigram", "log_uniform", "uniform", "bigram"}})
      .add(Field{"power", &sampled.power, "proposal: unigram, bigram: of the counts + 1",
                 between(0, 1)})
      .add(Field{"adaptation", &sampled.adaptation,
                 "proposal: bigram: rate at which it follows what the network has learned (Bengio "
                 "and Senecal 2008); 0: it stays as counted",
                 below(0, 1)});
  return group;
}

}  // namespace

FieldGroup OutputOptions::describe() {
  FieldGroup group{"output", "output layer: how scores become P(word | context)"};
  group.add(Field{
      "type",
      &type,
      "full: softmax over all words; classes: of a class, then of a word in it; hierarchical: a "
      "way through a binary tree; adaptive: frequent words and clusters of rarer ones; nce: "
      "noise-contrastive estimation; sampled: a softmax trained on sampled words",
      {},
      {"full", "classes", "hierarchical", "adaptive", "nce", "sampled"}});

  FieldGroup full_group{"full", "the softmax over all words, exact"};
  full_group
      .add(Field{"precision",
                 &full.precision,
                 "of the products in training (sums are float32); evaluation is always float32",
                 {},
                 {"float32", "bfloat16"}})
      .add(Field{"filter", &full.filter,
                 "blocks of words and examples whose probabilities are all below this get no "
                 "gradient; 0: none are skipped",
                 below(0, 1)});
  group.add(full_group);
  group.add(classes_group(classes));
  group.add(hierarchical_group(hierarchical));
  group.add(adaptive_group(adaptive));
  group.add(nce_group(nce));
  group.add(sampled_group(sampled));
  return group;
}

void OutputOptions::validate(Problems& problems, const std::string& prefix, bool tied) const {
  if (tied && !has_word_rows()) {
    problems.add(prefix + ".type", "tied output rows need a row for each word, which " + type +
                                       " does not have; full, classes, nce and sampled do");
  }
  if (!classes.file.empty()) {
    if (classes.count > 0 || classes.by != "frequency") {
      problems.add(prefix + ".classes.file", "either count and by or file says which classes");
    }
    if (!std::filesystem::is_regular_file(classes.file))
      problems.add(prefix + ".classes.file", "there is no file '" + classes.file + "'");
  }
  if (nce.power != 1 && nce.noise != "unigram")
    problems.add(prefix + ".nce.power", "has an effect with noise: unigram only");
  if (sampled.power != 1 && sampled.proposal != "unigram" && sampled.proposal != "bigram")
    problems.add(prefix + ".sampled.power", "has an effect with proposal: unigram or bigram only");
  if (sampled.adaptation > 0 && sampled.proposal != "bigram")
    problems.add(prefix + ".sampled.adaptation", "has an effect with proposal: bigram only");
  if (hierarchical.classes > 0 && hierarchical.tree != "classes")
    problems.add(prefix + ".hierarchical.classes", "has an effect with tree: classes only");
  const auto& cutoffs = adaptive.cutoffs;
  if (std::adjacent_find(cutoffs.begin(), cutoffs.end(), std::greater_equal<>()) != cutoffs.end())
    problems.add(prefix + ".adaptive.cutoffs", "each must be larger than the one before");
}

}  // namespace wordbridge
