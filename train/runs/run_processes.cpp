#include "train/runs/run_processes.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/io/container.h"
#include "core/io/file.h"
#include "core/io/temporary_folder.h"
#include "core/json.h"
#include "core/version.h"
#include "data/corpus/open_corpus.h"
#include "kernels/simd/target.h"
#include "train/runs/run_identity.h"

namespace wordbridge {
namespace {

using nlohmann::json;

constexpr const char* kState = "state of a learner";

/// Facts that must be the same in all processes, by the name of what differs.
json facts(const json& identity) {
  json facts = identity;
  facts["program"] = version_facts();
  facts["SIMD instructions"] = simd_target();
  return facts;
}

void agree(const json& identity, Processes& processes) {
  const auto all = processes.gather(facts(identity).dump());
  const json first = json::parse(all[0]);
  for (std::size_t rank = 1; rank < all.size(); ++rank) {
    const json other = json::parse(all[rank]);
    for (const auto& [name, value] : first.items()) {
      if (other.at(name) == value) continue;
      throw Error("the processes differ, so they can't train one model together")
          .at("{} of process {}", name, rank)
          .expected("that of process 0, {}", value.dump())
          .got("{}", other.at(name).dump());
    }
  }
}

/// Process 0 keeps the log of the training.
class NoLog : public TrainingLog {
 public:
  void metrics(const nlohmann::ordered_json&) override {}
  void timing(const nlohmann::ordered_json&) override {}
  void save_checkpoint(Checkpoint, const Learner&) override {}
  void restore_checkpoint(Checkpoint, Learner&) override {}
  void write_epoch_vectors(std::int64_t, Learner&) override {}
  void write_vectors(const std::string&, const EmbeddingTable&) const override {}
  const fs::path& folder() const override { return folder_; }

 private:
  fs::path folder_;
};

/// Restores the state that share_state() sends.
void receive_state(Learner& learner, Processes& processes) {
  const std::string state = processes.broadcast("");
  if (state.empty()) return;  // a new training, which begins alike in all processes
  ScratchFile file(temporary_folder());
  file.append(state.data(), state.size());
  const ContainerReader reader(file.path(), kState);
  learner.restore(reader.meta(), reader);
}

}  // namespace

void choose_shards(RunConfig& config, bool resumed, const Processes* processes) {
  if (processes == nullptr) return;
  const std::int64_t count = processes->size();
  if (config.model_info().kind == LearnerKind::fitted) {
    throw Error("this model can't be trained on several processes")
        .at("model.type: {}", config.model)
        .expected("a model that is trained step by step")
        .got("{} processes", count);
  }
  if (!config.train.shards) config.train.shards = resumed ? 1 : count;
  const std::int64_t shards = *config.train.shards;
  if (shards % count == 0 && (count & (count - 1)) == 0) return;
  throw Error("the shards of a mini-batch can't be divided among these processes")
      .at("train.shards: {}", shards)
      .expected("a power of two, and 1, 2, 4, ... processes up to this number")
      .got("{} processes", count);
}

void lead(RunConfig& config, const json& identity, Processes* processes) {
  if (processes == nullptr) return;
  processes->broadcast(json{{"name", config.name}, {"config", config.dump()}}.dump());
  agree(identity, *processes);
}

void lead_nothing(Processes* processes) {
  if (processes != nullptr) processes->broadcast("");
}

void share_state(const Learner* restored, Processes* processes) {
  if (processes == nullptr) return;
  if (restored == nullptr) {
    processes->broadcast("");
    return;
  }
  const ScratchFile file(temporary_folder());
  ContainerWriter writer(kState, restored->state());
  restored->add_arrays(writer);
  writer.write(file.path(), /*flushed=*/false);
  processes->broadcast(read_file(file.path()));
}

bool follow(const StopAfter& stop, const RunHooks& hooks) {
  Processes& processes = *hooks.processes;
  const std::string message = processes.broadcast("");
  if (message.empty()) return true;
  const json start = json::parse(message);
  RunConfig config = RunConfig::parse(start.at("config"), start.at("name"));
  const Corpus corpus = open_corpus(config.seeded_data());
  agree(run_identity(config, corpus), processes);
  const auto learner = make_learner(config, corpus, hooks);
  receive_state(*learner, processes);
  NoLog log;
  return learner->train(log, stop);
}

}  // namespace wordbridge
