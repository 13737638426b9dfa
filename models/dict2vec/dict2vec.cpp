#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/io/file.h"
#include "core/io/hash.h"
#include "core/log.h"
#include "core/progress.h"
#include "data/corpus/corpus_options.h"
#include "data/vectors/vector_files.h"
#include "models/dict2vec/dict2vec_options.h"
#include "models/word2vec/word2vec.h"

namespace wordbridge {
namespace {

namespace fs = std::filesystem;

/// Dictionaries are plain text. If the corpus has tokens separated by whitespace, its tokens were
/// cut elsewhere, so definitions are cut into words.
TokenizerOptions definition_tokenizer(const Corpus& corpus) {
  TokenizerOptions options = tokenizer_of(corpus);
  options.type = TokenizerType::words;
  return options;
}

WordPairs pairs_of(const PairOptions& options, const Corpus& corpus) {
  const Vocabulary& vocabulary = corpus.vocabulary();
  WordPairs pairs;
  if (options.file.empty()) {
    const auto tokenizer = make_tokenizer(definition_tokenizer(corpus));
    const Definitions definitions = read_definitions(options.definitions, *tokenizer);
    pairs = pairs_of_definitions(definitions.words, vocabulary);
  } else {
    std::int64_t others = read_word_pairs(options.file, vocabulary, "strong", pairs);
    if (!options.weak_file.empty())
      others += read_word_pairs(options.weak_file, vocabulary, "weak", pairs);
    if (others > 0) log("dict2vec", "{} of words outside the vocabulary", counted(others, "pair"));
  }
  if (!options.promote_by.empty())
    promote(pairs, vocabulary, read_vectors_at(options.promote_by), options.neighbors,
            options.promotion);
  if (pairs.strong.empty() && pairs.promoted.empty() && pairs.weak.empty())
    throw Error("the dictionaries do not define any word of the vocabulary by another one")
        .at("model.dict2vec.pairs")
        .hint("`wordbridge data dictionary` shows what a dictionary contains");
  return pairs;
}

class Dict2vec : public Word2vec {
 public:
  Dict2vec(const Dict2vecOptions& options, const Corpus& corpus, std::uint64_t seed,
           WordPairs pairs, const PositiveSampling& sampling)
      : Word2vec(options, corpus, seed, sampling),
        corpus_(corpus),
        pairs_(std::move(pairs)),
        related_bytes_(sampling.related->bytes()),
        inputs_("pairs " + sha256(word_pairs_text(pairs_, corpus.vocabulary()))) {}

  std::string inputs() const override { return inputs_; }
  std::string hint_for_changed_inputs() const override {
    return "restore the files, or start a new training; it can read the pairs of the old run, "
           "pairs.tsv, by model.dict2vec.pairs.file";
  }
  void write_inputs(const fs::path& folder) const override {
    write_file(folder / "pairs.tsv", word_pairs_text(pairs_, corpus_.vocabulary()));
  }
  double estimated_bytes() const override {
    const auto pairs = pairs_.strong.size() + pairs_.promoted.size() + pairs_.weak.size();
    return Word2vec::estimated_bytes() + related_bytes_ +
           static_cast<double>(pairs * sizeof(WordPairs::Pair));
  }
  std::string summary() const override {
    return fmt::format("{}; {} strong, {} promoted and {} weak pairs", Word2vec::summary(),
                       human_count(pairs_.strong.size()), human_count(pairs_.promoted.size()),
                       human_count(pairs_.weak.size()));
  }

 private:
  const Corpus& corpus_;
  WordPairs pairs_;
  double related_bytes_;
  std::string inputs_;
};

}  // namespace

std::unique_ptr<StreamingModel> make_dict2vec(const ModelOptions& model, const Corpus& corpus,
                                              std::uint64_t seed) {
  const auto& options = dynamic_cast<const Dict2vecOptions&>(model);
  WordPairs pairs = pairs_of(options.pairs, corpus);
  PositiveSampling sampling = options.sampling;
  sampling.center_input = options.input == Dict2vecOptions::Input::center;
  sampling.related = std::make_shared<RelatedWords>(pairs, corpus.vocabulary().size());
  return std::make_unique<Dict2vec>(options, corpus, seed, std::move(pairs), sampling);
}

}  // namespace wordbridge
