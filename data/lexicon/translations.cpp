#include "data/lexicon/translations.h"

#include <filesystem>
#include <set>

#include "core/error.h"
#include "core/io/hash.h"
#include "core/io/text_file.h"
#include "core/text.h"
#include "data/lexicon/read_dictionary.h"
#include "data/text/unicode.h"

namespace wordbridge {
namespace {

bool is_bilingual_dictionary(const std::string& source) {
  const std::string ending = fs::path(source).extension().string();
  return (!fs::exists(source) && source.compare(0, 9, "freedict-") == 0) || ending == ".index" ||
         ending == ".dict" || ending == ".dz";
}

/// The words of a line, which are separated by a tab or else by blanks.
std::vector<std::string_view> words_of_line(std::string_view line) {
  if (line.find('\t') != line.npos) {
    auto words = split(line, '\t');
    for (auto& word : words) word = trimmed(word);
    return words;
  }
  std::vector<std::string_view> words;
  for (const auto word : split(line, ' '))
    if (!word.empty()) words.push_back(word);
  return words;
}

std::vector<TranslationPair> read_pairs(const std::string& path) {
  const std::string content = read_text_file(path);
  std::vector<TranslationPair> pairs;
  for (const auto& line : text_lines(content)) {
    if (trimmed(line.text).empty()) continue;
    const auto words = words_of_line(line.text);
    if (words.size() != 2 || words[0].empty() || words[1].empty())
      throw Error("not a pair of words")
          .at("{}:{}", path, line.number)
          .expected("source TAB target, or two words separated by a blank")
          .got("{}", printable(line.text));
    pairs.push_back({std::string(words[0]), std::string(words[1])});
  }
  return pairs;
}

void read_bilingual(const std::string& source, Translations& translations) {
  const Dictionary dictionary = read_dictionary(source);
  for (const auto& entry : dictionary.definitions) {
    if (entry.word.find(' ') != std::string::npos) {
      ++translations.phrases;
      continue;
    }
    for (auto& word : single_word_translations(entry.text, translations.phrases))
      translations.pairs.push_back({entry.word, std::move(word)});
  }
}

/// "2." and "3)": the number of a sense.
bool is_sense_number(std::string_view word) {
  const auto digits = word.find_first_not_of("0123456789");
  return digits != word.npos && digits > 0 && digits + 1 == word.size() &&
         (word[digits] == '.' || word[digits] == ')');
}

}  // namespace

std::vector<std::string> single_word_translations(std::string_view text, std::int64_t& phrases) {
  std::vector<std::string> found;
  std::vector<std::string_view> words;  // of the current translation
  const auto finish = [&] {
    const bool is_word = words.size() == 1 && words[0].find_first_of("()/\"") == words[0].npos;
    if (is_word)
      found.emplace_back(words[0]);
    else if (!words.empty())
      ++phrases;
    words.clear();
  };
  for (auto word : split(text, ' ')) {
    if (word.empty()) continue;
    if (is_sense_number(word)) {
      finish();
      continue;
    }
    const bool ends = word.back() == ',' || word.back() == ';';
    if (ends) word.remove_suffix(1);
    if (!word.empty()) words.push_back(word);
    if (ends) finish();
  }
  finish();
  return found;
}

Translations read_translations(const std::string& source, bool lower_case) {
  Translations translations;
  translations.name = source;
  if (is_bilingual_dictionary(source))
    read_bilingual(source, translations);
  else
    translations.pairs = read_pairs(source);
  std::set<TranslationPair> known;
  std::vector<TranslationPair> pairs;
  for (auto& pair : translations.pairs) {
    if (lower_case) pair = {folded(pair.source), folded(pair.target)};
    if (known.insert(pair).second) pairs.push_back(std::move(pair));
  }
  translations.pairs = std::move(pairs);
  if (translations.pairs.empty())
    throw Error("the dictionary has no pairs of words")
        .at("{}", source)
        .expected("lines \"source TAB target\"")
        .got("{}", translations.phrases > 0 ? "only phrases of several words" : "an empty file");
  return translations;
}

Translations identical_words(const EmbeddingTable& source, const EmbeddingTable& target) {
  Translations translations;
  translations.name = "identical words";
  for (std::int64_t row = 0; row < source.size(); ++row) {
    const std::string word(source.word(row));
    if (target.find(word) >= 0) translations.pairs.push_back({word, word});
  }
  return translations;
}

bool is_held_out(const std::string& word, double share) {
  // The first 52 bits of the hash, as a number in [0, 1).
  constexpr std::size_t kDigits = 13;
  const auto bits = std::stoull(sha256(word).substr(0, kDigits), nullptr, 16);
  return static_cast<double>(bits) / static_cast<double>(std::uint64_t{1} << 52) < share;
}

}  // namespace wordbridge
