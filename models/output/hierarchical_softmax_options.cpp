#include "models/output/hierarchical_softmax_options.h"

namespace wordbridge {

FieldGroup HierarchicalSoftmaxOptions::describe() {
  FieldGroup group{"hierarchical", "hierarchical softmax over a binary tree of the words (exact)"};
  group
      .add(choice("tree", &tree,
                  "huffman: Huffman tree of the words; classes: Huffman tree of learned classes, "
                  "with a Huffman tree of the words in each class",
                  {{"huffman", Tree::huffman}, {"classes", Tree::classes}}))
      .add(Field{"classes", &classes, "number of classes with tree: classes; 0: round(sqrt(V))",
                 at_least(0)});
  return group;
}

void HierarchicalSoftmaxOptions::validate(Problems& problems, const std::string& prefix) const {
  if (classes > 0 && tree != Tree::classes)
    problems.add(prefix + ".classes", "only has an effect with tree: classes");
}

}  // namespace wordbridge
