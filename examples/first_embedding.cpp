// A first embedding: the network of Bengio et al. (2003) learns a point in the plane for each word
// of a small document. docs/first-embedding.md explains the program.

#include <fmt/format.h>
#include <torch/torch.h>

#include "data/corpus/open_corpus.h"
#include "eval/benchmarks/groups.h"
#include "models/gradient_model.h"
#include "models/nplm/nplm_options.h"
#include "train/batch_sampler.h"
#include "train/optimizer.h"

using namespace wordbridge;

int main() {
  // The document: everybody likes every fruit.
  const WordGroups groups = {{"people", "fruit"},
                             {{"man", 0},
                              {"woman", 0},
                              {"king", 0},
                              {"queen", 0},
                              {"apple", 1},
                              {"orange", 1},
                              {"pear", 1},
                              {"plum", 1}}};
  std::vector<std::string> document;
  for (const auto& [person, people] : groups.words) {
    for (const auto& [fruit, kind] : groups.words) {
      if (people == 0 && kind == 1) document.insert(document.end(), {person, "likes", fruit, "."});
    }
  }

  // Replace each word by its id in the vocabulary.
  VocabularyOptions every_word;
  every_word.min_count = 1;
  SplitOptions only_training;
  only_training.train = 1, only_training.valid = 0, only_training.test = 0;
  const Corpus corpus = corpus_from_tokens(document, every_word, only_training);

  // The network: embedding layer C (2 numbers per word), hidden layer (16 units), output layer,
  // softmax.
  NplmOptions options;
  options.n = 2;  // predict a word from the preceding one
  options.dim = 2;
  options.hidden = {16};
  const auto network = make_gradient_model(
      "nplm", options, {corpus.vocabulary(), corpus.train_counts(), /*seed=*/1});

  // All pairs of a word and the next word, as a single batch.
  std::vector<std::int64_t> positions;
  for (std::int64_t t = 0; t < corpus.tokens(); ++t) positions.push_back(t);
  const auto B = static_cast<std::int64_t>(positions.size());
  auto contexts_BN = torch::empty({B, network->context()}, torch::kInt64);
  auto words_B = torch::empty({B}, torch::kInt64);
  fill_contexts(corpus, positions, network->context(), contexts_BN.data_ptr<std::int64_t>(),
                words_B.data_ptr<std::int64_t>());

  // Training: each update changes the weights a little, such that the words that occurred become
  // more probable.
  TrainOptions train;
  train.optimizer = OptimizerType::adam;
  train.eps = 1e-8;
  train.weight_decay = 0;
  std::vector<Optimizer::Parameter> parameters;
  for (const auto& named : network->named_parameters())
    parameters.push_back({named.key(), named.value(), false});
  Optimizer optimizer(train, parameters);
  for (int update = 0; update <= 200; ++update) {
    const auto loss = network->loss(contexts_BN, words_B);
    if (update % 50 == 0) {
      fmt::print("after {:3} updates: perplexity {:.2f}\n", update, std::exp(loss.item<double>()));
    }
    loss.backward();
    optimizer.step(0.03);
  }

  // The embedding is the weight matrix of the first layer: one row of C per word.
  const auto C = network->vectors().detach().contiguous();
  const float* values = C.data_ptr<float>();
  const EmbeddingTable embedding(corpus.vocabulary().words(), {values, values + C.numel()},
                                 C.size(1), "first embedding");
  for (const auto& [word, group] : groups.words) {
    const float* e = embedding.row(embedding.find(word));
    fmt::print("e('{}') = ({:.2f}, {:.2f})\n", word, e[0], e[1]);
  }
  fmt::print("pairs within a group are closer than pairs across groups: AUC {:.2f}\n",
             score_groups(embedding, groups).auc);
}
