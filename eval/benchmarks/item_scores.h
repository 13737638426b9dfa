#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "eval/benchmarks/analogy.h"
#include "eval/benchmarks/similarity.h"

namespace wordbridge {

/// Score of each item of the benchmarks: enough for paired tests of two runs without their vectors.
/// A run stores it in eval_items.wb.
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
  /// Writes the file. Numbers are stored in single precision: four bytes for a cosine similarity,
  /// four for a human score, five for a question and method, plus four for the question's section.
  void save(const std::filesystem::path& path) const;
  /// Reads the file. Error if it is damaged or of another kind.
  static EvalItems load(const std::filesystem::path& path);
};

/// Checksum of the items of a benchmark: the same for the same items in the same order, whatever
/// the name and format of the file and whichever items are used.
std::string items_sha256(const std::vector<WordPair>& pairs);
std::string items_sha256(const std::vector<AnalogySection>& sections);

}  // namespace wordbridge
