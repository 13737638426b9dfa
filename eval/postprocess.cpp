#include "eval/postprocess.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/error.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/threads.h"
#include "data/corpus/vocabulary_files.h"
#include "eval/properties/moments.h"
#include "eval/statistics/cosine.h"

namespace wordbridge {
namespace {

using Kind = PostProcessing::Kind;

constexpr std::int64_t kRowsAtATime = 256;
constexpr double kRounding = 1e-12;  // of the length of a vector

/// Changes the rows block by block, in double precision, rounding once. `change` gets the block's
/// first row and its vectors.
template <class Change>
void change_rows(std::vector<float>& rows, std::int64_t dim, const Change& change) {
  using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  for_each_range(static_cast<std::int64_t>(rows.size()) / dim, kRowsAtATime,
                 [&](std::int64_t begin, std::int64_t end) {
                   Eigen::Map<Rows> block(rows.data() + begin * dim, end - begin, dim);
                   Eigen::MatrixXd vectors = block.cast<double>();
                   change(begin, vectors);
                   block = vectors.cast<float>();
                 });
}

/// The same with vectors from which something is subtracted. What is left of a vector by rounding
/// alone becomes 0.
template <class Change>
void subtract_from_rows(std::vector<float>& rows, std::int64_t dim, const Change& change) {
  change_rows(rows, dim, [&](std::int64_t begin, Eigen::MatrixXd& vectors) {
    const double longest = vectors.norm();  // at least the length of each vector
    change(begin, vectors);
    Eigen::ArrayXd left = Eigen::ArrayXd::Zero(vectors.rows());  // lengths, squared at first
    for (Eigen::Index i = 0; i < dim; ++i) left += vectors.col(i).array().square();
    left = left.sqrt();
    for (Eigen::Index i = 0; i < vectors.rows(); ++i) {
      if (left[i] > kRounding * longest) continue;
      const float* const before = rows.data() + (begin + i) * dim;  // not yet changed
      if (left[i] <= kRounding * norm(before, dim)) vectors.row(i).setZero();
    }
  });
}

std::vector<std::int64_t> all_rows(const EmbeddingTable& table) {
  std::vector<std::int64_t> all(static_cast<std::size_t>(table.size()));
  std::iota(all.begin(), all.end(), std::int64_t{0});
  return all;
}

Eigen::RowVectorXd mean_of(const Moments& moments) {
  return moments.sum.transpose() / static_cast<double>(moments.words);
}

Moments moments_of_all(const EmbeddingTable& table, bool with_gram) {
  return sum_of(moments_of_folds(WordVectors(table, all_rows(table), true), with_gram));
}

void center(const EmbeddingTable& table, std::vector<float>& rows) {
  const Eigen::RowVectorXd mean = mean_of(moments_of_all(table, false));
  subtract_from_rows(rows, table.dim(),
                     [&](std::int64_t, Eigen::MatrixXd& vectors) { vectors.rowwise() -= mean; });
}

/// Columns: the eigenvectors of the largest eigenvalues.
Eigen::MatrixXd top_eigenvectors(const Eigen::MatrixXd& symmetric, std::int64_t count) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(symmetric);
  return solver.eigenvectors().rightCols(std::min(count, symmetric.cols()));  // they ascend
}

/// With fewer words than dimensions. The centred vectors X [words, dim] are U S V^T: instead of X V
/// V^T, subtracts U U^T X, which needs only the eigenvectors U of X X^T [words, words].
void remove_top_of_few(const EmbeddingTable& table, std::int64_t directions,
                       std::vector<float>& rows) {
  const Eigen::RowVectorXd mean = mean_of(moments_of_all(table, false));
  const Eigen::MatrixXd top =
      top_eigenvectors(products_of_rows(table, all_rows(table), mean), directions);
  Eigen::MatrixXd along = Eigen::MatrixXd::Zero(top.cols(), table.dim());
  for (std::int64_t i = 0; i < table.size(); ++i)
    along +=
        top.row(i).transpose() *
        (Eigen::Map<const Eigen::RowVectorXf>(table.row(i), table.dim()).cast<double>() - mean);
  subtract_from_rows(rows, table.dim(), [&](std::int64_t begin, Eigen::MatrixXd& vectors) {
    vectors.rowwise() -= mean;
    vectors -= top.middleRows(begin, vectors.rows()) * along;
  });
}

void remove_top(const EmbeddingTable& table, std::int64_t directions, std::vector<float>& rows) {
  if (directions == 0)
    directions = std::max<std::int64_t>(1, std::llround(static_cast<double>(table.dim()) / 100));
  if (directions > table.dim())
    throw Error("all-but-the-top would remove more directions than there are")
        .at("{}", table.origin())
        .expected("at most {} (the dimension)", table.dim())
        .got("{}", directions);
  if (table.size() < table.dim()) return remove_top_of_few(table, directions, rows);
  const auto moments = moments_of_all(table, true);
  const Eigen::RowVectorXd mean = mean_of(moments);
  const Eigen::MatrixXd top = top_eigenvectors(moments.covariance(), directions);
  subtract_from_rows(rows, table.dim(), [&](std::int64_t, Eigen::MatrixXd& vectors) {
    vectors.rowwise() -= mean;
    const Eigen::MatrixXd along = vectors * top;
    vectors -= along * top.transpose();
  });
}

void normalize(std::int64_t dim, std::vector<float>& rows) {
  change_rows(rows, dim, [](std::int64_t, Eigen::MatrixXd& vectors) {
    for (Eigen::Index i = 0; i < vectors.rows(); ++i) {
      const double length = vectors.row(i).norm();
      if (length > 0) vectors.row(i) /= length;
    }
  });
}

/// Multiplies the centred vectors by the inverse square root of their covariance matrix.
void whiten(const EmbeddingTable& table, std::vector<float>& rows) {
  const auto moments = moments_of_all(table, true);
  const Eigen::RowVectorXd mean = mean_of(moments);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(moments.covariance());
  const Eigen::VectorXd& variances = solver.eigenvalues();  // they ascend
  const auto spanned = (variances.array() > kRounding * variances.maxCoeff()).count();
  if (spanned < table.dim() || table.size() <= table.dim())
    throw Error("vectors that do not span the space can't be whitened")
        .at("{}", table.origin())
        .expected("{} directions with variance (the dimension)", table.dim())
        .got("{} in {}", std::min<std::int64_t>(spanned, table.size() - 1),
             counted(table.size(), "word"));
  const Eigen::MatrixXd whitening = solver.operatorInverseSqrt();
  change_rows(rows, table.dim(), [&](std::int64_t, Eigen::MatrixXd& vectors) {
    vectors.rowwise() -= mean;
    vectors = vectors * whitening;  // Eigen evaluates the product before it assigns
  });
}

/// Each word's share of a text.
std::vector<double> shares_of(const EmbeddingTable& table, const std::string& counts) {
  std::vector<double> shares(static_cast<std::size_t>(table.size()));
  double sum = 0;
  if (counts == "zipf") {
    for (std::size_t i = 0; i < shares.size(); ++i)
      sum += shares[i] = 1 / static_cast<double>(i + 2);
  } else {
    const Vocabulary vocabulary = read_vocabulary(counts);
    for (const std::int64_t count : vocabulary.counts()) sum += static_cast<double>(count);
    std::int64_t unknown = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
      const std::int64_t id = vocabulary.find(table.word(static_cast<std::int64_t>(i)));
      if (id >= 0) shares[i] = static_cast<double>(vocabulary.count(id));
      unknown += shares[i] == 0;
    }
    if (unknown == table.size())
      throw Error("no word of the vectors has a count")
          .at("{}", counts)
          .expected("words of {} with counts", table.origin())
          .got("{}, with the sum of counts {}", counted(vocabulary.size(), "word"), sum)
          .hint("sif:zipf assumes shares from the order of the rows");
    if (unknown > 0)
      warn("sif: {} of {} have no count in {}, and keep their vectors",
           human_count(static_cast<std::uint64_t>(unknown)), counted(table.size(), "word"), counts);
  }
  for (double& share : shares) share /= sum;
  return shares;
}

