#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "eval/benchmarks/analogy.h"
#include "eval/benchmarks/similarity.h"

namespace wordbridge {

/// Scores of all items of the benchmarks. They are sufficient for paired tests of two runs; the
/// vectors are not needed. A run stores them in eval_items.wb.
struct EvalItems {
  struct Similarity {
    std::string name, sha256;  // items_sha256()
    SimilarityItems items;
  };
  struct Analogy {
    std::string name, sha256;
    std::int64_t vocabulary = 0;  // number of candidate answers
    AnalogyItems items;
  };
  std::vector<Similarity> similarity;
  std::vector<Analogy> analogy;

  bool empty() const { return similarity.empty() && analogy.empty(); }
  /// Writes the file. Numbers are stored in single precision: four bytes per cosine similarity,
  /// four per human score, five per question and method, and four per question for its section.
  void save(const std::filesystem::path& path) const;
  /// Reads the file. Throws Error if it is damaged or of another kind.
  static EvalItems load(const std::filesystem::path& path);
};

/// Checksum of the items of a benchmark in their order. It does not depend on the name and format
/// of the file or on which items are used.
std::string items_sha256(const std::vector<WordPair>& pairs);
std::string items_sha256(const std::vector<AnalogySection>& sections);

}  // namespace wordbridge
