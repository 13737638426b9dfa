#include "train/restarted_learner.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/interrupt.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/rng.h"
#include "train/gradient_learner.h"

namespace wordbridge {
namespace {

using nlohmann::ordered_json;

class RestartedLearner : public Learner {
 public:
  RestartedLearner(const LearnerInputs& inputs, const Corpus& corpus)
      : inputs_(inputs), corpus_(corpus) {
    begin(1);
  }

  void announce() override {
    learner_->announce();
    if (chosen_) return;
    log("train", "{} of {}, the best of which is continued: {} more than one start",
        counted(starts(), "start"), counted(start_epochs(), "epoch"),
        counted(static_cast<std::int64_t>(updates_of(starts() - 1)), "update"));
  }

  double seconds_per_epoch() override { return learner_->seconds_per_epoch(); }

  bool train(TrainingLog& training, const StopAfter& stop) override {
    while (!chosen_)
      if (!train_start(training, stop)) return false;
    Log own_log(training, *this);
    return learner_->train(own_log, own_stop(stop));
  }

  nlohmann::json state() const override {
    return {{"start", start_},
            {"losses", losses_},
            {"chosen", chosen_},
            {"learner", learner_->state()}};
  }
  void add_arrays(ContainerWriter& writer) const override { learner_->add_arrays(writer); }
  void restore(const nlohmann::json& state, const ContainerReader& reader) override {
    if (state.at("start") != start_) begin(state.at("start"));
    losses_ = state.at("losses").get<std::vector<double>>();
    chosen_ = state.at("chosen");
    learner_->restore(state.at("learner"), reader);
  }

  void finish(TrainingLog& training) override {
    Log own_log(training, *this);
    learner_->finish(own_log);
  }
  std::optional<EmbeddingTable> vectors() override { return learner_->vectors(); }
  std::vector<RowNorms> word_norms() override { return learner_->word_norms(); }
  std::optional<TokenScores> token_scores() override { return learner_->token_scores(); }
  ordered_json results() const override {
    ordered_json results = learner_->results();
    results["restarts"] = {{"epochs", start_epochs()},
                           {"words", words_of(starts())},
                           {"losses", losses_},
                           {"chosen", start_}};
    return results;
  }

 private:
  /// The log of the current start: its checkpoints are those of the whole training, and its lines
  /// name the start until one has been chosen.
  class Log : public TrainingLog {
   public:
    Log(TrainingLog& training, RestartedLearner& whole) : training_(training), whole_(whole) {}

    void metrics(const ordered_json& line) override { training_.metrics(named(line)); }
    void timing(const ordered_json& line) override { training_.timing(named(line)); }
    void save_checkpoint(Checkpoint which, const Learner&) override {
      training_.save_checkpoint(which, whole_);
    }
    void restore_checkpoint(Checkpoint which, Learner&) override {
      training_.restore_checkpoint(which, whole_);
    }
    void write_epoch_vectors(std::int64_t epoch, Learner& learner) override {
      training_.write_epoch_vectors(epoch, learner);
    }
    void write_vectors(const std::string& name, const EmbeddingTable& table) const override {
      training_.write_vectors(name, table);
    }
    const std::filesystem::path& folder() const override { return training_.folder(); }

   private:
    /// Epochs of starts have another name, so that learning curves do not contain them.
    ordered_json named(const ordered_json& line) const {
      if (whole_.chosen_) return line;
      ordered_json named = {{"start", whole_.start_}};
      for (const auto& [key, value] : line.items())
        named[key == "epoch" ? "start_epoch" : key] = value;
      return named;
    }

    TrainingLog& training_;
    RestartedLearner& whole_;
  };

  std::int64_t starts() const { return inputs_.train.restarts; }
  std::int64_t start_epochs() const { return inputs_.train.start_epochs(); }
  std::uint64_t updates_of(std::int64_t starts) const {
    return static_cast<std::uint64_t>(starts * start_epochs() * learner_->epoch_steps());
  }
  std::uint64_t words_of(std::int64_t starts) const {
    return static_cast<std::uint64_t>(starts * start_epochs() * corpus_.train().size());
  }

  void begin(std::int64_t start) {
    learner_.reset();  // before the next one needs memory
    start_ = start;
    LearnerInputs inputs = inputs_;
    if (start > 1)
      inputs.seed = Rng(inputs_.seed, "restart", static_cast<std::uint64_t>(start)).next();
    learner_ = make_single_start_learner(inputs, corpus_);
  }

  /// `stop` counts the epochs and updates of all starts, the result those of the current one; 0 if
  /// the earlier starts have reached the point.
  StopAfter own_stop(const StopAfter& stop) const {
    const auto before = chosen_ ? starts() - 1 : start_ - 1;
    const auto own = [](std::int64_t all, std::int64_t earlier) {
      return all < 0 ? all : std::max<std::int64_t>(0, all - earlier);
    };
    return {own(stop.epoch, before * start_epochs()),
            own(stop.step, static_cast<std::int64_t>(updates_of(before)))};
  }

  /// Trains the current start to its end, then begins the next one or chooses the best. False if
  /// training stops.
  bool train_start(TrainingLog& training, const StopAfter& stop) {
    const StopAfter own = own_stop(stop);
    if (learner_->epoch() < start_epochs()) {
      StopAfter end = own;
      if (own.epoch < 0 || own.epoch > start_epochs()) end.epoch = start_epochs();
      Log own_log(training, *this);
      learner_->train(own_log, end);
      if (learner_->epoch() < start_epochs()) return false;
    }
    finish_start(training);
    training.save_checkpoint(Checkpoint::latest, *this);
    return !interrupted() && own.epoch != start_epochs();
  }

  void finish_start(TrainingLog& training) {
    const double loss = learner_->epoch_loss();
    const bool best = losses_.empty() || loss < *std::min_element(losses_.begin(), losses_.end());
    losses_.push_back(loss);
    log("train", "start {} of {}: loss {:.4f} after {}, {}{}", start_, starts(), loss,
        counted(start_epochs(), "epoch"), counted(static_cast<std::int64_t>(words_of(1)), "word"),
        best ? " (best)" : "");
    if (best) training.save_checkpoint(Checkpoint::best, *this);
    if (start_ < starts()) return begin(start_ + 1);
    const auto losses = losses_;
    training.restore_checkpoint(Checkpoint::best, *this);
    losses_ = losses;
    chosen_ = true;
    log("train", "start {} continues with epoch {}; the {} took {}", start_, start_epochs() + 1,
        counted(starts(), "start"), counted(static_cast<std::int64_t>(words_of(starts())), "word"));
  }

  const LearnerInputs inputs_;
  const Corpus& corpus_;
  std::unique_ptr<GradientLearner> learner_;  // of the current start, then of the chosen one
  std::int64_t start_ = 0;                    // from 1
  std::vector<double> losses_;                // of the starts that are complete
  bool chosen_ = false;
};

}  // namespace

std::unique_ptr<Learner> make_gradient_learner(const LearnerInputs& inputs, const Corpus& corpus) {
  if (inputs.train.restarts == 1) return make_single_start_learner(inputs, corpus);
  return std::make_unique<RestartedLearner>(inputs, corpus);
}

}  // namespace wordbridge