void weigh_by_frequency(const EmbeddingTable& table, const PostProcessing& step,
                        std::vector<float>& rows) {
  const auto shares = shares_of(table, step.counts);
  change_rows(rows, table.dim(), [&](std::int64_t begin, Eigen::MatrixXd& vectors) {
    for (Eigen::Index i = 0; i < vectors.rows(); ++i)
      vectors.row(i) *= step.a / (step.a + shares[static_cast<std::size_t>(begin + i)]);
  });
}

/// Changes the vectors by a lexicon, and logs how much of the table it covers.
void fit_to_lexicon(const EmbeddingTable& table, const PostProcessing& step,
                    std::vector<float>& rows) {
  const WordLookup words(table, {step.letter_case.value_or(LetterCase::as_written)});
  const auto graph_of = [&](const std::string& lexicon, LexicalRelation relation) {
    return read_word_graph(lexicon, relation, table.size(),
                           [&](std::string_view word) { return words.row(word); });
  };
  const auto related = graph_of(step.lexicon, LexicalRelation::related);
  log(step.name(), "{}: {} of {} have neighbours, {}", step.lexicon,
      human_count(related.connected().size()), counted(table.size(), "word"),
      counted(related.edges(), "edge"));
  if (step.kind == Kind::retrofit) {
    if (step.unit) normalize(table.dim(), rows);
    return retrofit(rows, table.dim(), related, step.retrofitting);
  }
  const auto opposites = step.opposites();
  counter_fit(rows, table.dim(), related,
              opposites.empty() ? WordGraph(table.size(), {})
                                : graph_of(opposites, LexicalRelation::opposite),
              step.counter_fitting);
}

}  // namespace

