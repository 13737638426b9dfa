#include "data/lexicon/word_pairs.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/index.h"
#include "core/io/file.h"
#include "core/io/text_file.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/threads.h"
#include "kernels/search/top_k.h"

namespace wordbridge {
namespace {

constexpr std::int64_t kWordsPerBlock = 4096;

using Pair = WordPairs::Pair;

Pair ordered(std::int64_t a, std::int64_t b) {
  return {static_cast<std::int32_t>(std::min(a, b)), static_cast<std::int32_t>(std::max(a, b))};
}

void make_unique(std::vector<Pair>& pairs) {
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
}

bool contains(const std::vector<Pair>& sorted, const Pair& pair) {
  return std::binary_search(sorted.begin(), sorted.end(), pair);
}

/// The defined words of each word of the vocabulary: sorted ids, each once.
std::vector<std::vector<std::int32_t>> defining_words(const std::vector<Definition>& definitions,
                                                      const Vocabulary& vocabulary) {
  std::vector<std::vector<std::int32_t>> ids(definitions.size());
  for_each_range(static_cast<std::int64_t>(definitions.size()), kWordsPerBlock,
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t i = begin; i < end; ++i)
                     for (const auto& token : definitions[at(i)].tokens)
                       ids[at(i)].push_back(static_cast<std::int32_t>(vocabulary.find(token)));
                 });
  std::vector<std::vector<std::int32_t>> defined(at(vocabulary.size()));
  for (std::size_t i = 0; i < definitions.size(); ++i) {
    const std::int64_t word = vocabulary.find(definitions[i].word);
    if (word < 0 || word == vocabulary.unknown_id()) continue;
    for (const std::int32_t id : ids[i])
      if (id >= 0 && id != word && id != vocabulary.unknown_id()) defined[at(word)].push_back(id);
  }
  for (auto& words : defined) {
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
  }
  return defined;
}

/// The k nearest neighbours of each word of the vocabulary that has a vector, as ids.
std::vector<std::vector<std::int32_t>> nearest_words(const Vocabulary& vocabulary,
                                                     const EmbeddingTable& vectors,
                                                     std::int64_t k) {
  std::vector<std::int32_t> ids;
  std::vector<float> rows, scales;
  std::int64_t zeros = 0;
  for (std::int64_t w = 0; w < vocabulary.size(); ++w) {
    const std::int64_t found = vectors.find(vocabulary.word(w));
    if (found < 0 || w == vocabulary.unknown_id()) continue;
    const float* const row = vectors.row(found);
    double norm = 0;
    for (std::int64_t i = 0; i < vectors.dim(); ++i) norm += static_cast<double>(row[i]) * row[i];
    if (!(norm > 0)) {
      ++zeros;
      continue;
    }
    ids.push_back(static_cast<std::int32_t>(w));
    rows.insert(rows.end(), row, row + vectors.dim());
    scales.push_back(static_cast<float>(1 / std::sqrt(norm)));
  }
  if (ids.empty())
    throw Error("no word of the vocabulary has a vector that is not zero")
        .at("{}", vectors.origin())
        .expected("vectors of the words of the text")
        .got("{}, {} of them in the vocabulary", counted(vectors.size(), "vector"), zeros);
  const auto count = static_cast<std::int64_t>(ids.size());
  std::vector<std::int64_t> found(at(count * (k + 1)));  // a word's nearest word is itself
  std::vector<float> scores(found.size());
  top_k_products(rows.data(), count, rows.data(), count, vectors.dim(), {scales.data()}, k + 1,
                 found.data(), scores.data());
  std::vector<std::vector<std::int32_t>> nearest(at(vocabulary.size()));
  for (std::int64_t i = 0; i < count; ++i) {
    auto& words = nearest[at(ids[at(i)])];
    for (std::int64_t j = 0; j <= k && static_cast<std::int64_t>(words.size()) < k; ++j) {
      const std::int64_t other = found[at(i * (k + 1) + j)];
      if (other >= 0 && other != i) words.push_back(ids[at(other)]);
    }
  }
  return nearest;
}

}  // namespace

WordPairs pairs_of_definitions(const std::vector<Definition>& definitions,
                               const Vocabulary& vocabulary) {
  const auto defined = defining_words(definitions, vocabulary);
  std::vector<WordPairs> found(at((vocabulary.size() + kWordsPerBlock - 1) / kWordsPerBlock));
  for_each_range(vocabulary.size(), kWordsPerBlock, [&](std::int64_t begin, std::int64_t end) {
    WordPairs& some = found[at(begin / kWordsPerBlock)];
    for (std::int64_t w = begin; w < end; ++w)
      for (const std::int32_t other : defined[at(w)]) {
        const auto& back = defined[at(other)];
        if (!std::binary_search(back.begin(), back.end(), static_cast<std::int32_t>(w)))
          some.weak.push_back(ordered(w, other));
        else if (w < other)
          some.strong.push_back(ordered(w, other));
      }
  });
  WordPairs pairs;
  for (const auto& some : found) {
    pairs.strong.insert(pairs.strong.end(), some.strong.begin(), some.strong.end());
    pairs.weak.insert(pairs.weak.end(), some.weak.begin(), some.weak.end());
  }
  make_unique(pairs.strong);
  make_unique(pairs.weak);
  return pairs;
}

