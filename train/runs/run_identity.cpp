#include "train/runs/run_identity.h"

#include <nlohmann/json.hpp>

#include "core/io/hash.h"

namespace wordbridge {

nlohmann::json run_identity(RunConfig& config, const Corpus& corpus) {
  RunConfig bare = RunConfig::parse(config.dump(), config.name);
  bare.threads = 0;  // like the following, does not affect the results
  bare.distributed = {};
  bare.device = "auto";
  bare.vectors = VectorFormat::text;
  bare.vectors_epochs = 0;
  bare.tensorboard = false;
  bare.eval = EvalOptions();
  bare.data.cache.clear();
  bare.data.source.paths.clear();  // the stream is identified by its checksum
  return {{"config_sha256", sha256(bare.dump())},
          {"stream_sha256", corpus.facts().at("stream_sha256")},
          {"vocabulary_sha256", corpus.vocabulary().sha256()}};
}

}  // namespace wordbridge
