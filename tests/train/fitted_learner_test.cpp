#include "train/fitted_learner.h"

#include <nlohmann/json.hpp>

#include "tests/support/temp_folder.h"
#include "tests/support/toy_corpus.h"
#include "train/runs/run_config.h"
#include "train/runs/run_directory.h"

namespace wordbridge {
namespace {

TEST(FittedLearnerTest, PcaOfAToyCorpusGivesVectorsAndMetrics) {
  const TempFolder folder;
  const Corpus corpus = toy_corpus(200);
  const RunConfig config =
      RunConfig::parse("data: {reader: wordnet}\nmodel: {type: pca, pca: {dim: 3}}\n", "toy");
  const auto learner = make_fitted_learner(config.learner_inputs(), corpus);
  RunDirectory run(folder / "run", RunDirectory::Mode::create);
  EXPECT_TRUE(learner->train(run, {}));
  learner->finish(run);
  const EmbeddingTable table = *learner->vectors();
  EXPECT_EQ(table.size(), corpus.vocabulary().size());
  EXPECT_EQ(table.dim(), 3);
  EXPECT_FALSE(learner->results().empty());
  EXPECT_FALSE(learner->token_scores());
}

}  // namespace
}  // namespace wordbridge