const EnumNames<Promotion>& promotion_names() {
  static const EnumNames<Promotion> kNames = {{"partners", Promotion::partners},
                                              {"mutual", Promotion::mutual}};
  return kNames;
}

void promote(WordPairs& pairs, const Vocabulary& vocabulary, const EmbeddingTable& vectors,
             std::int64_t neighbors, Promotion promotion) {
  const auto nearest = nearest_words(vocabulary, vectors, neighbors);
  const auto is_near = [&nearest](std::int32_t to, std::int32_t word) {
    const auto& words = nearest[at(to)];
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  pairs.promoted.clear();
  if (promotion == Promotion::partners) {
    std::vector<std::vector<std::int32_t>> partners(at(vocabulary.size()));
    for (const auto& [a, b] : pairs.strong) {
      partners[at(a)].push_back(b);
      partners[at(b)].push_back(a);
    }
    // Word by word, because several partners of a word have neighbours in common.
    std::vector<std::int32_t> promoted_with(at(vocabulary.size()), -1);  // the last such word
    for (std::int32_t a = 0; a < vocabulary.size(); ++a)
      for (const std::int32_t partner : partners[at(a)])
        for (const std::int32_t near : nearest[at(partner)]) {
          if (near == a || promoted_with[at(near)] == a) continue;
          promoted_with[at(near)] = a;
          if (!contains(pairs.strong, ordered(a, near))) pairs.promoted.push_back(ordered(a, near));
        }
    make_unique(pairs.promoted);
    return;
  }
  const auto is_mutual = [&](const Pair& pair) {
    return is_near(pair.first, pair.second) && is_near(pair.second, pair.first);
  };
  std::copy_if(pairs.weak.begin(), pairs.weak.end(), std::back_inserter(pairs.promoted), is_mutual);
  pairs.weak.erase(std::remove_if(pairs.weak.begin(), pairs.weak.end(), is_mutual),
                   pairs.weak.end());
}

std::string word_pairs_text(const WordPairs& pairs, const Vocabulary& vocabulary) {
  std::string text;
  const auto add = [&](const std::vector<Pair>& list, const char* kind) {
    for (const auto& [a, b] : list)
      text += fmt::format("{}\t{}\t{}\n", vocabulary.word(a), vocabulary.word(b), kind);
  };
  add(pairs.strong, "strong");
  add(pairs.promoted, "promoted");
  add(pairs.weak, "weak");
  return text;
}

std::int64_t read_word_pairs(const std::filesystem::path& path, const Vocabulary& vocabulary,
                             const std::string& kind, WordPairs& pairs) {
  const std::string content = read_text_file(path);
  std::int64_t unknown = 0, known = 0;
  for (const auto& line : text_lines(content)) {
    if (line.text.empty() || line.text.front() == '#') continue;
    const auto error = [&](const char* what) {
      return Error(what).at("{}:{}", path.string(), line.number);
    };
    std::vector<std::string_view> words;
    for (const auto part : split(line.text, line.text.find('\t') != line.text.npos ? '\t' : ' '))
      if (!part.empty()) words.push_back(part);
    if (words.size() != 2 && words.size() != 3)
      throw error("not a pair of words")
          .expected("two words, and optionally strong, weak or promoted")
          .got("{}", printable(line.text));
    const std::string_view of = words.size() == 3 ? words[2] : std::string_view(kind);
    auto* const list = of == "strong"     ? &pairs.strong
                       : of == "weak"     ? &pairs.weak
                       : of == "promoted" ? &pairs.promoted
                                          : nullptr;
    if (list == nullptr)
      throw error("unknown kind of pair")
          .expected("strong, weak or promoted")
          .got("{}", printable(of));
    if (words[0] == words[1])
      throw error("a word is paired with itself").got("{}", printable(line.text));
    const std::int64_t a = vocabulary.find(words[0]), b = vocabulary.find(words[1]);
    if (a < 0 || b < 0) {
      ++unknown;
      continue;
    }
    ++known;
    list->push_back(ordered(a, b));
  }
  if (known == 0)
    throw Error("no pair of words of the vocabulary")
        .at("{}", path.string())
        .got("{}", unknown == 0 ? "an empty file"
                                : fmt::format("{}, all with other words", counted(unknown, "pair")))
        .hint("words are compared as they are written, and those of the text may be in lower case");
  for (auto* list : {&pairs.strong, &pairs.weak, &pairs.promoted}) make_unique(*list);
  return unknown;
}

}  // namespace wordbridge
