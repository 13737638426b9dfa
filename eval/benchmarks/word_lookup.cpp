#include "eval/benchmarks/word_lookup.h"

#include <algorithm>
#include <utility>

#include "core/threads.h"
#include "data/text/unicode.h"
#include "eval/statistics/cosine.h"

namespace wordbridge {

const EnumNames<LetterCase>& letter_case_names() {
  static const EnumNames<LetterCase> names = {{"as-written", LetterCase::as_written},
                                              {"lower", LetterCase::lower},
                                              {"insensitive", LetterCase::insensitive}};
  return names;
}

const EnumNames<UnknownWords>& unknown_words_names() {
  static const EnumNames<UnknownWords> names = {{"drop", UnknownWords::drop},
                                                {"zero", UnknownWords::zero},
                                                {"mean", UnknownWords::mean},
                                                {"subword", UnknownWords::subword}};
  return names;
}

namespace {

constexpr double kMeanRounding = 1e-6;  // of the mean length of the vectors, in single precision

/// The mean vector; zero if it differs from zero by rounding alone, as that of centred vectors.
std::vector<float> mean_direction(const EmbeddingTable& table) {
  auto mean = mean_vector(table);
  double lengths = 0;
  for (std::int64_t i = 0; i < table.size(); ++i) lengths += norm(table.row(i), table.dim());
  if (norm(mean.data(), table.dim()) * static_cast<double>(table.size()) <= kMeanRounding * lengths)
    std::fill(mean.begin(), mean.end(), 0.0f);
  return mean;
}

}  // namespace

WordLookup::WordLookup(EmbeddingTable table, LookupOptions options)
    : table_(std::move(table)), options_(options) {
  if (options.letter_case == LetterCase::insensitive) {
    for (std::int64_t i = 0; i < table_.size(); ++i) {
      const auto word = table_.word(i);
      // A word that equals its form is found in the table itself.
      if (auto form_of_word = form(word); form_of_word != word)
        rows_.emplace(std::move(form_of_word), i);
    }
  }
  if (options.unknown == UnknownWords::zero)
    stand_in_.resize(static_cast<std::size_t>(table_.dim()));
  if (options.unknown == UnknownWords::mean) stand_in_ = mean_direction(table_);
}

std::string WordLookup::form(std::string_view word) const {
  return options_.letter_case == LetterCase::as_written ? std::string(word) : folded(word);
}

std::int64_t WordLookup::row(std::string_view word) const {
  if (options_.letter_case == LetterCase::as_written) return table_.find(word);
  const std::string looked_up = form(word);
  const std::int64_t exact = table_.find(looked_up);
  const auto other = rows_.find(looked_up);
  if (other == rows_.end()) return exact;
  return exact < 0 ? other->second : std::min(exact, other->second);
}

WordVector WordLookup::vector(std::string_view word) const {
  const std::int64_t found = row(word);
  if (found >= 0) return {table_.row(found), found};
  if (options_.unknown != UnknownWords::subword || table_.unseen() == nullptr)
    return {stand_in_.empty() ? nullptr : stand_in_.data(), -1};
  const std::string spelt =
      options_.letter_case == LetterCase::lower ? form(word) : std::string(word);
  const auto [made, is_new] = made_.try_emplace(spelt);
  if (is_new) {
    made->second.resize(static_cast<std::size_t>(table_.dim()));
    if (!table_.unseen()->vector_of(spelt, made->second.data())) made->second.clear();
  }
  return {made->second.empty() ? nullptr : made->second.data(), -1};
}

std::vector<float> mean_vector(const EmbeddingTable& table) {
  constexpr std::int64_t kRowsPerBlock = 4096;
  const auto dim = static_cast<std::size_t>(table.dim());
  const std::int64_t blocks = (table.size() + kRowsPerBlock - 1) / kRowsPerBlock;
  std::vector<double> sums(static_cast<std::size_t>(blocks) * dim, 0.0);
  for_each_range(table.size(), kRowsPerBlock, [&](std::int64_t begin, std::int64_t end) {
    double* const sum = sums.data() + static_cast<std::size_t>(begin / kRowsPerBlock) * dim;
    for (std::int64_t i = begin; i < end; ++i)
      for (std::size_t d = 0; d < dim; ++d) sum[d] += static_cast<double>(table.row(i)[d]);
  });
  std::vector<float> mean(dim);
  for (std::size_t d = 0; d < dim; ++d) {
    double sum = 0;
    for (std::int64_t block = 0; block < blocks; ++block)
      sum += sums[static_cast<std::size_t>(block) * dim + d];
    mean[d] = static_cast<float>(sum / static_cast<double>(table.size()));
  }
  return mean;
}

}  // namespace wordbridge
