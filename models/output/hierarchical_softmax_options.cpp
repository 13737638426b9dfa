#include "models/output/hierarchical_softmax_options.h"

namespace wordbridge {

FieldGroup HierarchicalSoftmaxOptions::describe() {
  FieldGroup group{"hierarchical", "a path through a binary tree of the words, exact"};
  group
      .add(choice("tree", &tree,
                  "huffman: Huffman's code of the words; classes: Huffman's codes of learned "
                  "classes and of the words in each",
                  {{"huffman", Tree::huffman}, {"classes", Tree::classes}}))
      .add(Field{"classes", &classes, "tree: classes: number of classes; 0: round(sqrt(V))",
                 at_least(0)});
  return group;
}

void HierarchicalSoftmaxOptions::validate(Problems& problems, const std::string& prefix) const {
  if (classes > 0 && tree != Tree::classes)
    problems.add(prefix + ".classes", "has an effect with tree: classes only");
}

}  // namespace wordbridge
