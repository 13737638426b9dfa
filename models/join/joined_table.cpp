#include "models/join/joined_table.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/index.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/threads.h"
#include "models/alignment/prepared_rows.h"
#include "models/join/join_maps.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kRowsAtATime = 512;

AutoencoderTrainer autoencoder_trainer = nullptr;

/// The words of the result, and each one's row in each table (-1: none).
struct JoinedWords {
  std::vector<std::string> words;
  std::vector<std::vector<std::int64_t>> rows;  // [tables][words]
  std::vector<std::int64_t> shared;             // indices of the words that all tables have

  JoinedWords(const std::vector<EmbeddingTable>& tables, JoinSettings::Words which,
              const std::vector<std::string>& vocabulary)
      : rows(tables.size()) {
    if (!vocabulary.empty()) {
      for (const auto& word : vocabulary) add(tables, word, which);
      return;
    }
    const std::size_t sources = which == JoinSettings::Words::all ? tables.size() : 1;
    for (std::size_t t = 0; t < sources; ++t)
      for (std::int64_t i = 0; i < tables[t].size(); ++i) {
        const std::string_view word = tables[t].word(i);
        const auto has = [word](const auto& table) { return table.find(word) >= 0; };
        if (!std::any_of(tables.begin(), tables.begin() + static_cast<std::ptrdiff_t>(t), has))
          add(tables, word, which);
      }
  }

 private:
  void add(const std::vector<EmbeddingTable>& tables, std::string_view word,
           JoinSettings::Words which) {
    std::vector<std::int64_t> found;
    for (const auto& table : tables) found.push_back(table.find(word));
    const auto known = std::count_if(found.begin(), found.end(), [](auto row) { return row >= 0; });
    const bool in_all = known == static_cast<std::int64_t>(tables.size());
    if (known == 0 || (which == JoinSettings::Words::shared && !in_all)) return;
    if (in_all) shared.push_back(static_cast<std::int64_t>(words.size()));
    words.emplace_back(word);
    for (std::size_t t = 0; t < tables.size(); ++t) rows[t].push_back(found[t]);
  }
};

std::string sizes_text(const std::vector<EmbeddingTable>& tables) {
  std::vector<std::string> sizes;
  for (const auto& table : tables)
    sizes.push_back(human_count(static_cast<std::uint64_t>(table.size())));
  return join(sizes, ", ");
}

/// The shared words of each table.
std::vector<PreparedRows> shared_rows(const std::vector<EmbeddingTable>& tables,
                                      const JoinedWords& words, const RowPreparation& preparation) {
  std::vector<PreparedRows> shared;
  for (std::size_t t = 0; t < tables.size(); ++t) {
    std::vector<std::int64_t> rows;
    for (const auto word : words.shared) rows.push_back(words.rows[t][at(word)]);
    shared.emplace_back(tables[t], std::move(rows), preparation);
  }
  return shared;
}

JoinMaps maps_of(const JoinSettings& settings, const std::vector<PreparedRows>& shared) {
  if (settings.is_autoencoder()) {
    if (autoencoder_trainer == nullptr)
      throw Error("this method needs LibTorch")
          .at("{}", name_of(JoinSettings::methods(), settings.method));
    return autoencoder_trainer(settings, shared);
  }
  std::vector<std::vector<Eigen::MatrixXd>> products;
  if (needs_products(settings)) products = all_cross_products(shared);
  std::vector<std::int64_t> dims;
  for (const auto& rows : shared) dims.push_back(rows.dim());
  return join_maps(settings, dims, products, shared[0].size());
}

void add_mapped(const JoinMaps& maps, std::size_t input, const Eigen::MatrixXd& block,
                Eigen::MatrixXd& sum) {
  const auto& map = maps.maps[input];
  if (map.matrix.size() == 0) {
    sum.middleCols(map.first_column, block.cols()) += map.scale * block;
    return;
  }
  auto columns = sum.middleCols(map.first_column, map.matrix.cols());
  if (maps.activation == Activation::identity)
    columns.noalias() += block * map.matrix;
  else if (maps.activation == Activation::relu)
    columns += (block * map.matrix).cwiseMax(0);
  else
    columns += (block * map.matrix).array().tanh().matrix();
}

void scale_to_unit_or_zero(Eigen::MatrixXd& rows) {
  for (Eigen::Index i = 0; i < rows.rows(); ++i) {
    const double length = rows.row(i).norm();
    rows.row(i) *= length > kLeastLength ? 1 / length : 0;
  }
}

}  // namespace

void set_autoencoder_trainer(AutoencoderTrainer trainer) { autoencoder_trainer = trainer; }

EmbeddingTable join_tables(const std::vector<EmbeddingTable>& tables, const JoinSettings& settings,
                           const std::vector<std::string>& vocabulary) {
  if (const auto problem = settings.problem(tables.size()); !problem.empty()) throw Error(problem);
  for (const auto& name : settings.unused())
    warn("{} has no effect with the method {}", name,
         name_of(JoinSettings::methods(), settings.method));
  const JoinedWords words(tables, settings.words, vocabulary);
  const bool fits = needs_products(settings) || settings.is_autoencoder() || settings.center;
  if (words.words.empty() || (fits && words.shared.empty()))
    throw Error("the inputs have no word in common")
        .expected("vectors of the same words{}",
                  vocabulary.empty() ? "" : " as the text's vocabulary")
        .got("tables of {} words", sizes_text(tables))
        .hint("do they differ in language or letter case?");
  const RowPreparation preparation{settings.unit, settings.center, false};
  const auto shared = shared_rows(tables, words, preparation);
  const JoinMaps maps = maps_of(settings, shared);

  std::vector<PreparedRows> inputs;
  for (std::size_t t = 0; t < tables.size(); ++t)
    inputs.push_back(shared[t].with_rows(words.rows[t]));
  const auto count = static_cast<std::int64_t>(words.words.size());
  std::vector<float> rows(at(count * maps.dim));
  for_each_range(count, kRowsAtATime, [&](std::int64_t begin, std::int64_t end) {
    Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(end - begin, maps.dim);
    Eigen::VectorXd weights = Eigen::VectorXd::Zero(end - begin);
    for (std::size_t t = 0; t < tables.size(); ++t) {
      add_mapped(maps, t, inputs[t].block(begin, end - begin), sum);
      const double weight = settings.weights.empty() ? 1 : settings.weights[t];
      for (std::int64_t i = begin; i < end; ++i)
        if (inputs[t].has(i)) weights[i - begin] += weight;
    }
    if (maps.is_average) sum = weights.cwiseInverse().asDiagonal() * sum;
    if (maps.is_unit) scale_to_unit_or_zero(sum);
    using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    Eigen::Map<Rows>(rows.data() + begin * maps.dim, end - begin, maps.dim) = sum.cast<float>();
  });
  log("join", "{}: {}; inputs have {} words, {} of them shared{}", settings.text(),
      counted(count, "word"), sizes_text(tables), human_count(words.shared.size()),
      maps.facts.empty() ? "" : "; " + maps.facts);
  std::vector<std::string> origins;
  for (const auto& table : tables) origins.push_back(table.origin());
  return EmbeddingTable(words.words, std::move(rows), maps.dim, "joined")
      .with_steps(fmt::format("join:{} of {}", settings.text(), join(origins, " + ")));
}

}  // namespace wordbridge
