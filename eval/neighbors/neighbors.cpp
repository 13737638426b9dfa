#include "eval/neighbors/neighbors.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "eval/statistics/cosine.h"
#include "kernels/search/top_k.h"

namespace wordbridge {
namespace {

struct Term {
  std::int64_t row;
  float sign;
};

std::int64_t row_of(const EmbeddingTable& table, std::string_view word) {
  const std::int64_t row = table.find(word);
  if (row >= 0) return row;
  // Suggest only frequent words: rare words are numerous and full of misspellings.
  std::vector<std::string> known;
  for (std::int64_t i = 0; i < std::min<std::int64_t>(table.size(), 50000); ++i)
    known.emplace_back(table.word(i));
  Error error("word not found in the vectors");
  error.at("{}", table.origin()).got("'{}'", printable(word));
  if (const auto near = nearest_name(word, known)) error.hint("did you mean '{}'?", *near);
  throw error;
}

/// "a - b + c": words at even positions, signs between them. A single part is always a word.
std::vector<Term> parse_terms(const EmbeddingTable& table, std::string_view expression) {
  std::vector<std::string_view> parts;
  for (const auto part : split(expression, ' '))
    if (!trimmed(part).empty()) parts.push_back(trimmed(part));
  std::vector<Term> terms;
  for (std::size_t i = 0; i < parts.size(); i += 2) {
    const std::string_view sign = i == 0 ? "+" : parts[i - 1];
    if (sign != "+" && sign != "-") break;
    terms.push_back({row_of(table, parts[i]), sign == "+" ? 1.0f : -1.0f});
  }
  if (parts.empty() || 2 * terms.size() != parts.size() + 1)
    throw Error("invalid expression")
        .expected("a word, or words with + or - between them, separated by blanks")
        .got("'{}'", printable(expression));
  return terms;
}

}  // namespace

std::vector<Neighbor> nearest(const EmbeddingTable& table, std::string_view expression,
                              std::int64_t count) {
  return nearest(table, expression, count,
                 [&](const float* query, std::int64_t wanted, std::int64_t* rows, float* cosines) {
                   const auto scales = inverse_norms(table, table.size());
                   top_k_products(query, 1, table.data(), table.size(), table.dim(), scales.data(),
                                  wanted, rows, cosines);
                 });
}

std::vector<Neighbor> nearest(const EmbeddingTable& table, std::string_view expression,
                              std::int64_t count, const NearestRows& search) {
  const auto terms = parse_terms(table, expression);
  std::vector<float> query(static_cast<std::size_t>(table.dim()), 0.0f);
  for (const auto& term : terms) {
    const float* const row = table.row(term.row);
    // If the length is 0, the query becomes NaN and is rejected below.
    const double row_length = norm(row, table.dim());
    const float scale = term.sign * static_cast<float>(1 / row_length);
    for (std::int64_t i = 0; i < table.dim(); ++i)
      query[static_cast<std::size_t>(i)] += scale * row[i];
  }
  const double length = norm(query.data(), table.dim());
  if (!(length > 0))
    throw Error("a zero vector has no neighbours")
        .at("{}", table.origin())
        .got("'{}'", printable(expression));
  for (float& value : query) value = static_cast<float>(value / length);

  const auto wanted = std::min(count + static_cast<std::int64_t>(terms.size()), table.size());
  std::vector<std::int64_t> rows(static_cast<std::size_t>(wanted));
  std::vector<float> cosines(rows.size());
  search(query.data(), wanted, rows.data(), cosines.data());
  std::vector<Neighbor> neighbors;
  for (std::size_t i = 0; i < rows.size() && static_cast<std::int64_t>(neighbors.size()) < count;
       ++i) {
    const bool is_asked = std::any_of(terms.begin(), terms.end(),
                                      [&](const Term& term) { return term.row == rows[i]; });
    if (rows[i] < 0 || is_asked) continue;
    neighbors.push_back({std::string(table.word(rows[i])), rows[i],
                         std::clamp(static_cast<double>(cosines[i]), -1.0, 1.0)});
  }
  return neighbors;
}

}  // namespace wordbridge
