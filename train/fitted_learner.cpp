#include "train/fitted_learner.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/log.h"
#include "core/progress.h"
#include "models/registry.h"

namespace wordbridge {
namespace {

class FittedLearner : public Learner {
 public:
  FittedLearner(const LearnerInputs& inputs, const Corpus& corpus)
      : name_(inputs.model),
        seed_(inputs.seed),
        corpus_(corpus),
        model_(make_fitted_model(inputs.model, inputs.options)) {}

  void announce() override {
    log(name_, "about {} of memory for {} and {}", human_bytes(model_->estimated_bytes(corpus_)),
        counted(corpus_.vocabulary().size(), "word"), counted(corpus_.train().size(), "token"));
  }

  bool train(TrainingLog& training, const StopAfter&) override {
    const Progress clock(name_, 0, "");
    model_->fit(corpus_, seed_);
    training.timing({{"seconds", clock.seconds()}});
    return true;
  }

  nlohmann::json state() const override { return nlohmann::json::object(); }
  void add_arrays(ContainerWriter&) const override {}
  void restore(const nlohmann::json&, const ContainerReader&) override {}
  void finish(TrainingLog& training) override { model_->save(training.folder()); }
  std::optional<EmbeddingTable> vectors() override { return model_->vectors(); }
  std::optional<TokenScores> token_scores() override { return model_->token_scores(corpus_); }

  nlohmann::ordered_json results() const override {
    nlohmann::ordered_json results = nlohmann::ordered_json::object();
    for (const auto& [metric, value] : model_->metrics()) results[metric] = value;
    return results;
  }

 private:
  std::string name_;
  std::uint64_t seed_;
  const Corpus& corpus_;
  std::unique_ptr<FittedModel> model_;
};

}  // namespace

std::unique_ptr<Learner> make_fitted_learner(const LearnerInputs& inputs, const Corpus& corpus) {
  return std::make_unique<FittedLearner>(inputs, corpus);
}

}  // namespace wordbridge
