// Models of the program fastText (https://fasttext.cc, Bojanowski et al. 2017): options,
// dictionary, input matrix (one row per word, then one row per bucket of character n-grams), output
// matrix.
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <unordered_map>

#include "core/error.h"
#include "core/index.h"
#include "core/log.h"
#include "core/text.h"
#include "core/threads.h"
#include "data/vectors/fasttext/character_ngrams.h"
#include "data/vectors/fasttext/fasttext_model.h"
#include "data/vectors/fasttext/fasttext_vectors.h"
#include "data/vectors/fasttext/read_matrix.h"
#include "data/vectors/parsed_vectors.h"

namespace wordbridge {
namespace {

/// Supervised models before version 12 did not use character n-grams, whatever their options.
constexpr std::int32_t kFirstVersionOfLabelledNgrams = 12, kFirstVersion = 11;
constexpr std::int32_t kSupervised = 3;
constexpr std::int64_t kWordsPerBlock = 256;

/// Options as stored in the file, without those that only training uses.
struct Options {
  std::int32_t dim = 0, word_ngrams = 0, loss = 0, model = 0, bucket = 0, minn = 0, maxn = 0;
};

Options options_of(const FastTextOptions& stored) {
  const auto& n = stored.numbers;
  return {n[0], n[5], n[6], n[7], n[8], n[9], n[10]};
}

bool are_possible(const FastTextOptions& stored) {
  const Options o = options_of(stored);
  constexpr std::int32_t kMostDimensions = 1 << 20, kLongest = 1000;
  return o.dim >= 1 && o.dim <= kMostDimensions && o.model >= 1 && o.model <= 3 && o.loss >= 1 &&
         o.loss <= 4 && o.bucket >= 0 && o.minn >= 0 && o.minn <= kLongest && o.maxn >= 0 &&
         o.maxn <= kLongest;
}

/// For the format without a magic number: whether all options are values that the program accepts.
bool look_like_options(const FastTextOptions& stored) {
  const auto& n = stored.numbers;
  return are_possible(stored) && std::all_of(n.begin(), n.end(), [](auto v) { return v >= 0; }) &&
         stored.sampling >= 0 && stored.sampling <= 1;
}

/// Maps a word to the rows of its character n-grams.
struct Ngrams {
  CharacterNgrams ngrams;
  bool of_end_of_sentence = false;
  std::int64_t pruned = kFastTextNotPruned;             // number of remaining buckets
  std::unordered_map<std::int32_t, std::int32_t> left;  // bucket -> its row among those

  /// Rows of the word's n-grams, relative to the row of the first bucket.
  void rows_of(std::string_view word, std::vector<std::int32_t>& rows) const {
    rows.clear();
    if (word == kFastTextEndOfSentence && !of_end_of_sentence) return;
    character_ngrams(word, ngrams, rows);
    if (pruned == kFastTextNotPruned) return;
    std::size_t kept = 0;
    for (const std::int32_t bucket : rows) {
      if (const auto found = left.find(bucket); found != left.end()) rows[kept++] = found->second;
    }
    rows.resize(kept);
  }
};

/// A model whose file stays in memory or mapped.
class FastTextModel : public SubwordVectors {
 public:
  FastTextModel(std::string_view content, std::shared_ptr<const void> keeper,
                const std::string& name);

  const WordList& words() const { return index_->words(); }
  std::int64_t dim() const { return input_->dim(); }
  bool vector_of(std::string_view word, float* row) const override {
    return vector_of(word, index_->find(word), row);
  }
  /// `known`: row of the word in the dictionary, -1 if it is not there.
  bool vector_of(std::string_view word, std::int64_t known, float* row) const;

  const FastTextOptions& stored() const { return stored_; }
  const std::vector<std::int64_t>& counts() const { return counts_; }
  const FastTextMatrix& input() const { return *input_; }
  const FastTextMatrix& output() const { return *output_; }
  bool is_pruned() const { return ngrams_.pruned != kFastTextNotPruned; }

 private:
  void read_words(FastTextCursor& cursor, bool has_magic);

