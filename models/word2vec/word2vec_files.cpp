// Initialisation of a word2vec model from trained vectors, and the files it writes besides
// checkpoints and vectors.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/log.h"
#include "data/vectors/fasttext/fasttext_model.h"
#include "models/word2vec/pretrained.h"
#include "models/word2vec/word2vec.h"

namespace wordbridge {
namespace {

/// Rows of a tree whose loss is this many times that of rows of zeros belong to another tree.
constexpr double kOtherTree = 1.05;

bool same(const CharacterNgrams& a, const CharacterNgrams& b) {
  return a.min_length == b.min_length && a.max_length == b.max_length && a.buckets == b.buckets;
}

std::string text_of(const CharacterNgrams& ngrams) {
  if (ngrams.buckets == 0) return "no n-grams";
  return fmt::format("n-grams of {} to {} characters in {} buckets", ngrams.min_length,
                     ngrams.max_length, ngrams.buckets);
}

}  // namespace

std::vector<std::int64_t> tree_counts(const Corpus& corpus) {
  std::vector<std::int64_t> counts = corpus.vocabulary().counts();
  if (*std::max_element(counts.begin(), counts.end()) == 0) counts = corpus.train_counts();
  for (auto& count : counts) count = std::max<std::int64_t>(count, 1);
  return counts;
}

void Word2vec::begin() {
  if (options_.start.empty()) return;
  const Pretrained start = read_pretrained(options_.start, parts_.any());
  const auto error = [this](const char* what) {
    return Error(what).at("model.{}.start: {}", options_.name, options_.start);
  };
  if (start.dim != dim())
    throw error("the vectors to start from have a different dimension")
        .expected("model.{}.dim, {}", options_.name, dim())
        .got("{}", start.dim);
  const CharacterNgrams ngrams = options_.ngrams.settings();
  if (parts_.any() && !same(ngrams, start.buckets))
    throw error("the vectors to start from have different character n-grams")
        .expected("{}", text_of(ngrams))
        .got("{}", text_of(start.ngrams ? start.buckets : CharacterNgrams{0, 0, 0}))
        .hint("set model.{}.ngrams to the same values", options_.name);
  const auto set = [this](std::int64_t to, const float* from) {
    if (from != nullptr) std::copy_n(from, dim(), row(to));
  };
  const bool tree = options_.output == Word2vecOptions::Output::hierarchical;
  std::int64_t found = 0;
  for (std::int64_t w = 0; w < words_; ++w) {
    const std::int64_t there = start.vocabulary.find(corpus_.vocabulary().word(w));
    if (there < 0) continue;
    ++found;
    set(w, start.words(there));
    if (start.contexts && !start.tree && !tree) set(words_ + w, start.contexts(there));
  }
  if (found == 0) throw error("the vectors to start from contain no word of the vocabulary");
  // The nodes match only if the trees are the same.
  const bool same_tree = tree && start.tree && tree_counts(corpus_) == start.vocabulary.counts() &&
                         corpus_.vocabulary().words() == start.vocabulary.words();
  for (std::int64_t node = 0; same_tree && node < outputs_.rows(); ++node)
    set(words_ + node, start.contexts(node));
  for (std::int64_t i = 0; i < ngram_rows(); ++i)
    set(words_ + outputs_.rows() + i, start.ngrams(parts_.buckets()[static_cast<std::size_t>(i)]));
  // gensim writes the same words and counts, but its tree has other nodes and opposite signs.
  // Nothing in the file tells: rows of the right tree are not worse than none.
  const TreeLoss loss = same_tree ? tree_loss() : TreeLoss();
  const bool is_other_tree = loss.loss > kOtherTree * loss.at_zero;
  if (is_other_tree) {
    warn(
        "{}: its tree is built in another way, as gensim does: on {} pairs of words of the text, "
        "its "
        "nodes cost {:.2f} nats, nodes of zeros {:.2f}; the tree's nodes start at zero",
        options_.start, loss.pairs, loss.loss, loss.at_zero);
    std::fill_n(row(words_), outputs_.rows() * width_, 0.0F);
  }
  const bool contexts = start.contexts && (tree ? same_tree && !is_other_tree : !start.tree);
  log(options_.name, "initialised from {}: {} of {} words{}", options_.start, found, words_,
      contexts ? (tree ? " and the tree" : " and their contexts")
               : "; contexts start at zero because it has no matching ones");
}

Word2vec::TreeLoss Word2vec::tree_loss() const {
  const EmbeddingTable inputs = table(Word2vecOptions::Vectors::words);
  TreeLoss sum;
  const auto add_pair = [&](std::int32_t word, std::int32_t next) {
    const float* const input = inputs.row(word);
    const auto nodes = outputs_.of(next);
    for (const std::int32_t* node = nodes.begin(); node != nodes.end(); ++node) {
      const float* const output = row(words_ + *node);
      double score = std::inner_product(input, input + dim(), output, 0.0);
      if (node - nodes.begin() >= nodes.yes) score = -score;
      sum.loss += std::log1p(std::exp(-score));
      sum.at_zero += std::log(2.0);
    }
    ++sum.pairs;
  };
  constexpr std::int64_t kEnoughPairs = 10000;
  TrainingWindows::Segment text;
  for (std::int64_t segment = 0; segment < text_.segments() && sum.pairs < kEnoughPairs;
       ++segment) {
    text_.read(0, segment, text);
    for (std::int64_t i = text.begin + 1; i < text.end; ++i)
      add_pair(text.words[static_cast<std::size_t>(i - 1)],
               text.words[static_cast<std::size_t>(i)]);
  }
  if (sum.pairs > 0) {
    sum.loss /= static_cast<double>(sum.pairs);
    sum.at_zero /= static_cast<double>(sum.pairs);
  }
  return sum;
}

void Word2vec::write_files(const std::filesystem::path& folder) const {
  if (!options_.keep_model && !parts_.any()) return;
  using Settings = FastTextSettings;
  const auto narrow = [](std::int64_t value) { return static_cast<std::int32_t>(value); };
  FastTextContents model;
  model.settings = {options_.architecture == Word2vecOptions::Architecture::cbow
                        ? Settings::Architecture::cbow
                        : Settings::Architecture::skip_gram,
                    options_.output == Word2vecOptions::Output::hierarchical
                        ? Settings::Loss::hierarchical_softmax
                        : Settings::Loss::negative_sampling,
                    narrow(dim()),
                    narrow(options_.window),
                    narrow(static_cast<std::int64_t>(std::ceil(*options_.epochs))),
                    1,
                    narrow(options_.negatives),
                    options_.sample,
                    options_.ngrams.settings()};
  model.vocabulary = Vocabulary(corpus_.vocabulary().words(), tree_counts(corpus_),
                                corpus_.vocabulary().unknown());
  model.input = [this](std::int64_t index) -> const float* {
    if (index < words_) return row(index);
    const auto& buckets = parts_.buckets();
    const auto bucket = static_cast<std::int32_t>(index - words_);
    const auto place = std::lower_bound(buckets.begin(), buckets.end(), bucket);
    if (place == buckets.end() || *place != bucket) return nullptr;  // not used by any word
    return row(words_ + outputs_.rows() + (place - buckets.begin()));
  };
  model.output = [this](std::int64_t index) -> const float* {
    return index < outputs_.rows() ? row(words_ + index) : nullptr;
  };
  write_fasttext_model(model, folder / "model.bin");
  log(options_.name, "wrote a fastText model: {}", (folder / "model.bin").string());
}

}  // namespace wordbridge
