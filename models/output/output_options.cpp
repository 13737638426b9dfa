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

}  // namespace

FieldGroup OutputOptions::describe() {
  FieldGroup group{"output", "output layer: how scores become P(word | context)"};
  group.add(Field{
      "type",
      &type,
      "full: softmax over all words; classes: of a class, then of a word in it; hierarchical: a "
      "way through a binary tree; adaptive: frequent words and clusters of rarer ones",
      {},
      {"full", "classes", "hierarchical", "adaptive"}});

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
  return group;
}

void OutputOptions::validate(Problems& problems, const std::string& prefix, bool tied) const {
  if (tied && !has_word_rows()) {
    problems.add(prefix + ".type", "tied output rows need a row for each word, which " + type +
                                       " does not have; full and classes do");
  }
  if (!classes.file.empty()) {
    if (classes.count > 0 || classes.by != "frequency") {
      problems.add(prefix + ".classes.file", "either count and by or file says which classes");
    }
    if (!std::filesystem::is_regular_file(classes.file))
      problems.add(prefix + ".classes.file", "there is no file '" + classes.file + "'");
  }
  if (hierarchical.classes > 0 && hierarchical.tree != "classes")
    problems.add(prefix + ".hierarchical.classes", "has an effect with tree: classes only");
  const auto& cutoffs = adaptive.cutoffs;
  if (std::adjacent_find(cutoffs.begin(), cutoffs.end(), std::greater_equal<>()) != cutoffs.end())
    problems.add(prefix + ".adaptive.cutoffs", "each must be larger than the one before");
}

}  // namespace wordbridge