  std::shared_ptr<const void> keeper_;
  Ngrams ngrams_;
  std::unique_ptr<const WordIndex> index_;
  FastTextOptions stored_;
  std::vector<std::int64_t> counts_;  // of the words
  std::unique_ptr<const FastTextMatrix> input_, output_;
};

void FastTextModel::read_words(FastTextCursor& cursor, bool has_magic) {
  const auto all = cursor.read<std::int32_t>(), words = cursor.read<std::int32_t>(),
             labels = cursor.read<std::int32_t>();
  cursor.read<std::int64_t>();  // number of tokens in the training corpus
  if (has_magic) ngrams_.pruned = cursor.read<std::int64_t>();
  // Shortest dictionary entry: no letters, the zero byte, the count and the kind. Shortest entry of
  // the pruned n-grams: a pair.
  constexpr std::int64_t kEntryBytes = 10, kPairBytes = 8;
  if (words < 1 || labels < 0 || all != static_cast<std::int64_t>(words) + labels ||
      !cursor.could_hold(all, kEntryBytes) || ngrams_.pruned < kFastTextNotPruned ||
      !cursor.could_hold(std::max<std::int64_t>(ngrams_.pruned, 0), kPairBytes))
    throw cursor.error("invalid dictionary in the fastText model")
        .got("{} entries: {} words, {} labels; {} remaining n-grams, in {} bytes", all, words,
             labels, ngrams_.pruned, cursor.left());
  std::vector<std::string_view> texts;
  texts.reserve(static_cast<std::size_t>(words));
  for (std::int32_t i = 0; i < all; ++i) {
    const std::string_view text = cursor.read_text();
    const auto count = cursor.read<std::int64_t>();
    const auto kind = cursor.read<std::int8_t>();
    if (kind != (i < words ? 0 : 1))
      throw cursor.error("invalid dictionary in the fastText model")
          .expected("{} words, then {} labels", words, labels)
          .got("kind {} for entry {}, '{}'", kind, i + 1, printable(text));
    if (i >= words) continue;
    texts.push_back(text);
    counts_.push_back(count);
  }
  for (std::int64_t i = 0; i < ngrams_.pruned; ++i) {
    const auto bucket = cursor.read<std::int32_t>(), row = cursor.read<std::int32_t>();
    if (bucket < 0 || row < 0 || row >= ngrams_.pruned)
      throw cursor.error("invalid list of n-grams in the fastText model")
          .expected("rows below {}", ngrams_.pruned)
          .got("bucket {} in row {}", bucket, row);
    ngrams_.left[bucket] = row;
  }
  index_ = std::make_unique<const WordIndex>(WordList(texts));
}

FastTextModel::FastTextModel(std::string_view content, std::shared_ptr<const void> keeper,
                             const std::string& name)
    : keeper_(std::move(keeper)) {
  FastTextCursor cursor(content, name);
  const bool has_magic = content.substr(0, kFastTextMagic.size()) == kFastTextMagic;
  std::int32_t version = 0;
  if (has_magic) {
    cursor.read<std::int32_t>();
    version = cursor.read<std::int32_t>();
    if (version < kFirstVersion || version > kFastTextVersion)
      throw cursor.error("unsupported version of the fastText model")
          .expected("{} or {}", kFirstVersion, kFastTextVersion)
          .got("{}", version);
  }
  stored_ = cursor.read<FastTextOptions>();
  if (!are_possible(stored_))
    throw cursor.error("invalid options in the fastText model")
        .expected("at least one dimension, a known model and loss, valid lengths of n-grams")
        .got("{}", fmt::join(stored_.numbers, " "));
  const Options options = options_of(stored_);
  ngrams_.ngrams = {options.minn, options.maxn, options.bucket};
  if (options.model == kSupervised && version < kFirstVersionOfLabelledNgrams)
    ngrams_.ngrams.max_length = 0;
  // fastText of that time built n-grams of the end of a sentence as of any other word.
  ngrams_.of_end_of_sentence = !has_magic;
  read_words(cursor, has_magic);
  const bool is_pruned = ngrams_.pruned != kFastTextNotPruned;
  const std::int64_t rows = words().size() + (is_pruned ? ngrams_.pruned : options.bucket);
  const bool is_quantised = has_magic && cursor.read_flag();
  if (is_pruned && !is_quantised)
    throw cursor.error("the fastText model has pruned n-grams but is not quantised")
        .hint(
            "fastText also rejects such a file; an old version of a published model was damaged in "
            "this way");
  input_ = is_quantised ? read_quantised_matrix(cursor) : read_dense_matrix(cursor);
  if (input_->rows() != rows || input_->dim() != options.dim)
    throw cursor.error("the size of the fastText model's matrix does not match its header")
        .expected("{} x {}: {} rows for words, the others for n-grams", rows, options.dim,
                  words().size())
        .got("{} x {}", input_->rows(), input_->dim());
  const bool output_is_quantised = has_magic && cursor.read_flag() && is_quantised;
  output_ = output_is_quantised ? read_quantised_matrix(cursor) : read_dense_matrix(cursor);
  if (cursor.left() > 0)
    throw cursor.error("the vector file is longer than its header indicates")
        .expected("the end of the file after the output matrix")
        .got("{} more bytes", cursor.left());
}

bool FastTextModel::vector_of(std::string_view word, std::int64_t known, float* row) const {
  const std::int64_t dim = input_->dim();
  std::fill_n(row, dim, 0.0F);
  std::vector<std::int32_t> ngrams;
  ngrams_.rows_of(word, ngrams);
  if (known >= 0) input_->add_row(known, row);
  for (const std::int32_t ngram : ngrams) input_->add_row(words().size() + ngram, row);
  const std::size_t rows = ngrams.size() + (known >= 0 ? 1 : 0);
  if (rows == 0) return false;
  // Rounded as in fastText.
  const auto share = static_cast<float>(1.0 / static_cast<double>(rows));
  for (std::int64_t i = 0; i < dim; ++i) row[i] *= share;
  return first_not_finite(row, dim) < 0;
}

/// The words of the dictionary, without empty ones, which gensim may store.
std::vector<std::int64_t> words_with_letters(const FastTextModel& model, const fs::path& path) {
  std::vector<std::int64_t> kept;
  for (std::int64_t i = 0; i < model.words().size(); ++i) {
    if (!model.words()[i].empty())
      kept.push_back(i);
    else
      warn("{}: left out an empty word (entry {} of the dictionary)", path.string(), i + 1);
  }
  return kept;
}

}  // namespace

FastTextContents read_fasttext_model(const fs::path& path) {
  const auto file = MappedFile::open(path);
  if (!is_fasttext(file->view()))
    throw Error("the file is not a fastText model").at("{}", path.string());
  const auto model = std::make_shared<const FastTextModel>(file->view(), file, path.string());
  const auto& n = model->stored().numbers;
  const Options options = options_of(model->stored());
  if (options.model == kSupervised || model->is_pruned() ||
      model->output().rows() < model->words().size())
    throw Error("training can't continue from this fastText model")
        .at("{}", path.string())
        .expected("a skip-gram or cbow model with all its n-grams");
  FastTextContents contents;
  contents.settings = {static_cast<FastTextSettings::Architecture>(options.model),
                       static_cast<FastTextSettings::Loss>(options.loss),
                       options.dim,
                       n[1],
                       n[2],
                       n[3],
                       n[4],
                       model->stored().sampling,
                       {options.minn, options.maxn, options.maxn > 0 ? options.bucket : 0}};
  const auto kept =
      std::make_shared<const std::vector<std::int64_t>>(words_with_letters(*model, path));
  std::vector<std::string> words;
  std::vector<std::int64_t> counts;
  for (const std::int64_t i : *kept) {
    words.emplace_back(model->words()[i]);
    counts.push_back(model->counts()[at(i)]);
  }
  contents.vocabulary = Vocabulary(std::move(words), std::move(counts), "");
  // Row `index` of a matrix with rows of words, and others after them.
  const auto rows = [&](const FastTextMatrix& matrix, bool of_words) -> MatrixRows {
    return
        [model, &matrix, kept, of_words, row = std::vector<float>()](std::int64_t index) mutable {
          const auto known = static_cast<std::int64_t>(kept->size());
          if (of_words)
            index = index < known ? (*kept)[at(index)] : index - known + model->words().size();
          row.assign(static_cast<std::size_t>(matrix.dim()), 0.0F);
          matrix.add_row(index, row.data());
          return static_cast<const float*>(row.data());
        };
  };
  const bool is_tree = contents.settings.loss == FastTextSettings::Loss::hierarchical_softmax;
  contents.input = rows(model->input(), true);
  contents.output = rows(model->output(), !is_tree);
  return contents;
}

bool is_fasttext_model(const fs::path& path) { return is_fasttext(MappedFile::open(path)->view()); }

bool is_fasttext(std::string_view content) {
  if (content.substr(0, kFastTextMagic.size()) == kFastTextMagic) return true;
  FastTextOptions stored{};
  if (content.size() < sizeof stored) return false;
  std::memcpy(&stored, content.data(), sizeof stored);
  return look_like_options(stored);
}

EmbeddingTable read_fasttext_vectors(const VectorFile& file) {
  const std::string name = file.name();
  const auto model = std::make_shared<const FastTextModel>(file.content, file.keeper, name);
  const std::int64_t all = model->words().size(), dim = model->dim();
  const std::int64_t size = file.limit > 0 ? std::min(file.limit, all) : all;
  ParsedVectors parsed{model->words(), new_floats(size * dim), dim, model, true};
  parsed.words.cut(size);
  std::atomic<std::int64_t> first_bad{size};
  for_each_range(size, kWordsPerBlock, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      if (!model->vector_of(parsed.words[i], i, parsed.rows.get() + i * dim))
        keep_least(first_bad, i);
    }
  });
  if (first_bad < size)
    throw Error("a vector is not finite")
        .at("{}: row {}", name, first_bad + 1)
        .got(
            "NaN or infinity in the vector of '{}', the mean of its own row and those of its "
            "n-grams",
            printable(parsed.words[first_bad]));
  return as_table(std::move(parsed), name);
}

}  // namespace wordbridge
