// Times training steps of wordbridge's NPLM on random ids, with the model, gradients and optimiser
// of `wordbridge train`. Prints one line of JSON in the format of nplm_pytorch.py.
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/rng.h"
#include "data/text/vocabulary.h"
#include "models/gradient_model.h"
#include "models/nplm/nplm_options.h"
#include "train/optimizer.h"
#include "train/torch_runtime.h"

using namespace wordbridge;

namespace {

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

torch::Tensor random_ids(std::vector<std::int64_t> sizes, std::int64_t V, std::uint64_t index) {
  torch::Tensor ids = torch::empty(sizes, torch::kInt64);
  Rng rng(1, "ids", index);
  for (std::int64_t i = 0; i < ids.numel(); ++i) {
    ids.data_ptr<std::int64_t>()[i] =
        static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(V)));
  }
  return ids;
}

struct Settings {
  std::int64_t vocab = 17907, batch = 256;
  int threads = 0, steps = 10, blocks = 3;
  std::string output = "full";
  bool bfloat16 = false;
  NplmOptions model;
  TrainOptions train;
};

nlohmann::ordered_json run(const Settings& s) {
  start_torch(s.threads);
  std::vector<std::string> words;
  for (std::int64_t w = 0; w < s.vocab; ++w) words.push_back(std::to_string(w));
  const std::vector<std::int64_t> counts(words.size(), 1);
  const Vocabulary vocabulary(words, counts, "");
  const auto model = make_gradient_model("nplm", s.model, ModelInputs{vocabulary, counts, 1});
  std::vector<Optimizer::Parameter> parameters;
  for (const auto& named : model->named_parameters())
    parameters.push_back({named.key(), named.value(), false});
  Optimizer optimizer(s.train, parameters);
  model->train();
  std::uint64_t step_index = 0;
  const auto step = [&] {
    const auto ids_BN = random_ids({s.batch, model->context()}, s.vocab, 2 * step_index);
    const auto targets_B = random_ids({s.batch}, s.vocab, 2 * step_index++ + 1);
    model->loss(ids_BN, targets_B).backward();
    optimizer.step(s.train.lr);
  };
  for (int i = 0; i < 3; ++i) step();
  std::vector<double> rates;
  for (int block = 0; block < s.blocks; ++block) {
    const double start = seconds();
    for (int i = 0; i < s.steps; ++i) step();
    rates.push_back(static_cast<double>(s.steps * s.batch) / (seconds() - start));
  }
  return {{"name", "wordbridge " + s.output + (s.bfloat16 ? " bfloat16" : " float32")},
          {"words_per_s", rates},
          {"gflop_per_word", model->flops_per_word() * 1e-9}};
}

}  // namespace

int main(int argc, char** argv) {
  Settings s;
  s.train.optimizer = OptimizerType::sgd;
  s.train.lr = 0.1;
  std::int64_t context = 4, hidden = 100;
  const auto names = output_type_names();
  const std::map<std::string, OutputType> outputs(names.begin(), names.end());
  CLI::App app("Times training steps of the NPLM on random ids.");
  app.add_option("--vocab", s.vocab);
  app.add_option("--context", context);
  app.add_option("--dim", s.model.dim);
  app.add_option("--hidden", hidden);
  app.add_flag("--direct", s.model.direct);
  app.add_option("--batch", s.batch);
  app.add_option("--threads", s.threads);
  app.add_option("--steps", s.steps, "steps per block");
  app.add_option("--blocks", s.blocks);
  app.add_option("--output", s.output)->check(CLI::IsMember(outputs));
  app.add_option("--optimizer", s.train.optimizer)
      ->transform(CLI::CheckedTransformer(optimizer_names()));
  app.add_flag("--bfloat16", s.bfloat16);
  CLI11_PARSE(app, argc, argv);
  s.model.n = context + 1;
  s.model.hidden = {hidden};
  s.model.output.type = outputs.at(s.output);
  if (s.bfloat16) s.model.output.full.precision = FullSoftmaxOptions::Precision::bfloat16;
  try {
    std::cout << run(s).dump() << std::endl;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << "\n";
    return 1;
  }
}
