#include "models/word2vec/output_rows.h"

#include <algorithm>

#include "models/output/word_tree.h"

namespace wordbridge {

OutputRows::OutputRows(std::int64_t words)
    : row_count_(words), yes_(static_cast<std::size_t>(words), 1) {
  for (std::int64_t w = 0; w <= words; ++w) begin_.push_back(w);
  for (std::int64_t w = 0; w < words; ++w) rows_.push_back(static_cast<std::int32_t>(w));
}

OutputRows OutputRows::tree(const std::vector<std::int64_t>& counts) {
  TreePaths paths = tree_paths(word2vec_tree(counts));
  OutputRows outputs;
  outputs.row_count_ = static_cast<std::int64_t>(counts.size()) - 1;
  for (std::size_t w = 0; w < counts.size(); ++w) {
    // Branch 0, to the heavier child, is the positive label, as in fastText.
    for (const float answer : {-1.0f, 1.0f}) {
      if (answer > 0)
        outputs.yes_.push_back(static_cast<std::int64_t>(outputs.rows_.size()) - paths.begin[w]);
      for (auto step = paths.begin[w]; step < paths.begin[w + 1]; ++step)
        if (paths.sign[static_cast<std::size_t>(step)] == answer)
          outputs.rows_.push_back(paths.inner[static_cast<std::size_t>(step)]);
    }
  }
  outputs.begin_ = std::move(paths.begin);
  for (std::size_t w = 0; w < counts.size(); ++w)
    outputs.most_ = std::max(outputs.most_, outputs.begin_[w + 1] - outputs.begin_[w]);
  return outputs;
}

}  // namespace wordbridge