EmbeddingTable postprocess(const EmbeddingTable& table, const std::vector<PostProcessing>& steps) {
  EmbeddingTable result = table;
  for (const auto& step : steps) {
    std::vector<float> rows(result.data(), result.data() + result.size() * result.dim());
    if (result.size() > 0) {
      if (step.kind == Kind::center) center(result, rows);
      if (step.kind == Kind::all_but_the_top) remove_top(result, step.directions, rows);
      if (step.kind == Kind::normalize) normalize(result.dim(), rows);
      if (step.kind == Kind::whiten) whiten(result, rows);
      if (step.kind == Kind::sif) weigh_by_frequency(result, step, rows);
      if (!step.lexicon.empty()) fit_to_lexicon(result, step, rows);
    }
    result =
        result.with_rows(std::move(rows), table.dim(), result.origin()).with_steps(step.text());
  }
  return result;
}

EmbeddingTable add_contexts(const EmbeddingTable& words, const EmbeddingTable& contexts) {
  const auto error = [&](const char* what) {
    Error e(what);
    e.at("{} + {}", words.origin(), contexts.origin());
    return e;
  };
  if (words.dim() != contexts.dim())
    throw error("word vectors and context vectors have different dimensions")
        .expected("{}", words.dim())
        .got("{}", contexts.dim());
  std::vector<float> rows(words.data(), words.data() + words.size() * words.dim());
  for (std::int64_t i = 0; i < words.size(); ++i) {
    const std::int64_t context = contexts.find(words.word(i));
    if (context < 0)
      throw error("a word has no context vector")
          .got("'{}', row {}", printable(words.word(i)), i + 1)
          .hint("both files must be from the same model");
    const float* const vector = contexts.row(context);
    for (std::int64_t k = 0; k < words.dim(); ++k)
      rows[static_cast<std::size_t>(i * words.dim() + k)] += vector[k];
  }
  return words.with_rows(std::move(rows), words.dim(),
                         words.origin() + " + contexts of " + contexts.origin());
}

}  // namespace wordbridge
