#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/config/fields.h"
#include "data/vectors/embedding_table.h"
#include "eval/benchmarks/analogy.h"
#include "eval/benchmarks/word_lookup.h"

namespace wordbridge {

struct EvalItems;

/// The `eval:` section: what the vectors of a run are scored on.
struct EvalOptions {
  std::vector<std::string> similarity;     // files of word pairs with scores
  std::vector<std::string> analogy;        // files of a:b :: c:d questions
  std::vector<std::string> groups;         // files of words and their groups
  std::vector<std::string> categories;     // the same, to be found by clustering
  std::vector<std::string> outliers;       // files of sets with words that do not belong
  std::vector<std::string> associations;   // files of association tests (WEAT)
  std::int64_t properties = 0;             // words whose vectors are described, 0: none
  bool meaning = false;                    // set other measures beside people's similarity
  std::string meaning_corpus;              // in which pairs are counted for that
  std::vector<std::string> postprocess;    // "center,normalize": scored again after these steps
  std::int64_t analogy_vocabulary = 0;     // answers among the first that many words, 0: all
  std::vector<std::string> analogy_also;   // methods beside 3CosAdd and 3CosMul
  bool analogy_as_gensim = false;          // AnalogyOptions::as_gensim
  std::string letter_case = "as-written";  // LetterCase
  std::string unknown = "drop";            // UnknownWords
  std::int64_t resamples = 10000;          // of the bootstrap for intervals, 0: none
  std::vector<std::string> neighbors;      // words whose neighbours are shown
  /// Whether there is nothing to score on.
  bool is_empty() const;
  LookupOptions lookup() const;
  AnalogyOptions analogies() const;
  FieldGroup describe();
  void validate(Problems& problems, const std::string& prefix) const;
};

class Relatedness;

/// Scores tables by the same options: what does not depend on the table is made once.
class Evaluator {
 public:
  /// Error if WordNet or a text is needed and not there.
  explicit Evaluator(EvalOptions options);
  ~Evaluator();
  /// See evaluate().
  nlohmann::json evaluate(const EmbeddingTable& table, EvalItems* items = nullptr) const;

 private:
  nlohmann::json scores(const EmbeddingTable& table, EvalItems* items) const;

  EvalOptions options_;
  std::unique_ptr<const Relatedness> relatedness_;
};

/// All scores of one table, as stored in a run's eval.json: objects with `task`, `name`, scores and
/// coverage, in a fixed order.
/// What each pair and question got is put into `items`, if it is asked for.
nlohmann::json evaluate(const EmbeddingTable& table, const EvalOptions& options,
                        EvalItems* items = nullptr);

}  // namespace wordbridge
