#include "eval/neighbors/query.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/text.h"
#include "eval/statistics/cosine.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kFrequentWords = 50000;  // rare words are full of misspellings
constexpr double kRounding = 1e-6;              // of a sum of unit vectors in single precision

bool is_sign(std::string_view part) { return part == "+" || part == "-"; }

Error no_such_word(const EmbeddingTable& table, std::string_view word) {
  std::vector<std::string> known;
  for (std::int64_t i = 0; i < std::min(table.size(), kFrequentWords); ++i)
    known.emplace_back(table.word(i));
  Error error("word not found in the vectors");
  error.at("{}", table.origin()).got("'{}'", printable(word));
  if (const auto near = nearest_name(word, known))
    error.hint("did you mean '{}'?", *near);
  else if (word.find(' ') != word.npos)
    error.hint("the words of an expression have + or - between them, separated by blanks");
  return error;
}

std::string joined(const std::vector<SignedWord>& words) {
  std::string text;
  for (const auto& [word, sign] : words)
    text += (text.empty() ? sign < 0 ? "- " : "" : sign < 0 ? " - " : " + ") + word;
  return text;
}

}  // namespace

std::vector<SignedWord> words_of_expression(const EmbeddingTable& table, std::string_view text) {
  if (table.find(text) >= 0) return {{std::string(text), 1}};
  std::vector<SignedWord> words(1);
  for (const auto raw : split(text, ' ')) {
    const auto part = trimmed(raw);
    if (part.empty()) continue;
    std::string& word = words.back().word;
    if (is_sign(part) && !word.empty()) {
      words.push_back({"", part == "+" ? 1.0 : -1.0});
    } else {  // the first part of a word is never a sign
      if (!word.empty()) word += ' ';
      word += part;
    }
  }
  if (words.back().word.empty())
    throw Error("invalid expression")
        .expected("a word, or words with + or - between them, separated by blanks")
        .got("'{}'", printable(text));
  return words;
}

std::vector<std::string> words_of_list(const std::vector<const EmbeddingTable*>& tables,
                                       std::string_view text) {
  const auto has_text = [&](const EmbeddingTable* table) { return table->find(text) >= 0; };
  if (std::any_of(tables.begin(), tables.end(), has_text)) return {std::string(text)};
  std::vector<std::string> words;
  for (const auto part : split(text, ','))
    if (!trimmed(part).empty()) words.emplace_back(trimmed(part));
  return words;
}

NeighborQuery neighbor_query(const EmbeddingTable& table, const std::vector<SignedWord>& words,
                             bool make) {
  const auto dim = static_cast<std::size_t>(table.dim());
  NeighborQuery query;
  query.direction.resize(dim);
  std::vector<float> vector(dim);
  const auto no_direction = [&] {
    return Error("a zero vector has no neighbours")
        .at("{}", table.origin())
        .got("'{}'", printable(joined(words)));
  };
  for (const auto& [word, sign] : words) {
    if (const auto row = table.find(word); row >= 0) {
      query.rows.push_back(row);
      vector.assign(table.verified_row(row), table.row(row) + dim);
    } else if (make && table.unseen() != nullptr &&
               table.unseen()->vector_of(word, vector.data())) {
      query.made.push_back(word);
    } else {
      throw no_such_word(table, word);
    }
    const double length = norm(vector.data(), table.dim());
    if (!(length > 0 && std::isfinite(length))) throw no_direction();
    for (std::size_t i = 0; i < dim; ++i) query.direction[i] += sign * vector[i] / length;
  }
  double squares = 0;
  for (const double value : query.direction) squares += value * value;
  if (!(std::sqrt(squares) > kRounding)) throw no_direction();
  for (double& value : query.direction) value /= std::sqrt(squares);
  return query;
}

}  // namespace wordbridge
