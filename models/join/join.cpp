#include <memory>
#include <optional>
#include <utility>

#include "data/vectors/vector_files.h"
#include "models/fitted_model.h"
#include "models/join/join_options.h"
#include "models/join/joined_table.h"

namespace wordbridge {
namespace {

/// Joins vectors for the words of a corpus.
class JoinModel : public FittedModel {
 public:
  explicit JoinModel(JoinOptions options) : options_(std::move(options)) {}

  void fit(const Corpus& corpus, std::uint64_t seed) override {
    JoinSettings settings = options_.settings;
    if (settings.is_autoencoder()) settings.autoencoder.seed = static_cast<std::int64_t>(seed);
    std::vector<EmbeddingTable> tables;
    for (const auto& input : options_.inputs) tables.push_back(read_vectors_at(input));
    std::vector<std::string> words;
    for (std::int64_t i = 0; i < corpus.vocabulary().size(); ++i)
      if (i != corpus.vocabulary().unknown_id()) words.push_back(corpus.vocabulary().word(i));
    table_ = join_tables(tables, settings, words);
    coverage_ = static_cast<double>(table_->size()) / static_cast<double>(words.size());
  }
  std::optional<EmbeddingTable> vectors() const override { return table_; }
  std::vector<std::pair<std::string, double>> metrics() const override {
    return {{"coverage", coverage_}};
  }
  double estimated_bytes(const Corpus& corpus) const override {
    return 4.0 * 300 * static_cast<double>(corpus.vocabulary().size()) *
           static_cast<double>(options_.inputs.size() + 1);
  }

 private:
  JoinOptions options_;
  std::optional<EmbeddingTable> table_;
  double coverage_ = 0;  // share of the vocabulary that has a vector
};

}  // namespace

std::unique_ptr<FittedModel> make_join(const ModelOptions& options) {
  return std::make_unique<JoinModel>(dynamic_cast<const JoinOptions&>(options));
}

}  // namespace wordbridge
