#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "eval/benchmarks/analogy.h"
#include "eval/benchmarks/similarity.h"

namespace wordbridge {

/// What each item of the benchmarks got: enough for paired tests of two runs, without their
/// vectors. A run keeps it in eval_items.wb.
struct EvalItems {
  struct Similarity {
    std::string name, sha256;  // items_sha256()
    SimilarityItems items;
  };
  struct Analogy {
    std::string name, sha256;
    std::int64_t vocabulary = 0;  // words among which answers were looked for
    AnalogyItems items;
  };
  std::vector<Similarity> similarity;
  std::vector<Analogy> analogy;

  bool empty() const { return similarity.empty() && analogy.empty(); }
  /// In the file, numbers have the precision of a float: four bytes for a cosine, four for a
  /// judgement, five for a question and method beside the four of its section.
  void save(const std::filesystem::path& path) const;
  /// Error for a file that is damaged or something else.
  static EvalItems load(const std::filesystem::path& path);
};

/// Of a benchmark's items as they were read: the same for the same items in the same order,
/// whatever the file's name and form. What is used of them does not matter.
std::string items_sha256(const std::vector<WordPair>& pairs);
std::string items_sha256(const std::vector<AnalogySection>& sections);

}  // namespace wordbridge
